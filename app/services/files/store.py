"""What a store of files can do, wherever they lie."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import PurePath
from typing import BinaryIO, NamedTuple, Protocol

from app.models import Folder

# Whoever finds the store without it has found another place: a disk that is not mounted, an empty
# bucket.
MARKER = ".portail-famille"
MARKED = "Les fichiers du portail famille. Le portail vérifie que celui-ci est là.\n".encode()


class StoreAway(OSError):  # noqa: N818 (as a database that is away)
    """The store does not answer, or not as a store would; nothing is known of its files."""


class Entry(NamedTuple):
    """A file as the store lists it."""

    name: str
    changed_at: datetime


class Store(Protocol):
    """Where stored files lie. Nothing else of the portal knows a path.

    Whatever it does may raise StoreAway.
    """

    def put(self, folder: Folder, name: str, content: Iterable[bytes]) -> int:
        """Keep a file, whole or not at all; return how many bytes it has."""

    def open(self, folder: Folder, name: str) -> BinaryIO:
        """Open a file for reading. Raises FileNotFoundError when it is not there."""

    def has(self, folder: Folder, name: str) -> bool:
        """Tell whether a file is there; a page opens it instead, and asks once."""

    def delete(self, folder: Folder, name: str) -> None:
        """Remove a file; none is no fault."""

    def list(self, folder: Folder) -> Iterator[Entry]:
        """Go through the files of a folder, what a killed process left half written included."""

    def where(self, folder: Folder, name: str) -> str:
        """Say to whoever keeps the server where a file lies."""

    def address_below(self, prefix: str, folder: Folder, name: str) -> str:
        """Say where a server that shows our folder at `prefix` has a file; nothing for a bucket."""

    def check(self) -> None:
        """Look for the marker, which a new store is given. Raises StoreAway."""

    def is_marked(self) -> bool:
        """Look for the marker, and leave the store as it is. Raises StoreAway."""


def is_plain(name: str) -> bool:
    """Tell whether this names a file, and leads nowhere else."""
    return name not in {"", ".."} and PurePath(name).name == name
