"""The store of the files: a folder of the instance, behind an interface that others can have."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePath
from typing import BinaryIO, Protocol

from app.models import Folder
from app.settings import settings


@dataclass(frozen=True, slots=True)
class Entry:
    """A file as the store lists it."""

    name: str
    changed_at: datetime


class Store(Protocol):
    """Where stored files lie. Nothing else of the portal knows a path."""

    def put(self, folder: Folder, name: str, content: Iterable[bytes]) -> int:
        """Keep a file, whole or not at all; return how many bytes it has."""

    def open(self, folder: Folder, name: str) -> BinaryIO:
        """Open a file for reading. Raises FileNotFoundError when it is not there."""

    def has(self, folder: Folder, name: str) -> bool:
        """Tell whether a file is there."""

    def delete(self, folder: Folder, name: str) -> None:
        """Remove a file; none is no fault."""

    def list(self, folder: Folder) -> Iterator[Entry]:
        """Go through the files of a folder, what a killed process left half written included."""

    def where(self, folder: Folder, name: str) -> str:
        """Say to whoever keeps the server where a file lies."""


class LocalFolder:
    """Files in folders of the instance, for their owner only."""

    def __init__(self, root: Path) -> None:
        """Keep them below this folder."""
        self._root = root

    def path_of(self, folder: Folder, name: str) -> Path:
        """Join the one path of a stored file. Raises FileNotFoundError for no plain name."""
        if name in {"", ".."} or PurePath(name).name != name:
            raise FileNotFoundError(name)
        return self._root / folder.folder / name

    def put(self, folder: Folder, name: str, content: Iterable[bytes]) -> int:
        """Write beside, then rename: what is read is whole, and survives a power cut."""
        target = self.path_of(folder, name)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        partial = target.with_suffix(".partial")
        try:
            with os.fdopen(
                os.open(partial, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb"
            ) as out:
                out.writelines(content)
                size = out.tell()
                out.flush()
                os.fsync(out.fileno())
            partial.rename(target)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
        return size

    def open(self, folder: Folder, name: str) -> BinaryIO:
        """Open it."""
        return self.path_of(folder, name).open("rb")

    def has(self, folder: Folder, name: str) -> bool:
        """Look for it; what is no plain name is nowhere."""
        try:
            return self.path_of(folder, name).is_file()
        except FileNotFoundError:
            return False

    def delete(self, folder: Folder, name: str) -> None:
        """Unlink it."""
        self.path_of(folder, name).unlink(missing_ok=True)

    def list(self, folder: Folder) -> Iterator[Entry]:
        """List it, in no order."""
        path = self._root / folder.folder
        for found in os.scandir(path) if path.is_dir() else ():
            if found.is_file(follow_symlinks=False):
                changed_at = datetime.fromtimestamp(found.stat().st_mtime, UTC)
                yield Entry(found.name, changed_at)

    def where(self, folder: Folder, name: str) -> str:
        """Give its path."""
        return str(self.path_of(folder, name))


def store() -> Store:
    """Return the store of this instance."""
    return LocalFolder(settings.instance)
