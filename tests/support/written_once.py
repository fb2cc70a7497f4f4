"""What many tests begin with, written once into an empty database and copied into the next ones.

Telling a database the same rows again, as they are, costs a tenth of what making them does.
"""

from typing import Any

from sqlalchemy import Select, Table, func, insert, literal_column, select
from sqlalchemy.orm import Session

from app import db
from app.services.accounts import passwords
from app.services.accounts.passwords import Cost

Rows = dict[Table, list[dict[str, Any]]]


class WrittenOnce:
    """Every row of a database, by its kind: each numbers them its own way."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._rows: dict[tuple[str, Cost], Rows] = {}

    def copied_into(self, session: Session) -> bool:
        """Write what is known of this kind of database into an empty one; tell whether it was."""
        rows = self._rows.get(_kind())
        for table, of_table in (rows or {}).items():
            session.execute(insert(table), of_table)
        if rows and session.get_bind().dialect.name == "postgresql":
            session.execute(_numbers_go_on_after(rows))
        return rows is not None

    def learn(self, session: Session) -> None:
        """Remember what was written."""
        session.flush()
        read = {
            table: [dict(row) for row in session.execute(select(table)).mappings()]
            for table in db.Base.metadata.sorted_tables
        }
        self._rows[_kind()] = {table: rows for table, rows in read.items() if rows}


def _numbers_go_on_after(rows: Rows) -> Select[Any]:
    """SQLite looks at the rows; a sequence of PostgreSQL knows nothing of those that are copied.

    It may begin again: a test that goes down the migrations and up again makes new ones.
    """
    reached = (
        (f"{table.name}_id_seq", max(row["id"] for row in of_table))
        for table, of_table in rows.items()
        if "id" in table.columns
    )
    return select(
        *(
            func.setval(
                name, func.greatest(number, literal_column(f"(SELECT last_value FROM {name})"))
            )
            for name, number in reached
        )
    )


def _kind() -> tuple[str, Cost]:
    """Tell what is not the same everywhere: the database, and what its passwords cost to check."""
    return db.engine().dialect.name, passwords.current_cost()
