"""The school years in which something moved on a family's account."""

from datetime import date

from sqlalchemy import Date, Select, String, case, cast, extract, func, select, union_all
from sqlalchemy.orm import InstrumentedAttribute

from app import db
from app.calendar import school_years
from app.calendar.school_years import SchoolYear
from app.models import FAMILY, Invoice, Payment


def _first_days(
    name: str, table: type[Invoice | Payment], day: InstrumentedAttribute[date]
) -> Select[date]:
    """List the first day of a table in each school year: leaps along the index of its days."""
    earliest = select(func.min(day, type_=Date)).where(table.family_id == FAMILY)
    found = earliest.with_only_columns(func.min(day, type_=Date).label("day")).cte(
        name, recursive=True
    )
    before_september = extract("month", found.c.day) < school_years.FIRST_MONTH
    next_year = extract("year", found.c.day) + case((before_september, 0), else_=1)
    september = func.date(cast(next_year, String) + f"-{school_years.FIRST_MONTH:02}-01")
    later = earliest.where(day >= september).correlate(found).scalar_subquery()
    found = found.union_all(select(later).where(found.c.day.is_not(None)))
    return select(found.c.day).where(found.c.day.is_not(None))


_OF_BOTH = union_all(
    _first_days("invoice_years", Invoice, Invoice.issued_on),
    _first_days("payment_years", Payment, Payment.paid_on),
).subquery()
_FIRST_DAYS: Select[date] = select(_OF_BOTH.c.day)


def with_movements(family_id: int) -> list[SchoolYear]:
    """List them, the newest first."""
    first_days = db.rows(_FIRST_DAYS, family_id=family_id)
    return sorted({school_years.of(day) for (day,) in first_days}, reverse=True)
