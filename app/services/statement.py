"""« Relevé de compte »: every movement of a family's account, and the balance after each.

In the order of the days; on one day invoices and credit notes come before payments, each in the
order they were handed over. The last balance is the one of the home page.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    Row,
    Select,
    String,
    Subquery,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute

from app import db
from app.db import Hundredths
from app.models import Invoice, InvoiceKind, Payment
from app.services import payment_modes, school_years
from app.services.ledger import FAMILY, SIGNED_INVOICE, ZERO
from app.services.paging import PAGE_SIZE, Page, page_number
from app.services.school_years import FIRST_MONTH, SchoolYear

FROM: BindParameter[date] = bindparam("first_day")
UNTIL: BindParameter[date] = bindparam("last_day")
ALWAYS = {"first_day": date.min, "last_day": date.max}

_SIGNED = type_coerce(SIGNED_INVOICE, Hundredths)


def _school_year(day: InstrumentedAttribute[date]) -> ColumnElement[int]:
    """Tell in SQL which school year a day is of; both databases write days 2026-09-01.

    Half the price of EXTRACT, which SQLite makes of two calls of strftime.
    """
    text = cast(day, String)
    year = cast(func.substr(text, 1, 4), Integer)
    return case((func.substr(text, 6, 2) < f"{FIRST_MONTH:02}", year - 1), else_=year)


_AMOUNTS = union_all(
    select(_school_year(Invoice.issued_on).label("year"), _SIGNED.label("amount")).where(
        Invoice.family_id == FAMILY
    ),
    select(_school_year(Payment.paid_on), Payment.amount).where(Payment.family_id == FAMILY),
).subquery()
_TOTALS = (
    select(
        _AMOUNTS.c.year,
        func.count().label("movements"),
        func.sum(_AMOUNTS.c.amount, type_=Hundredths).label("amount"),
    )
    .group_by(_AMOUNTS.c.year)
    .order_by(_AMOUNTS.c.year)
)

_INVOICES = select(
    Invoice.issued_on.label("day"),
    literal_column("0").label("rank"),
    Invoice.id.label("row_id"),
    case(
        (Invoice.kind == InvoiceKind.INVOICE, literal_column("'invoice'", String)),
        else_=literal_column("'credit_note'", String),
    ).label("kind"),
    Invoice.label.label("label"),
    Invoice.number.label("number"),
    _SIGNED.label("amount"),
    Invoice.public_id.label("public_id"),
).where(Invoice.family_id == FAMILY, Invoice.issued_on.between(FROM, UNTIL))
_PAYMENTS: Select[*tuple[Any, ...]] = select(
    Payment.paid_on.label("day"),
    literal_column("1").label("rank"),
    Payment.id.label("row_id"),
    literal_column("'payment'", String).label("kind"),
    Payment.mode.label("label"),
    Payment.reference.label("number"),
    Payment.amount.label("amount"),
    literal_column("''", String).label("public_id"),
).where(Payment.family_id == FAMILY, Payment.paid_on.between(FROM, UNTIL))


def _newest(count: BindParameter[int]) -> Subquery:
    """Take at least the newest `count` movements: as many of each table, which its index gives."""
    invoices = _INVOICES.order_by(Invoice.issued_on.desc(), Invoice.id.desc()).limit(count)
    payments = _PAYMENTS.order_by(Payment.paid_on.desc(), Payment.id.desc()).limit(count)
    return union_all(select(invoices.subquery()), select(payments.subquery())).subquery()


def _columns(movement: Subquery) -> Select[*tuple[Any, ...]]:
    column = movement.c
    return select(
        column.day, column.kind, column.label, column.number, column.amount, column.public_id
    )


def _order(movement: Subquery) -> tuple[ColumnElement[Any], ...]:
    return movement.c.day, movement.c.rank, movement.c.row_id


def _newest_first(movement: Subquery) -> tuple[ColumnElement[Any], ...]:
    return tuple(column.desc() for column in _order(movement))


_EVERY = union_all(_INVOICES, _PAYMENTS).subquery()
_ALL = _columns(_EVERY).order_by(*_order(_EVERY))
_UP_TO_PAGE = _newest(bindparam("lines_to_end_of_page"))
_SOME = (
    _columns(_UP_TO_PAGE)
    .order_by(*_newest_first(_UP_TO_PAGE))
    .limit(PAGE_SIZE)
    .offset(bindparam("newer_lines"))
)
_UP_TO_NEWER = _newest(bindparam("newer_lines"))
_NEWER = (
    select(_UP_TO_NEWER.c.amount)
    .order_by(*_newest_first(_UP_TO_NEWER))
    .limit(bindparam("newer_lines"))
    .subquery()
)
_SUM_OF_NEWER = select(func.sum(_NEWER.c.amount, type_=Hundredths))


@dataclass(frozen=True, slots=True)
class StatementLine:
    """An invoice, a credit note or a payment, and the balance of the account after it.

    The amount carries the ledger's sign.
    """

    day: date
    kind: str
    label: str
    number: str
    amount: Decimal
    # Of what has a page.
    public_id: str
    balance: Decimal


@dataclass(frozen=True, slots=True)
class Period:
    """The whole history, or the school year that was asked for, between two balances."""

    # Of today, whatever the period: the figure of the home page.
    balance: Decimal
    # The school years that have movements, the newest first.
    years: list[SchoolYear]
    year: SchoolYear | None
    opening: Decimal
    closing: Decimal
    # How many movements.
    total: int

    @property
    def days(self) -> dict[str, date]:
        """The first and the last day, as statements want them."""
        if self.year is None:
            return ALWAYS
        return {"first_day": self.year.first_day, "last_day": self.year.last_day}


@dataclass(frozen=True, slots=True)
class StatementPage:
    """Some lines of a period, the newest first, as on the screen."""

    period: Period
    lines: Page[StatementLine]


@dataclass(frozen=True, slots=True)
class WholeStatement:
    """Every line of a period, the oldest first, as on paper."""

    period: Period
    lines: list[StatementLine]


def page(family_id: int, asked_year: str, asked_page: str) -> StatementPage:
    """Return the page of the statement that an address asks for, in three statements at most."""
    period = _period(family_id, asked_year)
    number = page_number(asked_page, period.total)
    newer_lines = (number - 1) * PAGE_SIZE
    known = {"family_id": family_id, "newer_lines": newer_lines, **period.days}
    balance = period.closing
    if number > 1:
        [(sum_of_newer,)] = db.rows(_SUM_OF_NEWER, **known)
        balance -= sum_of_newer
    lines = []
    for row in db.rows(_SOME, lines_to_end_of_page=newer_lines + PAGE_SIZE, **known):
        lines.append(_line(row, balance))
        balance -= row.amount
    return StatementPage(period, Page(lines, number, period.total))


def whole(family_id: int, asked_year: str) -> WholeStatement:
    """Return every line of the year that an address asks for, or of all."""
    period = _period(family_id, asked_year)
    balance = period.opening
    lines = []
    for row in db.rows(_ALL, family_id=family_id, **period.days):
        balance += row.amount
        lines.append(_line(row, balance))
    return WholeStatement(period, lines)


def _period(family_id: int, asked_year: str) -> Period:
    """Find the year asked for among those that have movements; without it, take them all."""
    totals = [(SchoolYear(row.year), row) for row in db.rows(_TOTALS, family_id=family_id)]
    asked = school_years.parse(asked_year)
    year = asked if asked in [each for each, _ in totals] else None
    inside = [row for each, row in totals if year in (None, each)]
    opening = _sum(row for each, row in totals if year is not None and each < year)
    return Period(
        balance=_sum(row for _, row in totals),
        years=[each for each, _ in reversed(totals)],
        year=year,
        opening=opening,
        closing=opening + _sum(inside),
        total=sum(row.movements for row in inside),
    )


def _sum(totals: Iterable[Row[*tuple[Any, ...]]]) -> Decimal:
    return sum((row.amount for row in totals), ZERO)


def _line(row: Row[*tuple[Any, ...]], balance: Decimal) -> StatementLine:
    day, kind, label, number, amount, public_id = row
    words = payment_modes.in_words(label) if kind == "payment" else label
    return StatementLine(day, kind, words, number, amount, public_id, balance)
