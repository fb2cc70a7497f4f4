"""The temporary tables of an import, which end with its connection."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Boolean, Column, Connection, Integer, MetaData, String, Table, literal

from app.db import sqlite
from app.db.bulk import sketch
from app.services.importing.tables import ALL, SourceFile

# Beside the columns of a file: the name under which an attached file is kept.
KEPT_AS = "kept_as"
# And how heavy it is.
WEIGHT = "weight"
# The fields of a row whose cells were set aside, each between blanks; NULL for most rows.
SET_ASIDE = "set_aside"
PUBLIC_ID = "public_id"
# Where a row stands in its file.
LINE = "line"
METADATA = MetaData()


def _table(name: str, *columns: Column[Any]) -> Table:
    return Table(name, METADATA, *columns, prefixes=["TEMPORARY"], postgresql_on_commit="DROP")


def _table_of_rows(file: SourceFile) -> Table:
    columns: list[Column[Any]] = [Column(LINE, Integer)]
    for column in file.columns:
        kind = column.kind
        default = None if kind.missing is None else literal(kind.missing, kind.stored)
        columns.append(Column(column.field, kind.stored, server_default=default))
    if file.attachments and not file.attachments.several:
        columns.append(Column(KEPT_AS, String(), server_default=""))
        columns.append(Column(WEIGHT, Integer))
    if file.public:
        columns.append(Column(PUBLIC_ID, String()))
    if not all(column.blocks for column in file.columns):
        columns.append(Column(SET_ASIDE, String()))
    return _table(f"import_{file.name.removesuffix('.csv').lower()}", *columns)


# The rows of each file, by its name.
ROWS = {file.name: _table_of_rows(file) for file in ALL}
# The files that rows name, where a cell may name several.
ATTACHED = _table(
    "import_attached",
    Column("source_id", String),
    Column("title", String),
    Column(KEPT_AS, String),
    Column(WEIGHT, Integer),
    Column(PUBLIC_ID, String),
)
# The families whose ledger the import changes.
TOUCHED = _table("import_touched", Column("family", Integer))
# The accounts of which what was mailed is void, and whether their sessions end too.
ENDED = _table("import_ended", Column("account", Integer), Column("signed_out", Boolean))


def prepare(connection: Connection) -> None:
    """Keep other imports out of PostgreSQL, and give SQLite room to work."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("LOCK TABLE family IN SHARE ROW EXCLUSIVE MODE")
    else:
        sqlite.make_room(connection)


def create(connection: Connection) -> None:
    """Create every table, empty."""
    METADATA.create_all(connection, checkfirst=False)


def make_ready(
    connection: Connection, table: Table, key: Collection[str], *, unique: bool = False
) -> None:
    """Index a table by its key, now that it is full, and let the planner know how full."""
    if key:
        kind = "UNIQUE INDEX" if unique else "INDEX"
        connection.exec_driver_sql(
            f"CREATE {kind} {table.name}_key ON {table.name} ({', '.join(key)})"
        )
    sketch(connection, table.name)
