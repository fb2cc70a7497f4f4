"""« Relevé de compte »: every movement of a family's account, and the balance after each.

In the order of the days; on one day invoices and credit notes come before payments, each in the
order they were handed over. The last balance is the one of the home page.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import (
    BindParameter,
    ColumnClause,
    CompoundSelect,
    Row,
    Select,
    String,
    bindparam,
    case,
    extract,
    func,
    literal_column,
    select,
    type_coerce,
    union_all,
)

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

# PostgreSQL takes two bound values for two expressions: what is grouped by is written out.
_FIRST_MONTH: ColumnClause[int] = literal_column(str(FIRST_MONTH))
_SIGNED = type_coerce(SIGNED_INVOICE, Hundredths)

_AMOUNTS = union_all(
    select(Invoice.issued_on.label("day"), _SIGNED.label("amount")).where(
        Invoice.family_id == FAMILY
    ),
    select(Payment.paid_on, Payment.amount).where(Payment.family_id == FAMILY),
).subquery()
_YEAR = extract("year", _AMOUNTS.c.day) - case(
    (extract("month", _AMOUNTS.c.day) < _FIRST_MONTH, literal_column("1")),
    else_=literal_column("0"),
)
_TOTALS = (
    select(
        _YEAR.label("year"),
        func.count().label("movements"),
        func.sum(_AMOUNTS.c.amount, type_=Hundredths).label("amount"),
    )
    .group_by(_YEAR)
    .order_by(_YEAR)
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
_PAYMENTS: Select[*tuple[object, ...]] = select(
    Payment.paid_on,
    literal_column("1"),
    Payment.id,
    literal_column("'payment'", String),
    Payment.mode,
    Payment.reference,
    Payment.amount,
    literal_column("''", String),
).where(Payment.family_id == FAMILY, Payment.paid_on.between(FROM, UNTIL))
_MOVEMENTS: CompoundSelect[*tuple[object, ...]] = union_all(_INVOICES, _PAYMENTS)
_MOVEMENT = _MOVEMENTS.subquery()
_OLDEST_FIRST = (_MOVEMENT.c.day, _MOVEMENT.c.rank, _MOVEMENT.c.row_id)
_NEWEST_FIRST = tuple(column.desc() for column in _OLDEST_FIRST)
_COLUMNS = (
    _MOVEMENT.c.day,
    _MOVEMENT.c.kind,
    _MOVEMENT.c.label,
    _MOVEMENT.c.number,
    _MOVEMENT.c.amount,
    _MOVEMENT.c.public_id,
)
_ALL = select(*_COLUMNS).order_by(*_OLDEST_FIRST)
_SOME = select(*_COLUMNS).order_by(*_NEWEST_FIRST).limit(PAGE_SIZE).offset(bindparam("newer_lines"))
_NEWER = (
    select(_MOVEMENT.c.amount).order_by(*_NEWEST_FIRST).limit(bindparam("newer_lines")).subquery()
)
_SUM_OF_NEWER = select(func.sum(_NEWER.c.amount, type_=Hundredths))


@dataclass(frozen=True, slots=True)
class Movement:
    """An invoice, a credit note or a payment; the amount carries the ledger's sign."""

    day: date
    kind: str
    label: str
    number: str
    amount: Decimal
    public_id: str


@dataclass(frozen=True, slots=True)
class StatementLine:
    """A movement, and the balance of the account after it."""

    movement: Movement
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
    newer = {"family_id": family_id, "newer_lines": (number - 1) * PAGE_SIZE, **period.days}
    balance = period.closing
    if number > 1:
        [(sum_of_newer,)] = db.rows(_SUM_OF_NEWER, **newer)
        balance -= sum_of_newer
    lines = []
    for row in db.rows(_SOME, **newer):
        lines.append(StatementLine(_movement(row), balance))
        balance -= row.amount
    return StatementPage(period, Page(lines, number, period.total))


def whole(family_id: int, asked_year: str) -> WholeStatement:
    """Return every line of the year that an address asks for, or of all."""
    period = _period(family_id, asked_year)
    balance = period.opening
    lines = []
    for row in db.rows(_ALL, family_id=family_id, **period.days):
        balance += row.amount
        lines.append(StatementLine(_movement(row), balance))
    return WholeStatement(period, lines)


def _period(family_id: int, asked_year: str) -> Period:
    """Find the year asked for among those that have movements; without it, take them all."""
    totals = [(SchoolYear(int(row.year)), row) for row in db.rows(_TOTALS, family_id=family_id)]
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


def _sum(totals: Iterable[Row[*tuple[object, ...]]]) -> Decimal:
    return sum((row.amount for row in totals), ZERO)


def _movement(row: Row[*tuple[object, ...]]) -> Movement:
    label = payment_modes.in_words(row.label) if row.kind == "payment" else row.label
    return Movement(row.day, row.kind, label, row.number, row.amount, row.public_id)
