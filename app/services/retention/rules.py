"""What a line of the schedule is, and the instants that several of them turn on."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Date, func, type_coerce

from app import db
from app.db import UtcDateTime

A_MONTH = timedelta(days=30)
# The school year, and the one before: that of the last invoices that a family may question.
TWO_YEARS = timedelta(days=730)


@dataclass(frozen=True, slots=True)
class Rule:
    """Rows of one kind: how to tell those that ended before an instant, and how long they stay."""

    name: str
    plural: str
    table: type[db.Base]
    kept: timedelta
    ended_before: Callable[[datetime], ColumnElement[bool]]


def day_of(limit: datetime) -> ColumnElement[date]:
    """Tell which day it is at an instant, or at one that a statement is asked with."""
    return func.date(type_coerce(limit, UtcDateTime()), type_=Date())
