"""« Règlements »: all that was received, or went back, and which invoices it is of."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, ColumnElement, bindparam, literal_column, select

from app import db, formats
from app.memo import kept
from app.models import Allocation, Invoice, Payment
from app.paging import Asked, Page
from app.services.billing import payment_modes
from app.services.billing.ledger import ZERO
from app.services.town_hall import long_lists
from app.services.town_hall.long_lists import LongList
from app.services.town_hall.money import payers
from app.services.town_hall.money.payers import FAMILIES, Payer

HEADINGS = ("date", "famille", "nom", "montant", "mode", "référence", "factures")
# The value of the filter that asks for what went back.
GOING_BACK = "retours"
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_LINES = select(
    Payment.id,
    Payment.paid_on,
    Payment.amount,
    Payment.mode,
    Payment.reference,
    Payment.family_id,
).where(Payment.id.in_(_IDS))
_INVOICES = (
    select(Allocation.payment_id, Invoice.number, Invoice.public_id)
    .join(Invoice, Invoice.id == Allocation.invoice_id)
    .where(Allocation.payment_id.in_(_IDS))
    .order_by(Invoice.issued_on, Invoice.id)
)


class DeskPayment(NamedTuple):
    """A payment as the town hall lists it."""

    paid_on: date
    amount: Decimal
    mode: str
    reference: str
    payer: Payer
    # What it paid, or what is due again: number and address of each invoice.
    invoices: Sequence[tuple[str, str]]

    @property
    def words(self) -> str:
        """Say how it was paid, or that it went back."""
        if self.amount >= ZERO:
            return payment_modes.in_words(self.mode)
        return ", ".join(filter(None, payment_modes.going_back(self.mode)))


class _Question(NamedTuple):
    """What is asked, but for the values that it is asked with: its statements are made once."""

    goes_back: bool
    since: bool
    until: bool
    of_family: bool
    backwards: bool


def listed(asked: Asked) -> Page[DeskPayment]:
    """List those that an address asks for."""
    question, values = _question(asked)
    return long_lists.page(_long_list(question), _read, asked.page, **values)


def table(asked: Asked) -> bytes:
    """Write all that are asked for, for a spreadsheet. Raises Refusal when they are too many."""
    question, values = _question(asked)
    return long_lists.table(_long_list(question), HEADINGS, _read, _cells, **values)


def _cells(each: DeskPayment) -> tuple[str, ...]:
    return (
        formats.day(each.paid_on),
        each.payer.number,
        each.payer.name,
        formats.plain_amount(each.amount),
        each.words,
        each.reference,
        ", ".join(number for number, _ in each.invoices),
    )


def _read(ids: Sequence[int]) -> list[DeskPayment]:
    rows = long_lists.known(ids, db.rows(_LINES, ids=list(ids)))
    whose = payers.read(row.family_id for row in rows)
    paid: defaultdict[Any, dict[tuple[str, str], None]] = defaultdict(dict)
    for row in db.rows(_INVOICES, ids=list(ids)):
        paid[row[0]][row[1], row[2]] = None
    return [DeskPayment(*row[1:-1], whose[row.family_id], list(paid[row.id])) for row in rows]


def _question(asked: Asked) -> tuple[_Question, dict[str, Any]]:
    """Tell what is asked from the values that it is asked with."""
    filters = asked.filters
    question = _Question(
        filters.get("sens") == GOING_BACK,
        "du" in filters,
        "au" in filters,
        "famille" in filters,
        asked.backwards,
    )
    return question, payers.asked(filters)


@kept(most=32)
def _long_list(question: _Question) -> LongList:
    found = select(Payment.paid_on, Payment.id).where(*_wanted(question))
    return long_lists.of(found, backwards=question.backwards)


def _wanted(question: _Question) -> Iterator[ColumnElement[bool]]:
    if question.goes_back:
        # As its index has it.
        yield Payment.amount < literal_column("0")
    if question.since:
        yield Payment.paid_on >= bindparam("since")
    if question.until:
        yield Payment.paid_on <= bindparam("until")
    if question.of_family:
        yield Payment.family_id.in_(FAMILIES)
