"""Photos and PDFs: recognised by what they hold, kept under a name made from it.

A file is copied before the import commits and can be reached only through a committed row. One that
a killed import leaves behind is swept by a later import.
"""

import contextlib
import hashlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Column, Connection, MetaData, select

from app import models
from app.db import StoredName
from app.services.files import uploads
from app.services.importing.decoding import blocks
from app.services.importing.faults import FieldRefused
from app.services.importing.sources import MEBIBYTE, Source
from app.services.importing.tables import Attachments
from app.settings import settings

LARGEST = 20 * MEBIBYTE
SUFFIXES = {b"%PDF-": ".pdf", b"\x89PNG\r\n\x1a\n": ".png", b"\xff\xd8\xff": ".jpg"}
NAMES = {".pdf": "PDF", ".png": "PNG", ".jpg": "JPEG"}
HASH_CHARACTERS = 40
# No import lasts a day: what nobody refers to by then was left behind.
SWEPT_AFTER_SECONDS = 24 * 3600


def naming(tables: MetaData) -> Iterator[tuple[str, Column[str]]]:
    """Find the columns that name stored files, each with its folder; a folder may have several."""
    for table in tables.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, StoredName):
                yield column.type.folder, column


NAMING = tuple(naming(models.Document.metadata))


def name_for(source: Source, attachments: Attachments, name: str) -> str:
    """Return the name under which a file will be kept; the same content gives the same name.

    Raises FieldRefused when it is missing, too large, or not of an accepted kind; Unreadable when
    it is damaged.
    """
    path = f"{attachments.folder}/{name}"
    if not source.has(path):
        raise FieldRefused(f"ce fichier manque dans le dossier « {attachments.folder} ».")
    if source.size(path) > LARGEST:
        raise FieldRefused(f"ce fichier dépasse {LARGEST // MEBIBYTE} Mio.")
    with source.open(path) as stream:
        content = blocks(stream)
        first = next(content, b"")
        suffix = next((end for start, end in SUFFIXES.items() if first.startswith(start)), "")
        if suffix not in attachments.suffixes:
            kinds = " ou ".join(NAMES[each] for each in attachments.suffixes)
            raise FieldRefused(f"le contenu de ce fichier doit être {kinds}.")
        digest = hashlib.sha256(first)
        for block in content:
            digest.update(block)
    return digest.hexdigest()[:HASH_CHARACTERS] + suffix


class Copies:
    """The copies that one import makes; undone when it does not commit."""

    def __init__(self, source: Source) -> None:
        """Copy from this source."""
        self._source = source
        self._made: list[Path] = []

    def keep(self, attachments: Attachments, name: str, kept_as: str) -> None:
        """Copy a file into the instance, unless it is already there.

        Raises UploadRefused when a photo cannot be drawn anew.
        """
        folder = settings.instance / attachments.kept_in
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        target = folder / kept_as
        if target.exists():
            return
        partial = target.with_suffix(".partial")
        self._made.append(partial)
        with (
            self._source.open(f"{attachments.folder}/{name}") as stream,
            os.fdopen(os.open(partial, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as out,
        ):
            if attachments.portraits:
                out.write(uploads.portrait(b"".join(blocks(stream))))
            else:
                out.writelines(blocks(stream))
            out.flush()
            os.fsync(out.fileno())
        partial.rename(target)
        self._made[-1] = target

    def undo(self) -> None:
        """Remove what was copied."""
        for path in self._made:
            path.unlink(missing_ok=True)


def sweep(connection: Connection) -> int:
    """Remove files that no row names, left behind by a killed import or replaced by another.

    Returns how many.
    """
    limit = time.time() - SWEPT_AFTER_SECONDS
    swept = 0
    for folder in dict(NAMING):
        path = settings.instance / folder
        old = [each for each in _files(path) if each.stat().st_mtime < limit]
        named = _named(connection, folder) if old else set()
        for each in old:
            if each.name not in named:
                with contextlib.suppress(OSError):
                    each.unlink()
                    swept += 1
    return swept


def _named(connection: Connection, folder: str) -> set[str]:
    """Read the names that any column gives to files of a folder."""
    columns = [column for each, column in NAMING if each == folder]
    return {
        name
        for column in columns
        for name in connection.scalars(select(column).where(column != ""))
    }


def _files(folder: Path) -> list[Path]:
    return [each for each in folder.iterdir() if each.is_file()] if folder.is_dir() else []
