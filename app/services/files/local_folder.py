"""The store of most towns: folders of the instance, for their owner only."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from app.models import Folder
from app.services.files.store import MARKED, MARKER, Entry, StoreAway, is_plain


class LocalFolder:
    """Files in folders of a folder."""

    def __init__(self, root: Path, *, shared: bool = False) -> None:
        """Keep them below this folder; shared, the group of the folder reads them too."""
        self._root = root
        self._folder_mode, self._file_mode = (0o750, 0o640) if shared else (0o700, 0o600)

    def path_of(self, folder: Folder, name: str) -> Path:
        """Join the one path of a stored file. Raises FileNotFoundError for no plain name."""
        if not is_plain(name):
            raise FileNotFoundError(name)
        return self._root / folder.folder / name

    def put(self, folder: Folder, name: str, content: Iterable[bytes]) -> int:
        """Write beside, then rename: what is read is whole, and survives a power cut."""
        target = self.path_of(folder, name)
        self._refuse_what_lies_below()
        with _there():
            target.parent.mkdir(mode=self._folder_mode, parents=True, exist_ok=True)
        return _write(target, content, self._file_mode)

    def open(self, folder: Folder, name: str) -> BinaryIO:
        """Open it."""
        path = self.path_of(folder, name)
        with self._missing_only_if_there(), _there():
            return path.open("rb")

    def has(self, folder: Folder, name: str) -> bool:
        """Open it; what is no plain name is nowhere."""
        with suppress(FileNotFoundError), self.open(folder, name):
            return True
        return False

    def delete(self, folder: Folder, name: str) -> None:
        """Unlink it."""
        path = self.path_of(folder, name)
        with _there():
            path.unlink(missing_ok=True)

    def list(self, folder: Folder) -> Iterator[Entry]:
        """List it, in no order."""
        self._refuse_what_lies_below()
        with suppress(FileNotFoundError), _there(), os.scandir(self._root / folder.folder) as some:
            for found in some:
                if found.is_file(follow_symlinks=False):
                    changed_at = datetime.fromtimestamp(found.stat().st_mtime, UTC)
                    yield Entry(found.name, changed_at)

    def where(self, folder: Folder, name: str) -> str:
        """Give its path."""
        return str(self.path_of(folder, name))

    def address_below(self, prefix: str, folder: Folder, name: str) -> str:
        """Write it as below the instance."""
        return f"{prefix}/{self.path_of(folder, name).relative_to(self._root)}"

    def check(self) -> None:
        """Read the marker; a folder that cannot take a new one is no store."""
        marker = self._root / MARKER
        with _there():
            try:
                marker.read_bytes()
            except FileNotFoundError:
                self._root.mkdir(parents=True, exist_ok=True)
                _write(marker, (MARKED,))

    def is_marked(self) -> bool:
        """Look for the marker."""
        with _there():
            return (self._root / MARKER).is_file()

    def _refuse_what_lies_below(self) -> None:
        """Without its disk a folder is there, empty, and would take files that nobody finds."""
        if not self.is_marked():
            raise StoreAway(
                f"{self._root} n’a pas son fichier {MARKER}\u00a0: son disque est-il monté\u00a0?"
            )

    @contextmanager
    def _missing_only_if_there(self) -> Iterator[None]:
        """« This file is not there » is no answer of an empty folder below a disk."""
        try:
            yield
        except FileNotFoundError:
            self._refuse_what_lies_below()
            raise


def _write(target: Path, content: Iterable[bytes], mode: int = 0o600) -> int:
    partial = target.with_suffix(".partial")
    try:
        with _there():
            descriptor = os.open(partial, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, mode)
        with os.fdopen(descriptor, "wb") as out:
            for block in content:
                with _there():
                    out.write(block)
            with _there():
                size = out.tell()
                out.flush()
                os.fsync(descriptor)
        with _there():
            partial.rename(target)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    return size


@contextmanager
def _there() -> Iterator[None]:
    """Tell a folder that cannot be used, such as on a full disk, from a file that is missing."""
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        raise StoreAway(*error.args) from error
