"""Photos and PDFs: recognised by what they hold, kept under a name made from it.

A file is copied before the import commits and can be reached only through a committed row. One that
a killed import leaves behind is swept in a later night.
"""

import hashlib
from pathlib import PurePath

from app.models import Folder, kind_that_begins
from app.services.files import stored_files, sweeping, uploads
from app.services.files.stores import store
from app.services.files.uploads import UploadRefused
from app.services.importing.decoding import blocks
from app.services.importing.faults import FieldRefused
from app.services.importing.sources import MEBIBYTE, Source
from app.services.importing.tables import Attachments

LARGEST = 20 * MEBIBYTE


def name_for(source: Source, attachments: Attachments, name: str) -> str:
    """Return the name under which a file will be kept; the same content gives the same name.

    Raises FieldRefused when it is missing, too large, or not of an accepted kind; Unreadable when
    it is damaged.
    """
    path = f"{attachments.folder}/{name}"
    kinds = attachments.kept_in.kinds
    accepted = " ou ".join(each.short for each in kinds)
    if not source.has(path):
        missing = f"ce fichier manque dans le dossier « {attachments.folder} »"
        if PurePath(name).suffix.lower() in {".jpeg", *(each.suffix for each in kinds)}:
            raise FieldRefused(f"{missing}.")
        raise FieldRefused(f"{missing}, et doit être {accepted} ; enregistrez-le ainsi.")
    if source.size(path) > LARGEST:
        raise FieldRefused(f"ce fichier dépasse {LARGEST // MEBIBYTE} Mio.")
    with source.open(path) as stream:
        content = blocks(stream)
        first = next(content, b"")
        kind = kind_that_begins(first)
        if kind not in kinds:
            raise FieldRefused(f"le contenu de ce fichier doit être {accepted}.")
        digest = hashlib.sha256(first)
        for block in content:
            digest.update(block)
    return stored_files.name_by_content(digest.hexdigest(), kind.suffix)


class Copies:
    """The copies that one import makes; undone when it does not commit."""

    def __init__(self, source: Source) -> None:
        """Copy from this source."""
        self.source = source
        self._made: list[tuple[Folder, str]] = []
        # Asked once: a store may be far away.
        self._kept: dict[Folder, set[str]] = {}

    def look(self, attachments: Attachments, name: str) -> tuple[str, int]:
        """Return the name under which a file will be kept, and its size.

        Photos are drawn, and so kept, at once: some turn out to be spoilt. Raises FieldRefused or
        Unreadable when the file cannot be taken.
        """
        kept_as = name_for(self.source, attachments, name)
        if attachments.portraits:
            try:
                self.keep(attachments, name, kept_as)
            except UploadRefused as refused:
                raise FieldRefused(f"ce fichier {refused}") from refused
        return kept_as, self.source.size(f"{attachments.folder}/{name}")

    def keep(self, attachments: Attachments, name: str, kept_as: str) -> None:
        """Copy a file into the store, unless it is already there to stay."""
        folder = attachments.kept_in
        if folder not in self._kept:
            self._kept[folder] = sweeping.lasting(folder)
        if kept_as in self._kept[folder]:
            return
        with self.source.open(f"{attachments.folder}/{name}") as stream:
            content = blocks(stream)
            drawn = (uploads.portrait(b"".join(content)),) if attachments.portraits else content
            store().put(folder, kept_as, drawn)
        self._made.append((folder, kept_as))
        self._kept[folder].add(kept_as)

    def undo(self) -> None:
        """Remove what was copied."""
        for folder, name in self._made:
            stored_files.discard(folder, [name])
