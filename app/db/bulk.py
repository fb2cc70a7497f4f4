"""Many rows at once, by the way that each database has for them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Table

# Of each hundred rows that PostgreSQL looks at to know a table, as many as are asked of these.
SKETCH = 10


def copy_rows(
    connection: Connection, table: Table, names: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Insert rows, given as the driver takes them, as fast as this database can."""
    into = f"{table.name} ({', '.join(names)})"
    if connection.dialect.name == "postgresql":
        _copy(connection, f"COPY {into} FROM STDIN", rows)
    elif rows:
        marks = ", ".join("?" * len(names))
        connection.exec_driver_sql(
            f"INSERT INTO {into} VALUES ({marks})",  # noqa: S608
            list(rows),
        )


def sketch(connection: Connection, table: str) -> None:
    """Tell PostgreSQL roughly what a temporary table holds; it asks a tenth of its usual sample."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SET LOCAL default_statistics_target = {SKETCH}")
        connection.exec_driver_sql(f"ANALYZE {table}")
        connection.exec_driver_sql("SET LOCAL default_statistics_target = DEFAULT")


def _copy(connection: Connection, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    if not connection.in_transaction():
        connection.begin()
    driver = connection.connection.driver_connection
    assert driver is not None
    try:
        with driver.cursor().copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except connection.dialect.loaded_dbapi.Error as error:
        # A connection that was cut has the same name here as anywhere.
        connection._handle_dbapi_exception(error, statement, None, None, None)  # noqa: SLF001
