"""Folders that come with the code: beside `app` in a clone, inside it once installed."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def bundled(folder: str) -> Path:
    """Find one of them: `migrations`, `demo`."""
    installed = PACKAGE / folder
    return installed if installed.is_dir() else PACKAGE.parent / folder
