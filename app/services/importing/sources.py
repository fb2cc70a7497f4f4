"""The folder or the ZIP that the town hands over: opened without trusting a name in it."""

import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Protocol, cast

from app.services.importing.faults import DAMAGED, Fault, ImportRefused, Told, Unreadable

MEBIBYTE = 1024 * 1024
LARGEST_ENTRY = 2 * 1024 * MEBIBYTE
LARGEST_TOTAL = 8 * 1024 * MEBIBYTE
MOST_ENTRIES = 500_000
# A CSV shrinks about ten times; deflate cannot do better than 1,032 times.
HIGHEST_RATIO = 200
ENCRYPTED = 0x1
UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError)


class Source(Protocol):
    """Where the files come from; names are those of the format, such as photos/1.png."""

    name: str

    def root(self) -> list[str]:
        """Return the names of the files at the root."""

    def has(self, name: str) -> bool:
        """Tell whether there is a plain file of this name."""

    def size(self, name: str) -> int:
        """Return how many bytes it holds."""

    def open(self, name: str) -> BinaryIO:
        """Open it for reading.

        Raises Unreadable when it is damaged.
        """


@contextmanager
def opened(path: Path) -> Iterator[Source]:
    """Open the file set at this path.

    Raises ImportRefused when it is missing, unreadable or hostile.
    """
    if path.is_dir():
        yield SourceFolder(path)
        return
    try:
        archive = zipfile.ZipFile(path)
    except FileNotFoundError:
        raise _refused(path, "ce dossier ou ce fichier n’existe pas.") from None
    except UNREADABLE:
        raise _refused(
            path, "donnez un dossier ou un fichier ZIP ; celui-ci est illisible."
        ) from None
    with archive:
        _distrust(path, archive)
        yield Archive(path, archive)


class SourceFolder:
    """A folder of files."""

    def __init__(self, path: Path) -> None:
        """Look into this folder."""
        self.name = path.name
        self._path = path

    def root(self) -> list[str]:
        """Return the names of the files at the root."""
        return sorted(entry.name for entry in self._path.iterdir() if entry.is_file())

    def has(self, name: str) -> bool:
        """Tell whether there is a plain file of this name; a link might lead anywhere."""
        try:
            found = (self._path / name).lstat()
        except (OSError, ValueError):
            return False
        return stat.S_ISREG(found.st_mode)

    def size(self, name: str) -> int:
        """Return how many bytes it holds."""
        return (self._path / name).stat().st_size

    def open(self, name: str) -> BinaryIO:
        """Open it for reading."""
        return (self._path / name).open("rb")


class Archive:
    """A ZIP whose names and sizes were checked."""

    def __init__(self, path: Path, archive: zipfile.ZipFile) -> None:
        """Look into this open archive."""
        self.name = path.name
        self._archive = archive

    def root(self) -> list[str]:
        """Return the names of the files at the root."""
        return sorted(name for name in self._archive.namelist() if "/" not in name)

    def has(self, name: str) -> bool:
        """Tell whether there is a plain file of this name."""
        return name in self._archive.NameToInfo and not name.endswith("/")

    def size(self, name: str) -> int:
        """Return how many bytes it holds once unpacked."""
        return self._archive.getinfo(name).file_size

    def open(self, name: str) -> BinaryIO:
        """Open it for reading."""
        try:
            return cast("BinaryIO", self._archive.open(name))
        except UNREADABLE:
            raise Unreadable(DAMAGED) from None


def _refused(path: Path, remedy: str) -> ImportRefused:
    told = Told()
    told.faults.add(Fault(path.name, remedy))
    return ImportRefused(told)


def _distrust(path: Path, archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    told = Told()
    faults = told.faults
    if len(entries) > MOST_ENTRIES:
        faults.add(Fault(path.name, f"le ZIP compte plus de {MOST_ENTRIES} fichiers."))
    total = sum(entry.file_size for entry in entries)
    if total > LARGEST_TOTAL or total > HIGHEST_RATIO * max(path.stat().st_size, MEBIBYTE):
        faults.add(Fault(path.name, "une fois décompressé, le ZIP serait démesuré."))
    if len(archive.NameToInfo) != len(entries):
        faults.add(Fault(path.name, "le ZIP contient deux fois le même nom de fichier."))
    for entry in entries:
        if remedy := _entry_fault(entry):
            faults.add(Fault(path.name, remedy, column="", value=entry.orig_filename))
    if faults:
        raise ImportRefused(told)


def _entry_fault(entry: zipfile.ZipInfo) -> str:
    """Say what makes this entry unfit; the empty string when it is sound."""
    name = entry.orig_filename
    path = PurePosixPath(name)
    if "\\" in name or "\0" in name or ":" in name or path.is_absolute() or ".." in path.parts:
        return "ce nom pourrait sortir du dossier ; refaites le ZIP."
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "c’est un lien ; mettez le fichier lui-même dans le ZIP."
    if entry.flag_bits & ENCRYPTED:
        return "ce fichier est protégé par un mot de passe ; refaites le ZIP sans protection."
    largest = HIGHEST_RATIO * max(entry.compress_size, MEBIBYTE // HIGHEST_RATIO)
    if entry.file_size > LARGEST_ENTRY or entry.file_size > largest:
        return "une fois décompressé, ce fichier serait démesuré."
    return ""
