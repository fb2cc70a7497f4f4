"""What a parent may know of a stored file before downloading it: its kind and its size."""

from dataclasses import dataclass
from pathlib import PurePath

from app.settings import settings

KINDS = {".pdf": "PDF", ".png": "image PNG", ".jpg": "image JPEG", ".jpeg": "image JPEG"}


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of the instance folder; its size is None while it is missing."""

    kind: str
    size: int | None


def describe(folder: str, name: str) -> StoredFile:
    """Look at a stored file."""
    suffix = PurePath(name).suffix.lower()
    try:
        size = (settings.instance / folder / name).stat().st_size
    except OSError:
        size = None
    return StoredFile(KINDS.get(suffix, suffix.removeprefix(".").upper()), size)
