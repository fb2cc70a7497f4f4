"""Making a table of the portal equal to the rows that were given, and counting what that took."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    CursorResult,
    Executable,
    Select,
    Table,
    and_,
    case,
    false,
    func,
    insert,
    or_,
    select,
    update,
)  # fmt: skip

from app.db import Base
from app.services.importing.temporary import LINE, SET_ASIDE

# From how many new rows on, and for which part of a table, what PostgreSQL knew of it is wrong.
MANY = 1_000
FEW_TIMES = 10
# What is said of a row, and is no column of the portal's.
BESIDE = frozenset({LINE, SET_ASIDE})
GivenRows = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the rows of one kind."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    # In the portal, not in the files: left alone, unless archived.
    missing: int = 0
    archived: int = 0

    @property
    def are_all_there_is(self) -> bool:
        """Tell whether the table holds nothing but what was created now."""
        return not (self.changed or self.unchanged or self.missing)


class Merge:
    """The rows of `given`, whose columns are named as the table's, on their way into it.

    `key` tells which row is which; columns in `kept` are written when a row is created and left
    alone afterwards. Those in `derived` follow from the others: they are emptied in a row that
    changes, for whoever fills them next. A row's marks, where it has any, name
    columns that are left alone in it: their cells were set aside. New rows are created in the order
    of their lines; those that have none, in the order of their keys.
    """

    def __init__(
        self,
        connection: Connection,
        model: type[Base],
        key: Collection[str],
        given: GivenRows,
        kept: Collection[str] = (),
        derived: Collection[str] = (),
    ) -> None:
        """Prepare to merge; nothing is written yet."""
        self._connection = connection
        self._target: Any = model.__table__
        self._given = given.subquery("given")
        order = [LINE] if LINE in self._given.c else key
        self._order = [self._given.c[name] for name in order]
        self._same = and_(*(self._target.c[name] == self._given.c[name] for name in key))
        self._emptied = dict.fromkeys(derived, "")
        self._changing = {
            column.name: self._as_read(column)
            for column in self._given.c
            if column.name not in {*key, *kept, "public_id", *BESIDE}
        }

    def run(self, rows: int, touched: Table | None = None) -> Counts:
        """Change what differs, create what is new; `rows` is how many are given.

        The families of what was changed or created are noted in `touched`.
        """
        changed = self._change(touched)
        created = self._create(touched)
        total = self._connection.scalar(select(func.count()).select_from(self._target)) or 0
        if created >= MANY and created * FEW_TIMES > total:
            self._tell_the_planner()
        return Counts(created, changed, rows - created - changed, total - rows)

    def _tell_the_planner(self) -> None:
        """Let PostgreSQL know at once what its own round would find out once this is committed."""
        if self._connection.dialect.name == "postgresql":
            self._connection.exec_driver_sql(f"ANALYZE {self._target.name}")

    def _as_read(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        """Give what a cell says; what is there, where it was set aside."""
        if SET_ASIDE not in self._given.c:
            return column
        marked = self._given.c[SET_ASIDE].contains(f" {column.key} ")
        return case((marked, self._target.c[column.key]), else_=column)

    def _change(self, touched: Table | None) -> int:
        differs = or_(
            false(),
            *(
                self._target.c[name].is_distinct_from(column)
                for name, column in self._changing.items()
            ),
        )
        if touched is not None:
            for side in (self._target, self._given):
                families = select(side.c.family_id).where(self._same, differs).distinct()
                if not self._note(touched, families):
                    return 0
        values = self._changing | self._emptied
        change = update(self._target).values(values).where(self._same, differs)
        return rows_of(self._connection, change) if self._changing else 0

    def _create(self, touched: Table | None) -> int:
        before = self._last_id() if touched is not None else 0
        columns = [name for name in self._given.c.keys() if name not in BESIDE]  # noqa: SIM118
        given = (self._given.c[name] for name in columns)
        is_new = ~select(1).where(self._same).exists()
        new = select(*given).where(is_new).order_by(*self._order)
        created = rows_of(
            self._connection,
            insert(self._target).from_select(columns, new, include_defaults=False),
        )
        if touched is not None and created:
            families = select(self._target.c.family_id).where(self._target.c.id > before)
            self._note(touched, families.distinct())
        return created

    def _last_id(self) -> int:
        return self._connection.scalar(select(func.max(self._target.c.id))) or 0

    def _note(self, touched: Table, families: GivenRows) -> int:
        return rows_of(self._connection, insert(touched).from_select(["family"], families))


def rows_of(connection: Connection, statement: Executable) -> int:
    """Execute a statement and return how many rows it wrote."""
    result = connection.execute(statement, execution_options={"preserve_rowcount": True})
    assert isinstance(result, CursorResult)
    return result.rowcount
