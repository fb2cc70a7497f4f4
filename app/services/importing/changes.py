"""What an import changes, row by row: each table as it was beside the same as the import leaves it.

An import into SQLite has both already (rehearsal); PostgreSQL keeps a copy of what was there
(images). Only whoever asks for a witness pays for it.
"""

import hashlib
from collections.abc import Iterator
from typing import Any, NamedTuple, cast

from sqlalchemy import (
    Connection,
    DateTime,
    MetaData,
    Select,
    Table,
    TypeDecorator,
    and_,
    func,
    or_,
    select,
)  # fmt: skip

from app.db import Base
from app.models import (
    AcceptedValue,
    Account,
    Child,
    Document,
    Family,
    FamilyChild,
    Guardian,
    Invoice,
    InvoiceLine,
    Message,
    MessageAttachment,
    Payment,
)  # fmt: skip
from app.services.importing import images

COMPARED: tuple[type[Base], ...] = (
    Family, Guardian, Account, Child, FamilyChild, AcceptedValue, Invoice, InvoiceLine, Payment,
    Message, MessageAttachment, Document,
)  # fmt: skip
# What parents change at any moment, and what follows from other columns.
LEFT_OUT = frozenset(
    {"password_hash", "password_changed_at", "mail_messages", "mail_invoices", "mail_requests",
     "mail_reminders", "email_confirmed_at", "folded", "allocated"}
)  # fmt: skip
AT_A_TIME = 1_000
# Of a row that the import creates: another reading may number it otherwise.
NEW = "new"


class Change(NamedTuple):
    """A column of a row that is another from now on."""

    model: type[Base]
    column: str
    before: Any
    after: Any
    # The row as it was.
    row: dict[str, Any]


class Changes:
    """What differs, at the moment when nothing is written to the portal's own tables yet."""

    def __init__(self, connection: Connection, decided: str = "") -> None:
        """Compare by this connection; what somebody decided is part of it."""
        # Whoever goes through them asks by it what else is to be known of those rows.
        self.connection = connection
        self._aside = connection.dialect.name == "sqlite"
        self._digest = hashlib.sha256(decided.encode())

    def __iter__(self) -> Iterator[Change]:
        """Go through them, table by table; once, as the fingerprint is made meanwhile."""
        for model in COMPARED:
            before, after = self._before(model), self._after(model)
            removed = self._note_removed(before, after)
            created = self._count(after) - self._count(before) + removed
            self._digest.update(f"{before.name} {created} {removed}\n".encode())
            if _compared_columns(after):
                yield from self._changed(model, before, after)

    @property
    def fingerprint(self) -> str:
        """Name all of them; two readings that would do the same have the same."""
        return self._digest.hexdigest()

    def _changed(self, model: type[Base], before: Table, after: Table) -> Iterator[Change]:
        names = _compared_columns(after)
        ceilings = {name: self._ceiling(after, name) for name in names}
        instants = {name for name in names if _is_instant(after, name)}
        for row in self.connection.execute(_differing(before, after, names)):
            was = dict(zip(before.columns.keys(), row, strict=False))
            now = dict(zip(names, row[len(before.columns) :], strict=True))
            for name in names:
                if was[name] == now[name]:
                    continue
                told = [
                    _comparable(each, ceilings[name], is_instant=name in instants)
                    for each in (was[name], now[name])
                ]
                key = [was[column.name] for column in before.primary_key]
                self._digest.update(f"{key} {name} {told}\n".encode())
                yield Change(model, name, was[name], now[name], was)

    def _note_removed(self, before: Table, after: Table) -> int:
        removed = 0
        for row in self.connection.execute(_missing(before, after)):
            self._digest.update(f"{tuple(row)}\n".encode())
            removed += 1
        return removed

    def _count(self, table: Table) -> int:
        return self.connection.scalar(select(func.count()).select_from(table)) or 0

    def _ceiling(self, table: Table, name: str) -> int | None:
        """Return the last number of the rows that a column refers to, before the import."""
        keys = table.c[name].foreign_keys
        if not keys:
            return None
        target = next(iter(keys)).target_fullname.split(".")[-2]
        model = next((each for each in COMPARED if each.__tablename__ == target), None)
        if model is None:
            return None
        referred = self._before(model)
        return self.connection.scalar(select(func.max(referred.c.id))) or 0

    def _before(self, model: type[Base]) -> Table:
        table = cast(Table, model.__table__)
        if self._aside:
            return table.to_metadata(MetaData(), schema="main")
        return table.to_metadata(MetaData(), name=images.kept(table.name))

    def _after(self, model: type[Base]) -> Table:
        table = cast(Table, model.__table__)
        return table.to_metadata(MetaData(), schema="temp") if self._aside else table


def _differing(before: Table, after: Table, names: list[str]) -> Select[*tuple[Any, ...]]:
    differs = or_(*(before.c[name].is_distinct_from(after.c[name]) for name in names))
    return (
        select(*before.c, *(after.c[name].label(f"after_{name}") for name in names))
        .join_from(before, after, _same(before, after))
        .where(differs)
        .order_by(*before.primary_key)
        .execution_options(yield_per=AT_A_TIME)
    )


def _missing(before: Table, after: Table) -> Select[*tuple[Any, ...]]:
    first = next(iter(after.primary_key))
    return (
        select(*before.primary_key)
        .select_from(before)
        .outerjoin(after, _same(before, after))
        .where(first.is_(None))
        .order_by(*before.primary_key)
    )


def _same(before: Table, after: Table) -> Any:
    return and_(*(before.c[key.name] == after.c[key.name] for key in after.primary_key))


def _compared_columns(table: Table) -> list[str]:
    return [
        column.name
        for column in table.columns
        if not column.primary_key and column.name not in LEFT_OUT
    ]


def _is_instant(table: Table, name: str) -> bool:
    kind = table.c[name].type
    return isinstance(kind.impl if isinstance(kind, TypeDecorator) else kind, DateTime)


def _comparable(value: Any, ceiling: int | None, *, is_instant: bool) -> str:
    """Write a value as another reading would: not the hour, not the number of a new row."""
    if is_instant:
        return str(value is not None)
    return NEW if ceiling is not None and value is not None and value > ceiling else str(value)
