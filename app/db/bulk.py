"""Many rows at once, by the way that each database has for them."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Table

# Of each hundred rows that PostgreSQL looks at to know a table, as many as are asked of these.
SKETCH = 10

Rows = Sequence[tuple[Any, ...]]
Take = Callable[[Rows], None]


def copy_rows(connection: Connection, table: Table, names: Sequence[str], rows: Rows) -> None:
    """Insert rows, given as the driver takes them, as fast as this database can."""
    with copying(connection, table, names) as take:
        take(rows)


@contextmanager
def copying(connection: Connection, table: Table, names: Sequence[str]) -> Iterator[Take]:
    """Insert rows in the same way, some at a time.

    PostgreSQL works on those while the next are made. Until the block ends this connection can be
    asked nothing else: whoever asks waits for ever.
    """
    into = f"{table.name} ({', '.join(names)})"
    if connection.dialect.name == "postgresql":
        with _copying(connection, f"COPY {into} FROM STDIN") as take:
            yield take
    else:
        marks = ", ".join("?" * len(names))
        statement = f"INSERT INTO {into} VALUES ({marks})"  # noqa: S608
        yield lambda rows: _insert(connection, statement, rows)


def set_texts(
    connection: Connection, table: Table, name: str, texts: Sequence[tuple[int, str]]
) -> None:
    """Write in a column of texts what each of these rows, told by its number, has there now."""
    if connection.dialect.name == "postgresql":
        statement = (
            f"UPDATE {table.name} SET {name} = given.said FROM unnest(%s::integer[], %s::text[])"  # noqa: S608
            f" AS given (id, said) WHERE {table.name}.id = given.id"
        )
        connection.exec_driver_sql(statement, tuple(map(list, zip(*texts, strict=True))))
    else:
        statement = f"UPDATE {table.name} SET {name} = ? WHERE id = ?"  # noqa: S608
        connection.exec_driver_sql(statement, [(said, number) for number, said in texts])


def sketch(connection: Connection, table: str) -> None:
    """Tell PostgreSQL roughly what a temporary table holds; it asks a tenth of its usual sample."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SET LOCAL default_statistics_target = {SKETCH}")
        connection.exec_driver_sql(f"ANALYZE {table}")
        connection.exec_driver_sql("SET LOCAL default_statistics_target = DEFAULT")


def _insert(connection: Connection, statement: str, rows: Rows) -> None:
    if rows:
        connection.exec_driver_sql(statement, list(rows))


@contextmanager
def _copying(connection: Connection, statement: str) -> Iterator[Take]:
    if not connection.in_transaction():
        connection.begin()
    driver = connection.connection.driver_connection
    assert driver is not None
    try:
        with driver.cursor().copy(statement) as copy:

            def take(rows: Rows) -> None:
                for row in rows:
                    copy.write_row(row)

            yield take
    except connection.dialect.loaded_dbapi.Error as error:
        # A connection that was cut has the same name here as anywhere.
        connection._handle_dbapi_exception(error, statement, None, None, None)  # noqa: SLF001
