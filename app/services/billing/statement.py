"""« Relevé de compte »: every movement of a family's account, and the balance after each.

In the order of the days; on one day invoices and credit notes come before payments, each in the
order they were handed over. The last balance is the one of the home page.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Row,
    Select,
    String,
    Subquery,
    bindparam,
    case,
    func,
    literal_column,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute

from app import db
from app.calendar import school_years
from app.calendar.school_years import SchoolYear
from app.db import Hundredths
from app.formats import today
from app.models import FAMILY, Family, Invoice, InvoiceKind, Payment
from app.paging import PAGE_SIZE, Page, page_number
from app.services.billing import debits, ledger, payment_means, payment_modes, years
from app.services.billing.debits import Debit
from app.services.billing.ledger import SIGNED_INVOICE, ZERO
from app.services.billing.payment_means import PaymentMeans

FROM: BindParameter[date] = bindparam("first_day")
UNTIL: BindParameter[date] = bindparam("last_day")
# A line takes a hundredth of a second to lay out: ten years of most families, in four seconds.
MOST_ON_PAPER = 400
TITLES = {
    "invoice": "Facture",
    "credit_note": "Avoir",
    "cancelled": "Facture annulée",
    "payment": "Règlement",
}
ALWAYS = {"first_day": date.min, "last_day": date.max}

_SIGNED = type_coerce(SIGNED_INVOICE, Hundredths)


def _in_ranges(
    name: str, table: type[Invoice | Payment], day: InstrumentedAttribute[date], amount: Any
) -> Iterator[ColumnElement[Any]]:
    """Sum a table before, in and after the days asked for.

    Each is a walk along the index of the table's days: grouping by year costs three times more.
    """
    mine = table.family_id == FAMILY
    for when, inside in (
        ("before", day < FROM), ("in", day.between(FROM, UNTIL)), ("after", day > UNTIL),
    ):  # fmt: skip
        found = select(func.sum(amount, type_=Hundredths)).where(mine, inside)
        yield found.scalar_subquery().label(f"{name}_{when}")
    counted = select(func.count()).select_from(table).where(mine, day.between(FROM, UNTIL))
    yield counted.scalar_subquery().label(f"{name}_count")


_SUMMARY: Select[*tuple[Any, ...]] = select(
    Family.number,
    Family.direct_debit,
    *_in_ranges("invoices", Invoice, Invoice.issued_on, _SIGNED),
    *_in_ranges("payments", Payment, Payment.paid_on, Payment.amount),
).where(Family.id == FAMILY)


_INVOICES = select(
    Invoice.issued_on.label("day"),
    literal_column("0").label("rank"),
    Invoice.id.label("row_id"),
    case(
        (Invoice.kind == InvoiceKind.INVOICE, literal_column("'invoice'", String)),
        (Invoice.kind == InvoiceKind.CREDIT_NOTE, literal_column("'credit_note'", String)),
        else_=literal_column("'cancelled'", String),
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
    case(
        (Payment.amount > literal_column("0"), literal_column("'payment'", String)),
        else_=literal_column("'going_back'", String),
    ).label("kind"),
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


class StatementLine(NamedTuple):
    """An invoice, a credit note or a payment, and the balance of the account after it.

    The amount carries the ledger's sign; what was cancelled moves nothing.
    """

    day: date
    kind: str
    # What it is, in words.
    title: str
    label: str
    number: str
    amount: Decimal
    # Of what has a page.
    public_id: str
    balance: Decimal


class Period(NamedTuple):
    """The whole history, or the school year that was asked for, between two balances."""

    # Of today, whatever the period: the figure of the home page.
    balance: Decimal
    # Those with movements, the newest first.
    years: list[SchoolYear]
    year: SchoolYear | None
    opening: Decimal
    closing: Decimal
    # How many movements.
    total: int
    family_number: str
    # Of what is owed today.
    debit: Debit | None

    @property
    def days(self) -> dict[str, date]:
        """The first and the last day, as statements want them."""
        return _days(self.year)


class StatementPage(NamedTuple):
    """Some lines of a period, the newest first, as on the screen."""

    period: Period
    lines: Page[StatementLine]

    @property
    def means(self) -> PaymentMeans | None:
        """How to pay, when something is owed."""
        period = self.period
        if period.balance >= 0:
            return None
        return payment_means.known(period.family_number, period.debit)


class WholeStatement(NamedTuple):
    """Every line of a period, the oldest first, as in a spreadsheet; on paper the latest ones."""

    period: Period
    lines: list[StatementLine]
    # How many older lines of the period are not there, and the balance after them.
    left_out: int
    opening: Decimal

    def latest(self, most: int) -> "WholeStatement":
        """Leave the older lines out, beyond so many."""
        left_out = max(0, len(self.lines) - most)
        if not left_out:
            return self
        opening = self.lines[left_out - 1].balance
        return WholeStatement(self.period, self.lines[left_out:], left_out, opening)


def page(family_id: int, asked_year: str, asked_page: str) -> StatementPage:
    """Return the page of the statement that an address asks for, in five statements at most."""
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
    return WholeStatement(period, lines, left_out=0, opening=period.opening)


def _period(family_id: int, asked_year: str) -> Period:
    """Sum up the year asked for; when nothing happened in it, the whole history."""
    year = school_years.parse(asked_year)
    [row] = db.rows(_SUMMARY, family_id=family_id, **_days(year))
    total = row.invoices_count + row.payments_count
    if year is not None and not total:
        return _period(family_id, "")
    opening = _sum(row.invoices_before, row.payments_before)
    closing = opening + _sum(row.invoices_in, row.payments_in)
    balance = closing + _sum(row.invoices_after, row.payments_after)
    debited = row.direct_debit and balance < 0
    owed = ledger.unpaid_invoices(family_id) if debited else []
    return Period(
        balance=balance,
        years=years.with_movements(family_id),
        year=year,
        opening=opening,
        closing=closing,
        total=total,
        family_number=row.number,
        debit=debits.of(owed, direct_debit=debited, day=today()),
    )


def _days(year: SchoolYear | None) -> dict[str, date]:
    return {"first_day": year.first_day, "last_day": year.last_day} if year else ALWAYS


def _sum(*amounts: Decimal | None) -> Decimal:
    return sum(filter(None, amounts), ZERO)


def _line(row: Row[*tuple[Any, ...]], balance: Decimal) -> StatementLine:
    day, kind, label, number, amount, public_id = row
    if kind == "going_back":
        title, label = payment_modes.going_back(label)
    else:
        title = TITLES[kind]
        label = payment_modes.in_words(label) if kind == "payment" else label
    return StatementLine(day, kind, title, label, number, amount, public_id, balance)
