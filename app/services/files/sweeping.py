"""Files that no row names: left behind by what was killed, or replaced by another."""

import contextlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice

from sqlalchemy import Column, MetaData, select

from app import db, models
from app.models import Folder, StoredName
from app.services.files.stores import store

# No import lasts a day: what nobody refers to by then was left behind.
SWEPT_AFTER = timedelta(days=1)
# While they are removed nobody writes: as many as a store far away removes in a moment.
SWEPT_AT_ONCE = 50


def naming(tables: MetaData) -> Iterator[tuple[Folder, Column[str]]]:
    """Find the columns that name stored files, each with its folder; a folder may have several."""
    for table in tables.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, StoredName):
                yield column.type.folder, column


NAMING = tuple(naming(models.Document.metadata))


def sweep() -> int:
    """Remove the files that no row names any more; return how many.

    Raises StoreAway when they cannot all be listed: nothing is removed then.
    """
    limit = datetime.now(UTC) - SWEPT_AFTER
    old = {
        folder: {entry.name for entry in store().list(folder) if entry.changed_at < limit}
        for folder in Folder
    }
    unnamed = ((folder, names - named(folder)) for folder, names in old.items() if names)
    return sum(_sweep_some(folder, names) for folder, names in unnamed)


def _sweep_some(folder: Folder, names: set[str]) -> int:
    swept, left = 0, iter(sorted(names))
    while some := list(islice(left, SWEPT_AT_ONCE)):
        # Asked again where nobody can name one meanwhile.
        with db.transaction():
            in_use = named(folder)
            for name in some:
                if name not in in_use:
                    with contextlib.suppress(OSError):
                        store().delete(folder, name)
                        swept += 1
    return swept


def lasting(folder: Folder) -> set[str]:
    """List the files that no sweep takes for hours: those that rows name, and the young."""
    limit = datetime.now(UTC) - SWEPT_AFTER / 2
    in_use = named(folder)
    return {
        entry.name
        for entry in store().list(folder)
        if entry.name in in_use or entry.changed_at > limit
    }


def remove_unnamed(folder: Folder, names: Iterable[str]) -> None:
    """Remove those of these files that no row names any more, however young they are.

    Inside a transaction, where nobody can name one meanwhile.
    """
    in_use = named(folder)
    for name in names:
        if name and name not in in_use:
            store().delete(folder, name)


def named(folder: Folder) -> set[str]:
    """Read the names that any column gives to files of a folder, or gave before the last import."""
    columns = [column for each, column in NAMING if each is folder]
    statements = (select(column).where(column != "") for column in columns)
    images = (
        select(models.ImportChange.before[column.name].as_string()).where(
            models.ImportChange.table_name == column.table.name,
            models.ImportChange.before.is_not(None),
        )
        for column in columns
    )
    return {
        name
        for statement in (*statements, *images)
        for name in db.session().scalars(statement)
        if name
    }
