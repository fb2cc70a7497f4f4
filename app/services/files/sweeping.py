"""Files that no row names: left behind by what was killed, or replaced by another."""

import contextlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from sqlalchemy import Column, Connection, MetaData, select

from app import models
from app.models import Folder, StoredName
from app.services.files.stores import store

# No import lasts a day: what nobody refers to by then was left behind.
SWEPT_AFTER = timedelta(days=1)


def naming(tables: MetaData) -> Iterator[tuple[Folder, Column[str]]]:
    """Find the columns that name stored files, each with its folder; a folder may have several."""
    for table in tables.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, StoredName):
                yield column.type.folder, column


NAMING = tuple(naming(models.Document.metadata))


def sweep(connection: Connection) -> int:
    """Remove the files that no row names any more; return how many."""
    limit = datetime.now(UTC) - SWEPT_AFTER
    swept = 0
    for folder in Folder:
        old = [entry.name for entry in store().list(folder) if entry.changed_at < limit]
        named = _named(connection, folder) if old else set()
        for name in old:
            if name not in named:
                with contextlib.suppress(OSError):
                    store().delete(folder, name)
                    swept += 1
    return swept


def remove_unnamed(connection: Connection, folder: Folder, names: Iterable[str]) -> None:
    """Remove those of these files that no row names any more, however young they are."""
    named = _named(connection, folder)
    for name in names:
        if name and name not in named:
            store().delete(folder, name)


def _named(connection: Connection, folder: Folder) -> set[str]:
    """Read the names that any column gives to files of a folder."""
    return {
        name
        for each, column in NAMING
        if each is folder
        for name in connection.scalars(select(column).where(column != ""))
    }
