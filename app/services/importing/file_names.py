"""Names of files, as computers that never met write the same one.

Capitals, accents apart or together, blanks of every sort, marks that nobody sees: none of them
tells two files apart. A ZIP says in which letters its names are written only when it was made so.
"""

import unicodedata
import zipfile
from collections.abc import Iterator, Sequence

from app.services.importing.faults import Unreadable
from app.typed_text import one_line

SAID_TO_BE_UTF_8 = 0x800
# What programs wrote names in, before and beside UTF-8: DOS in France, DOS elsewhere, Windows.
OLD_LETTERS = ("cp850", "cp437", "cp1252")
SEVERAL = "plusieurs fichiers portent ce nom, aux majuscules ou aux accents près ; gardez-en un."


def as_text(entry: zipfile.ZipInfo) -> list[str]:
    """Return the names that an entry may have, with slashes, the likeliest first."""
    if entry.flag_bits & SAID_TO_BE_UTF_8 or entry.orig_filename.isascii():
        return [entry.orig_filename.replace("\\", "/")]
    written = entry.orig_filename.encode("cp437")
    names = dict.fromkeys(
        name.replace("\\", "/")
        for letters in ("utf-8", *OLD_LETTERS)
        if (name := _decoded(written, letters))
    )
    return list(names)


def _decoded(written: bytes, letters: str) -> str:
    try:
        return written.decode(letters)
    except UnicodeDecodeError:
        return ""


class FileNames:
    """Finds the name that a source has for a file, from the one that its format or a row gives."""

    def __init__(self) -> None:
        """Start without any."""
        # The empty name stands for several files.
        self._exact: dict[str, str] = {}
        self._alike: dict[str, str] = {}

    def __iter__(self) -> Iterator[str]:
        """Go through the names as they would be read."""
        return iter(self._exact)

    @staticmethod
    def key(name: str) -> str:
        """Write a name as it is compared."""
        cleaned = "/".join(map(one_line, name.split("/")))
        return unicodedata.normalize("NFC", cleaned.casefold())

    def add(self, name: str, kept_as: str, others: Sequence[str] = ()) -> None:
        """Add a file under its name, and the others that it may have."""
        if self._exact.setdefault(name, kept_as) != kept_as:
            self._exact[name] = ""
        for key in map(self.key, (name, *others)):
            if self._alike.setdefault(key, kept_as) != kept_as:
                self._alike[key] = ""

    def find(self, name: str) -> str | None:
        """Return the file of exactly this name, or else the one that is called nearly so.

        Raises Unreadable when several are.
        """
        found = self._exact.get(name)
        if found is None:
            found = self._alike.get(self.key(name))
        if found == "":
            raise Unreadable(SEVERAL)
        return found
