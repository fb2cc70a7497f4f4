"""The folder or the ZIP that the town hands over: opened without trusting a name in it."""

import lzma
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Protocol, cast

from app.services.importing.faults import DAMAGED, Fault, ImportRefused, Told, Unreadable
from app.services.importing.file_names import FileNames, as_text

MEBIBYTE = 1024 * 1024
LARGEST_ENTRY = 2 * 1024 * MEBIBYTE
LARGEST_TOTAL = 8 * 1024 * MEBIBYTE
MOST_ENTRIES = 500_000
# A CSV shrinks about ten times; deflate cannot do better than 1,032 times.
HIGHEST_RATIO = 200
ENCRYPTED = 0x1
# What a ZIP that is damaged, or forged, has the library raise, whatever it is packed with.
UNREADABLE = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, RuntimeError,
    OSError, ValueError, struct.error, LookupError, MemoryError,
)  # fmt: skip
# What computers add to a folder for themselves.
ADDED = ("__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini")


class Source(Protocol):
    """Where the files come from; names are those of the format, such as photos/1.png."""

    name: str

    def root(self) -> list[str]:
        """Return the names of the files at the root."""

    def has(self, name: str) -> bool:
        """Tell whether there is a plain file of this name, in capitals or not.

        Raises Unreadable when several files are called so.
        """

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
    """A folder of files; no link in it is followed, as it might lead anywhere."""

    def __init__(self, path: Path) -> None:
        """Look into this folder, or into the only one that it holds."""
        self.name = path.name
        self._path = path
        self._folders: dict[str, FileNames] = {}
        while (inner := _only_folder(self._path)) is not None:
            self._path = inner

    def root(self) -> list[str]:
        """Return the names of the files at the root."""
        return sorted(self._in(""))

    def has(self, name: str) -> bool:
        """Tell whether there is a plain file of this name."""
        return self._find(name) is not None

    def size(self, name: str) -> int:
        """Return how many bytes it holds."""
        return self._path_of(name).stat().st_size

    def open(self, name: str) -> BinaryIO:
        """Open it for reading."""
        return self._path_of(name).open("rb")

    def _path_of(self, name: str) -> Path:
        found = self._find(name)
        assert found is not None, name
        return self._path / found

    def _find(self, name: str) -> str | None:
        folder, _, last = name.rpartition("/")
        return self._in(folder).find(last)

    def _in(self, folder: str) -> FileNames:
        """List a folder of the set once, whatever its own name looks like."""
        if folder not in self._folders:
            self._folders[folder] = FileNames()
            for place in self._places(folder):
                for entry in sorted(place.iterdir()):
                    if _is_plain(entry, stat.S_ISREG):
                        name = entry.relative_to(self._path).as_posix()
                        self._folders[folder].add(entry.name, name)
        return self._folders[folder]

    def _places(self, folder: str) -> list[Path]:
        if folder in {"", "."}:
            return [self._path]
        wanted = FileNames.key(folder)
        return [
            place
            for place in sorted(self._path.iterdir())
            if FileNames.key(place.name) == wanted and _is_plain(place, stat.S_ISDIR)
        ]


class Archive:
    """A ZIP whose names and sizes were checked."""

    def __init__(self, path: Path, archive: zipfile.ZipFile) -> None:
        """Look into this open archive."""
        self.name = path.name
        self._archive = archive
        entries = [
            entry
            for entry in archive.infolist()
            if not (name := as_text(entry)[0]).endswith("/") and not _was_added(name)
        ]
        self._top = _top_folder([as_text(entry)[0] for entry in entries])
        self._names = FileNames()
        for entry in entries:
            first, *others = (name.removeprefix(self._top) for name in as_text(entry))
            self._names.add(first, entry.filename, others)

    def root(self) -> list[str]:
        """Return the names of the files at the root."""
        return sorted(name for name in self._names if "/" not in name)

    def has(self, name: str) -> bool:
        """Tell whether there is a plain file of this name."""
        return self._names.find(name) is not None

    def size(self, name: str) -> int:
        """Return how many bytes it holds once unpacked."""
        return self._entry(name).file_size

    def open(self, name: str) -> BinaryIO:
        """Open it for reading."""
        try:
            return cast("BinaryIO", self._archive.open(self._entry(name)))
        except UNREADABLE:
            raise Unreadable(DAMAGED) from None

    def _entry(self, name: str) -> zipfile.ZipInfo:
        found = self._names.find(name)
        assert found is not None, name
        return self._archive.getinfo(found)


def _only_folder(path: Path) -> Path | None:
    """Return the folder that is alone in this one."""
    entries = [entry for entry in path.iterdir() if not _was_added(entry.name)]
    alone = len(entries) == 1 and _is_plain(entries[0], stat.S_ISDIR)
    return entries[0] if alone else None


def _top_folder(names: list[str]) -> str:
    """Return the folders that all names begin with, « export/ » or nothing."""
    top = ""
    while names and "/" in (first := names[0].removeprefix(top)):
        longer = top + first.partition("/")[0] + "/"
        if not all(name.startswith(longer) for name in names):
            break
        top = longer
    return top


def _was_added(name: str) -> bool:
    return any(part in ADDED for part in (name.partition("/")[0], name.rpartition("/")[2]))


def _is_plain(path: Path, is_of_kind: Callable[[int], bool]) -> bool:
    try:
        return is_of_kind(path.lstat().st_mode)
    except OSError:
        return False


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
    if any(map(_leads_out, {entry.orig_filename, *as_text(entry)})):
        return "ce nom pourrait sortir du dossier ; refaites le ZIP."
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "c’est un lien ; mettez le fichier lui-même dans le ZIP."
    if entry.flag_bits & ENCRYPTED:
        return "ce fichier est protégé par un mot de passe ; refaites le ZIP sans protection."
    largest = HIGHEST_RATIO * max(entry.compress_size, MEBIBYTE // HIGHEST_RATIO)
    if entry.file_size > LARGEST_ENTRY or entry.file_size > largest:
        return "une fois décompressé, ce fichier serait démesuré."
    return ""


def _leads_out(name: str) -> bool:
    path = PurePosixPath(name.replace("\\", "/"))
    return "\0" in name or ":" in name or path.is_absolute() or ".." in path.parts
