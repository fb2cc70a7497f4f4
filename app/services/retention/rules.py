"""What a line of the schedule is, and the instants that several of them turn on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Date, Delete, Update, delete, func, type_coerce, update

from app import db
from app.db import UtcDateTime

A_MONTH = timedelta(days=30)
# The school year, and the one before: that of the last invoices that a family may question.
TWO_MONTHS = timedelta(days=60)
TWO_YEARS = timedelta(days=730)


@dataclass(frozen=True, slots=True)
class Rule:
    """Rows of one kind: how to tell those that ended before an instant, and how long they stay.

    Of some the row stays, and a file that it names goes: `emptied` is what the row holds then.
    """

    name: str
    plural: str
    table: type[db.Base]
    kept: timedelta
    ended_before: Callable[[datetime], ColumnElement[bool]]
    emptied: Callable[[datetime], Mapping[str, Any]] | None = None

    @property
    def key(self) -> str:
        """Name it among the others, as the journal counts what went."""
        table = self.table.__tablename__
        return f"{table}_files" if self.emptied else table

    def statement(self, now: datetime) -> Delete | Update:
        """Remove rows, or empty them."""
        if self.emptied:
            return update(self.table).values(self.emptied(now))
        return delete(self.table)


def day_of(limit: datetime) -> ColumnElement[date]:
    """Tell which day it is at an instant, or at one that a statement is asked with."""
    return func.date(type_coerce(limit, UtcDateTime()), type_=Date())
