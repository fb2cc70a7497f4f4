"""An import into SQLite, which has one writer at a time: done aside, then written in a moment.

The tables that an import changes are copied into temporary ones of the same names, which SQLite
finds first: its statements read and write those, and keep nobody waiting. What differs in the end
is written to the portal's tables in one short transaction. Others wrote meanwhile: where that
touches what the import read, its conclusions are outdated, and it begins again.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from functools import cached_property
from typing import cast

from sqlalchemy import Connection, Table, func, select
from sqlalchemy.orm import Session

from app.db import Base, sqlite
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
    Invoice,
    InvoiceLine,
    JournalEntry,
    KeptOut,
    Message,
    MessageAttachment,
    OutboxMail,
    Payment,
)  # fmt: skip

# The events that an import leaves in the journal, and one that is undone.
IMPORT = "import"
UNDOING = "import_undone"
_CREATE = re.compile(r"CREATE (TABLE|(?:UNIQUE )?INDEX)\s+")


class Outdated(Exception):  # noqa: N818
    """Others changed meanwhile what the import had read."""


class Others(Enum):
    """What else is written in a table, while an import is under way."""

    # Only another import changes these.
    NOTHING = auto()
    # The town hall does, seldom: whatever it changed, the import begins again.
    ANYTHING = auto()
    # Parents do, at any moment: only the rows that both changed are too many.
    ROWS = auto()
    # Rows are added, and are never looked at by an import.
    ADDITIONS = auto()


WHAT_OTHERS_WRITE: dict[type[Base], Others] = {
    Family: Others.ANYTHING,
    Guardian: Others.ROWS,
    Account: Others.ROWS,
    Child: Others.ANYTHING,
    FamilyChild: Others.ANYTHING,
    KeptOut: Others.ANYTHING,
    AcceptedValue: Others.ANYTHING,
    Invoice: Others.NOTHING,
    InvoiceLine: Others.NOTHING,
    Payment: Others.NOTHING,
    Allocation: Others.NOTHING,
    Message: Others.ANYTHING,
    MessageAttachment: Others.ANYTHING,
    Document: Others.ANYTHING,
    FamilyRequest: Others.ROWS,
    OutboxMail: Others.ADDITIONS,
}


class Rehearsal:
    """The tables that an import changes, aside."""

    def __init__(self, session: Session, others: Mapping[type[Base], Others] | None = None) -> None:
        """Copy them as they stand at this moment; `others` are more than an import changes."""
        connection = session.connection()
        # What was read until now was as it stood then.
        session.commit()
        sqlite.keep_aside(connection)
        self._connection = session.connection()
        self._newest = select(func.max(JournalEntry.id))
        self._came = self._connection.scalar(self._newest) or 0
        self._copies = [
            _Copy(self._connection, cast(Table, model.__table__), kind)
            for model, kind in (WHAT_OTHERS_WRITE | dict(others or {})).items()
        ]

    def compare(self) -> set[str]:
        """Find out what differs, before anybody has to wait; return the tables that were empty."""
        for copy in self._copies:
            copy.compare()
        return {copy.name for copy in self._copies if copy.was_empty}

    def publish(self) -> None:
        """Write what differs to the portal's tables, whose lock is held.

        Raises Outdated when others changed meanwhile what the import had read.
        """
        sqlite.write_too(self._connection)
        if self._another_import() or any(copy.is_outdated() for copy in self._copies):
            raise Outdated
        for copy in self._copies:
            copy.publish()
        if any(self._refers(table) for table in self._written_meanwhile()):
            raise Outdated

    def _another_import(self) -> bool:
        since = self._newest.where(
            JournalEntry.id > self._came, JournalEntry.event.in_((IMPORT, UNDOING))
        )
        return self._connection.scalar(since) is not None

    def _written_meanwhile(self) -> Iterator[Table]:
        unchanged = {
            copy.name for copy in self._copies if copy.others in {Others.NOTHING, Others.ANYTHING}
        }
        return (each for each in Base.metadata.sorted_tables if each.name not in unchanged)

    def _refers(self, table: Table) -> bool:
        """Tell whether a row of a table refers to one that is gone: nothing else looks."""
        removing = {copy.name: copy for copy in self._copies if copy.removes}
        return any(
            removing[key.column.table.name].is_missed_by(table.name, key.parent.name)
            for key in table.foreign_keys
            if key.column.table.name in removing
        )


@dataclass
class _Copy:
    """One table: its rows as they were (main), as the import has them (temp), and what differs.

    The keys of the rows that it wrote stand in one more table, the rows that it changed or took
    away, as they were, in another.
    """

    connection: Connection
    table: Table
    others: Others
    removes: bool = False
    # Whether rewriting all of the table is less than writing what differs.
    _whole: bool = False

    def __post_init__(self) -> None:
        for statement in self._schema():
            self._execute(_CREATE.sub(_in_temp, statement, count=1))
        self._count = 0
        if self.others is not Others.ADDITIONS:
            self._execute(f"INSERT INTO temp.{self.name} SELECT * FROM main.{self.name}")
            self._count = self._scalar(f"SELECT count(*) FROM temp.{self.name}")

    @property
    def name(self) -> str:
        return self.table.name

    @property
    def was_empty(self) -> bool:
        return not self._count

    def compare(self) -> None:
        if not self._count:
            self._whole = self.others is not Others.ADDITIONS
            return
        name, keys = self.name, self._keys
        self._execute(
            f"CREATE TEMP TABLE written_{name} AS SELECT {self._of('here', keys)}"
            f" FROM temp.{name} here LEFT JOIN main.{name} there ON {self._same('here', 'there')}"
            f" WHERE there.{keys[0]} IS NULL OR {self._differs('here', 'there')}"
        )
        self._execute(f"CREATE INDEX temp.written_{name}_key ON written_{name} ({', '.join(keys)})")
        self._execute(
            f"CREATE TEMP TABLE before_{name} AS SELECT there.* FROM main.{name} there"
            f" LEFT JOIN temp.{name} here ON {self._same('here', 'there')}"
            f" WHERE here.{keys[0]} IS NULL"
        )
        self.removes = self._scalar(f"SELECT count(*) FROM before_{name}") > 0
        self._execute(
            f"INSERT INTO before_{name} SELECT there.* FROM written_{name} here"
            f" CROSS JOIN main.{name} there ON {self._same('here', 'there')}"
        )
        written = self._scalar(f"SELECT count(*) FROM written_{name}")
        self._whole = written > self._count and self.others is not Others.ROWS

    def is_outdated(self) -> bool:
        if not self._count:
            return False
        if self.others is Others.ANYTHING and self._rest_changed():
            return True
        return self.others is not Others.ADDITIONS and self._found(
            f"SELECT 1 FROM before_{self.name} here"
            f" LEFT JOIN main.{self.name} there ON {self._same('here', 'there')}"
            f" WHERE {self._differs('here', 'there')} OR there.{self._keys[0]} IS NULL"
        )

    def _rest_changed(self) -> bool:
        """Tell whether rows came, or those that the import leaves alone changed."""
        name = self.name
        return self._scalar(f"SELECT count(*) FROM main.{name}") != self._count or self._found(
            f"SELECT 1 FROM temp.{name} here"
            f" LEFT JOIN main.{name} there ON {self._same('here', 'there')}"
            f" WHERE (there.{self._keys[0]} IS NULL OR {self._differs('here', 'there')})"
            f" AND NOT EXISTS (SELECT 1 FROM written_{name} w WHERE {self._same('w', 'here')})"
        )

    def publish(self) -> None:
        name = self.name
        if self.others is Others.ADDITIONS:
            columns = ", ".join(column for column in self._columns if column not in self._keys)
            self._execute(f"INSERT INTO main.{name} ({columns}) SELECT {columns} FROM temp.{name}")
            # Whoever looks from now on looks at all of them.
            self._execute(f"DROP TABLE temp.{name}")
        elif self._whole:
            # Into an empty table SQLite copies whole pages, its indexes' too.
            self._execute(f"DELETE FROM main.{name}")
            self._execute(f"INSERT INTO main.{name} SELECT * FROM temp.{name}")
        else:
            self._publish_differences()

    def _publish_differences(self) -> None:
        """Write rows anew rather than change them: what is unique may go from one to another."""
        name, keys = self.name, ", ".join(self._keys)
        self._execute(
            f"DELETE FROM main.{name} WHERE ({keys}) IN (SELECT {keys} FROM before_{name})"
        )
        self._execute(
            f"INSERT INTO main.{name} SELECT here.* FROM written_{name} w"
            f" CROSS JOIN temp.{name} here ON {self._same('w', 'here')}"
        )

    def is_missed_by(self, table: str, column: str) -> bool:
        """Tell whether a column refers to a row that was taken away."""
        [key] = self._keys
        return self._found(
            f"SELECT 1 FROM main.{table} WHERE {column} IN (SELECT {key} FROM before_{self.name}"
            f" WHERE {key} NOT IN (SELECT {key} FROM temp.{self.name}))"
        )

    @cached_property
    def _columns(self) -> list[str]:
        return [column.name for column in self.table.columns]

    @cached_property
    def _keys(self) -> list[str]:
        return [column.name for column in self.table.primary_key]

    def _schema(self) -> Iterator[str]:
        master = "SELECT sql FROM main.sqlite_master WHERE tbl_name = ? AND sql IS NOT NULL"
        # The table before its indexes.
        found = self.connection.exec_driver_sql(f"{master} ORDER BY type DESC", (self.name,))
        return iter(found.scalars().all())

    def _same(self, one: str, other: str) -> str:
        return " AND ".join(f"{one}.{key} = {other}.{key}" for key in self._keys)

    def _differs(self, one: str, other: str) -> str:
        others = [column for column in self._columns if column not in self._keys]
        # Nothing but its key makes a pair.
        return " OR ".join(f"{one}.{name} IS NOT {other}.{name}" for name in others) or "0"

    def _of(self, alias: str, columns: list[str]) -> str:
        return ", ".join(f"{alias}.{name}" for name in columns)

    def _execute(self, statement: str) -> None:
        self.connection.exec_driver_sql(statement)

    def _scalar(self, statement: str) -> int:
        found: int = self.connection.exec_driver_sql(statement).scalar_one()
        return found

    def _found(self, statement: str) -> bool:
        return self.connection.exec_driver_sql(f"{statement} LIMIT 1").first() is not None


def _in_temp(begins: re.Match[str]) -> str:
    return "CREATE TEMP TABLE " if begins[1] == "TABLE" else f"CREATE {begins[1]} temp."
