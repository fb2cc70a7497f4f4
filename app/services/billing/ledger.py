"""A family's account: what was invoiced, what was paid, what is left.

The ledger is the truth: balance = payments + credit notes - invoices, negative when the family
owes. Every page takes its figures from here.
"""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    Select,
    bindparam,
    case,
    func,
    literal,
    literal_column,
    select,
    type_coerce,
)

from app import db
from app.db import Hundredths
from app.formats import today
from app.models import FAMILY, Allocation, Invoice, InvoiceKind, Payment

ZERO = Decimal("0.00")

# What an invoice, or a credit note, does to the balance; one that was cancelled does nothing.
SIGNED_INVOICE = case(
    (Invoice.kind == InvoiceKind.INVOICE, -Invoice.amount),
    (Invoice.kind == InvoiceKind.CREDIT_NOTE, Invoice.amount),
    else_=literal_column("0"),
)
_INVOICED = (
    select(func.sum(SIGNED_INVOICE, type_=Hundredths))
    .where(Invoice.family_id == FAMILY)
    .scalar_subquery()
)
_PAID = select(func.sum(Payment.amount)).where(Payment.family_id == FAMILY).scalar_subquery()

# The balance of the family bound as `family_id`, to be put in other statements.
# Adding and subtracting forget that numbers are hundredths: the sums are typed anew.
_NOTHING = literal(ZERO, Hundredths)
BALANCE = type_coerce(
    func.coalesce(_INVOICED, _NOTHING) + func.coalesce(_PAID, _NOTHING), Hundredths
)


# What is left to pay of an invoice. Sharing keeps `allocated`, so that all that is unpaid in a town
# is found by an index; a kind that is written into the statement is one that the index knows.
def due_of(invoice: type[Invoice]) -> ColumnElement[Decimal]:
    """Say what is left to pay of an invoice, to be put in statements."""
    return type_coerce(invoice.amount - invoice.allocated, Hundredths)


def is_unpaid(invoice: type[Invoice]) -> ColumnElement[bool]:
    """Tell whether something is left to pay of it, likewise."""
    is_invoice = invoice.kind == literal_column(f"'{InvoiceKind.INVOICE}'")
    return is_invoice & (invoice.amount > invoice.allocated)


DUE = due_of(Invoice)
IS_UNPAID = is_unpaid(Invoice)
IS_LATE = IS_UNPAID & (Invoice.due_on < bindparam("today"))
# Something that was paid of it went back.
_REJECTED = (
    select(1)
    .where(Allocation.invoice_id == Invoice.id, Allocation.amount < literal_column("0"))
    .correlate(Invoice)
    .exists()
)

_UNPAID = (
    select(
        Invoice.public_id,
        Invoice.number,
        Invoice.issued_on,
        Invoice.due_on,
        DUE.label("due"),
        _REJECTED.label("rejected"),
    )
    .where(Invoice.family_id == FAMILY, IS_UNPAID)
    .order_by(Invoice.due_on, Invoice.issued_on, Invoice.id)
)
# What is late of the family bound as `family_id`, at the day bound as `today`.
_LATE = (
    select(func.sum(DUE, type_=Hundredths))
    .where(Invoice.family_id == FAMILY, IS_LATE)
    .scalar_subquery()
)
FEW = 3
_LATEST = (
    select(
        Invoice.public_id,
        Invoice.kind,
        Invoice.number,
        Invoice.issued_on,
        Invoice.due_on,
        Invoice.amount,
        DUE.label("due"),
        Invoice.file,
        type_coerce(func.coalesce(_LATE, _NOTHING), Hundredths).label("late"),
    )
    .where(Invoice.family_id == FAMILY)
    .order_by(Invoice.issued_on.desc(), Invoice.id.desc())
    .limit(FEW)
)


class UnpaidInvoice(NamedTuple):
    """An invoice with something left to pay."""

    public_id: str
    number: str
    issued_on: date
    due_on: date
    amount_due: Decimal
    rejected: bool = False


def unpaid_invoices(family_id: int) -> list[UnpaidInvoice]:
    """List what is left to pay, the most urgent first."""
    return [UnpaidInvoice(*row) for row in db.rows(_UNPAID, family_id=family_id)]


class LatestInvoice(NamedTuple):
    """An invoice or a credit note, as the town hall sees the latest of a family."""

    public_id: str
    kind: InvoiceKind
    number: str
    issued_on: date
    due_on: date
    amount: Decimal
    due: Decimal
    file: str

    @property
    def is_owed(self) -> bool:
        """Tell whether something is left to pay of it."""
        return self.kind is InvoiceKind.INVOICE and self.due > ZERO


def unpaid_since(day: date) -> Select[int]:
    """Select the families with something left to pay that was due before a day."""
    return select(Invoice.family_id).where(IS_UNPAID, Invoice.due_on < day)


def latest(family_id: int) -> tuple[list[LatestInvoice], Decimal]:
    """List a family's few latest invoices, and add up what is late of all."""
    found = db.rows(_LATEST, family_id=family_id, today=today())
    late = found[0].late if found else ZERO
    return [LatestInvoice(*row[:-1]) for row in found], late
