"""How many rows each table has, and what their numbers add up to: what a restore is held to."""

from typing import TypeAlias

from sqlalchemy import (
    BigInteger,
    Connection,
    Inspector,
    Integer,
    column,
    func,
    inspect,
    select,
    table,
)

# Of a table: its rows, then the sum of each column of whole numbers, money included.
Figures: TypeAlias = dict[str, dict[str, int]]

ROWS = "rows"
# Written last in a restored database, which is only then one of ours.
VERSION_TABLE = "alembic_version"


def read(connection: Connection) -> Figures:
    """Count and add up every table as the database has it, whatever version made it."""
    inspector = inspect(connection)
    return {
        name: _of_table(connection, name, _numbers(inspector, name))
        for name in sorted(inspector.get_table_names())
        if name != VERSION_TABLE
    }


def differences(noted: Figures, found: Figures) -> list[str]:
    """Name the tables that are not as they were noted."""
    return sorted(
        name for name in noted.keys() | found.keys() if noted.get(name) != found.get(name)
    )


def _numbers(inspector: Inspector, table: str) -> list[str]:
    columns = inspector.get_columns(table)
    return [each["name"] for each in columns if isinstance(each["type"], Integer)]


def _of_table(connection: Connection, name: str, numbers: list[str]) -> dict[str, int]:
    sums = [func.sum(column(number, BigInteger)) for number in numbers]
    row = connection.execute(select(func.count(), *sums).select_from(table(name))).one()
    # A sum of nothing is none; PostgreSQL adds integers up to a numeric.
    return dict(zip((ROWS, *numbers), (int(value or 0) for value in row), strict=True))
