"""« Factures »: all that were issued, by where they stand; one of them, whole."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, ColumnElement, bindparam, literal_column, select

from app import db, formats
from app.formats import today
from app.memo import kept
from app.models import Invoice, InvoiceKind
from app.paging import Asked, Page
from app.services.billing import invoices
from app.services.billing.invoices import InvoiceDetails
from app.services.billing.ledger import DUE, IS_LATE, IS_UNPAID, ZERO
from app.services.town_hall import long_lists
from app.services.town_hall.long_lists import LongList
from app.services.town_hall.money import payers
from app.services.town_hall.money.payers import FAMILIES, OF_SCHOOL, Payer

HEADINGS = ("n°", "famille", "nom", "émise", "échéance", "montant", "reste", "état")


class InvoiceState(StrEnum):
    """Where an invoice stands, as addresses name it."""

    OWED = "a-regler"
    LATE = "en-retard"
    PAID = "reglees"
    CREDIT_NOTE = "avoirs"
    CANCELLED = "annulees"


IN_FRENCH = {
    InvoiceState.OWED: "À régler",
    InvoiceState.LATE: "En retard",
    InvoiceState.PAID: "Réglée",
    InvoiceState.CREDIT_NOTE: "Avoir",
    InvoiceState.CANCELLED: "Annulée",
}
# What the indexes of each know them by is written into the statements.
_INVOICE: ColumnElement[InvoiceKind] = literal_column(f"'{InvoiceKind.INVOICE}'")
_IS_OTHER = Invoice.kind != _INVOICE
_STATES: dict[str, ColumnElement[bool]] = {
    InvoiceState.OWED: IS_UNPAID,
    InvoiceState.LATE: IS_LATE,
    InvoiceState.PAID: (Invoice.kind == _INVOICE) & (Invoice.amount <= Invoice.allocated),
    InvoiceState.CREDIT_NOTE: _IS_OTHER & (Invoice.kind == InvoiceKind.CREDIT_NOTE),
    InvoiceState.CANCELLED: _IS_OTHER & (Invoice.kind == InvoiceKind.CANCELLED),
}
ISSUED, DUE_ON, AMOUNT, LEFT = "emise", "echeance", "montant", "reste"
_KEYS: dict[str, Any] = {
    ISSUED: Invoice.issued_on,
    DUE_ON: Invoice.due_on,
    AMOUNT: Invoice.amount,
    LEFT: DUE,
}
_OWED = (InvoiceState.OWED, InvoiceState.LATE)
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_LINES = select(
    Invoice.id,
    Invoice.public_id,
    Invoice.kind,
    Invoice.number,
    Invoice.issued_on,
    Invoice.due_on,
    Invoice.amount,
    DUE.label("due"),
    Invoice.family_id,
).where(Invoice.id.in_(_IDS))
_FAMILY = select(Invoice.family_id).where(Invoice.public_id == bindparam("public_id"))


def usual_order(state: str) -> str:
    """Say by what they are usually sorted, as an address does: the order that their index has."""
    return DUE_ON if state in _OWED else f"-{ISSUED}"


class DeskInvoice(NamedTuple):
    """An invoice or a credit note, as the town hall lists it."""

    public_id: str
    kind: InvoiceKind
    number: str
    issued_on: date
    due_on: date
    amount: Decimal
    due: Decimal
    payer: Payer

    @property
    def state(self) -> InvoiceState:
        """Tell where it stands."""
        if self.kind is not InvoiceKind.INVOICE:
            is_credit_note = self.kind is InvoiceKind.CREDIT_NOTE
            return InvoiceState.CREDIT_NOTE if is_credit_note else InvoiceState.CANCELLED
        if self.due <= ZERO:
            return InvoiceState.PAID
        return InvoiceState.LATE if self.due_on < today() else InvoiceState.OWED

    @property
    def is_owed(self) -> bool:
        """Tell whether something is left to pay of it."""
        return self.state in _OWED


class _Question(NamedTuple):
    """What is asked, but for the values that it is asked with: its statements are made once."""

    state: str
    of_school: bool
    since: bool
    until: bool
    of_family: bool
    sort: str
    backwards: bool


def listed(asked: Asked) -> Page[DeskInvoice]:
    """List those that an address asks for."""
    question, values = _question(asked)
    return long_lists.page(_long_list(question), _read, asked.page, **values)


def table(asked: Asked) -> bytes:
    """Write all that are asked for, for a spreadsheet. Raises Refusal when they are too many."""
    question, values = _question(asked)
    return long_lists.table(_long_list(question), HEADINGS, _read, _cells, **values)


def find(public_id: str) -> tuple[Payer, InvoiceDetails] | None:
    """Return an invoice of any family, and whose it is."""
    for (family_id,) in db.rows(_FAMILY, public_id=public_id):
        found = invoices.find(family_id, public_id)
        return found and (payers.read([family_id])[family_id], found)
    return None


def _cells(each: DeskInvoice) -> tuple[str, ...]:
    return (
        each.number,
        each.payer.number,
        each.payer.name,
        formats.day(each.issued_on),
        formats.day(each.due_on) if each.kind is InvoiceKind.INVOICE else "",
        formats.plain_amount(each.amount),
        formats.plain_amount(each.due) if each.is_owed else "",
        IN_FRENCH[each.state],
    )


def _read(ids: Sequence[int]) -> list[DeskInvoice]:
    rows = long_lists.known(ids, db.rows(_LINES, ids=list(ids)))
    whose = payers.read(row.family_id for row in rows)
    return [DeskInvoice(*row[1:-1], whose[row.family_id]) for row in rows]


def _question(asked: Asked) -> tuple[_Question, dict[str, Any]]:
    """Tell what is asked from the values that it is asked with."""
    filters: Mapping[str, str] = asked.filters
    question = _Question(
        filters.get("etat", ""),
        "ecole" in filters,
        "du" in filters,
        "au" in filters,
        "famille" in filters,
        asked.sort,
        asked.backwards,
    )
    values = payers.asked(filters)
    if question.state == InvoiceState.LATE:
        values["today"] = today()
    return question, values


@kept(most=64)
def _long_list(question: _Question) -> LongList:
    usual = usual_order(question.state)
    sort = usual.removeprefix("-")
    wanted = list(_wanted(question))
    found = select(_KEYS[question.sort], Invoice.id).where(*wanted)
    if question.sort == sort:
        return long_lists.of(found, backwards=question.backwards)
    usually = select(_KEYS[sort], Invoice.id).where(*wanted)
    many = long_lists.in_order(usually, backwards=usual.startswith("-"))
    return long_lists.of(found, backwards=question.backwards, many=many)


def _wanted(question: _Question) -> Iterator[ColumnElement[bool]]:
    if question.state:
        yield _STATES[question.state]
    if question.of_school:
        yield Invoice.family_id.in_(OF_SCHOOL)
    if question.since:
        yield Invoice.issued_on >= bindparam("since")
    if question.until:
        yield Invoice.issued_on <= bindparam("until")
    if question.of_family:
        yield Invoice.family_id.in_(FAMILIES)
