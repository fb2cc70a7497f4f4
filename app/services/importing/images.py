"""What an import changes in each row, kept for whoever undoes it: before images, as databases say.

A row that was there is kept as it was and as the import leaves it. Of rows that it creates, their
numbers are kept: the first and the last where only an import creates any, each elsewhere. All of it
is gathered before SQLite's lock is held, by one statement a table. No password is among it.
"""

from collections.abc import Collection, Iterator
from typing import cast

from sqlalchemy import JSON, Connection, Table

from app.db import Base
from app.db.bulk import sketch
from app.models import (
    AcceptedValue,
    Account,
    Allocation,
    Child,
    Document,
    Family,
    FamilyChild,
    FamilyRequest,
    Guardian,
    ImportChange,
    ImportRun,
    Invoice,
    InvoiceLine,
    KeptOut,
    Message,
    MessageAttachment,
    Payment,
)  # fmt: skip

# Whatever an import changes, those that are referred to first.
IMAGED: tuple[type[Base], ...] = (
    Family, Guardian, Account, Child, FamilyChild, KeptOut, AcceptedValue, Invoice, InvoiceLine,
    Payment, Allocation, Message, MessageAttachment, Document, FamilyRequest,
)  # fmt: skip
# Whose rows nobody but an import creates.
RANGED: tuple[type[Base], ...] = (
    Family, Guardian, Account, Child, Invoice, InvoiceLine, Payment, Allocation,
)  # fmt: skip
# What an import changes of a request; the rest is the family's.
_OF_REQUESTS = frozenset({"id", "invoice_id"})
# A secret, and what is added up anew.
_LEFT_OUT = frozenset({"password_hash", "allocated"})
IMAGES = "import_images"
# Files of services have rows of their own, in tables of their own.
_OF_FAMILIES = "run_id NOT IN (SELECT id FROM import_run WHERE of_services)"
_COLUMNS = "table_name, before, after, first, last"


def kept(name: str) -> str:
    """Return how PostgreSQL's copy of a table is called, as it was before the import."""
    return f"kept_{name}"


def columns(table: Table) -> list[str]:
    """Return the columns that are kept of a row."""
    names = [column.name for column in table.columns if column.name not in _LEFT_OUT]
    if table is FamilyRequest.__table__:
        return [name for name in names if name in _OF_REQUESTS]
    return names


def compared(table: Table, cell: str) -> str:
    """Write a cell so that databases compare it: PostgreSQL knows no two equal documents."""
    column = table.columns[cell.rpartition(".")[2].removeprefix("left_")]
    return f"CAST({cell} AS TEXT)" if isinstance(column.type, JSON) else cell


def keep_aside(connection: Connection) -> None:
    """Keep what PostgreSQL's tables hold, until the transaction ends."""
    for model in IMAGED:
        name = model.__tablename__
        connection.exec_driver_sql(f"CREATE TEMP TABLE {kept(name)} ON COMMIT DROP AS TABLE {name}")
        sketch(connection, kept(name))


def gather(connection: Connection, begun_empty: Collection[str] = ()) -> None:
    """Note aside what the import changed: of the copies, where SQLite has it done in them first.

    Nothing could change in tables that were empty.
    """
    kind = _OfRehearsal if connection.dialect.name == "sqlite" else OfTables
    gather_of(connection, IMAGED, kind, begun_empty)


def gather_of(
    connection: Connection,
    models: Collection[type[Base]],
    kind: "type[OfTables]",
    begun_empty: Collection[str] = (),
) -> None:
    """Note aside what changed in some tables, read in some way."""
    ending = "" if connection.dialect.name == "sqlite" else " ON COMMIT DROP"
    connection.exec_driver_sql(
        f"CREATE TEMP TABLE {IMAGES} (table_name TEXT, before JSON, after JSON,"
        f" first INTEGER, last INTEGER){ending}"
    )
    for model in models:
        table = cast(Table, model.__table__)
        for statement in kind(table).statements(began_empty=table.name in begun_empty):
            connection.exec_driver_sql(f"INSERT INTO {IMAGES} ({_COLUMNS}) {statement}")


