"""Folders that come with the code: beside `app` in a clone, inside it once installed."""

from pathlib import Path

from flask import current_app


def bundled(folder: str) -> Path:
    """Find one of them: `migrations`, `demo`."""
    package = Path(current_app.root_path)
    installed = package / folder
    return installed if installed.is_dir() else package.parent / folder