def keep(connection: Connection, run_id: int, replaced: str = _OF_FAMILIES) -> None:
    """Write down what was gathered; what older imports left, nobody undoes any more.

    Those of the same kind are replaced. The line of the import itself is among it: without one, it
    is not undone.
    """
    name = ImportChange.__tablename__
    connection.exec_driver_sql(f"DELETE FROM {name} WHERE {replaced}")
    connection.exec_driver_sql(
        f"INSERT INTO {name} (run_id, {_COLUMNS}) SELECT {run_id}, {_COLUMNS} FROM {IMAGES}"
        f" UNION ALL SELECT {run_id}, '{ImportRun.__tablename__}', NULL, NULL, {run_id}, {run_id}"
    )


class OfTables:
    """Statements that select what is kept of a table: `there` as it was, `here` as it is."""

    OBJECT = "json_build_object"
    # What others write meanwhile, PostgreSQL shows too.
    OURS = " AND here.xmin = pg_current_xact_id()::xid"
    IS_NOT = "IS DISTINCT FROM"

    def __init__(self, table: Table) -> None:
        """Select what is kept of this table."""
        self.table, self.name = table, table.name
        self.keys = [column.name for column in table.primary_key]
        self.columns = columns(table)
        self.is_ranged = any(table is model.__table__ for model in RANGED)
        self.same = " AND ".join(f"here.{key} = there.{key}" for key in self.keys)

    def statements(self, *, began_empty: bool) -> Iterator[str]:
        """Select the rows that changed or went, then those that are new."""
        if not began_empty:
            before, after = (self._image(side, self.columns) for side in ("there", "here"))
            gone = f"here.{self.keys[0]} IS NULL"
            yield (
                f"SELECT '{self.name}', {before}, CASE WHEN {gone} THEN NULL ELSE {after} END,"
                f" NULL, NULL FROM {self.differing()}"
            )
        created = self.created(began_empty=began_empty)
        if self.is_ranged:
            yield (
                f"SELECT '{self.name}', NULL, NULL, min(here.id), max(here.id) FROM {created}"
                " HAVING count(*) > 0"
            )
        else:
            number = self._image("here", self.keys)
            yield f"SELECT '{self.name}', NULL, {number}, NULL, NULL FROM {created}"

    def differing(self) -> str:
        """Join the rows that changed or went with what they have become."""
        others = [name for name in self.columns if name not in self.keys]
        differs = " OR ".join(
            f"{compared(self.table, f'here.{name}')} {self.IS_NOT}"
            f" {compared(self.table, f'there.{name}')}"
            for name in others
        )
        return (
            f"{kept(self.name)} there LEFT JOIN {self.name} here ON {self.same}"
            f" WHERE here.{self.keys[0]} IS NULL OR (({differs or 'false'}){self.OURS})"
        )

    def created(self, *, began_empty: bool) -> str:
        """Find the rows that are new."""
        if began_empty:
            return f"{self.name} here WHERE true{self.OURS}"
        was = f"SELECT 1 FROM {kept(self.name)} there WHERE {self.same}"
        return f"{self.name} here WHERE NOT EXISTS ({was}){self.OURS}"

    def _image(self, side: str, names: list[str]) -> str:
        pairs = ", ".join(f"'{name}', {side}.{name}" for name in names)
        return f"{self.OBJECT}({pairs})"


class _OfRehearsal(OfTables):
    """The same of SQLite, where the rehearsal has found out already what differs."""

    OBJECT = "json_object"

    def differing(self) -> str:
        return f"temp.before_{self.name} there LEFT JOIN temp.{self.name} here ON {self.same}"

    def created(self, *, began_empty: bool) -> str:
        if began_empty:
            return f"temp.{self.name} here"
        if self.is_ranged:
            last = f"SELECT coalesce(max(id), 0) FROM main.{self.name}"
            return f"temp.{self.name} here WHERE here.id > ({last})"
        was = f"SELECT 1 FROM main.{self.name} there WHERE {self.same}"
        return f"temp.written_{self.name} here WHERE NOT EXISTS ({was})"
