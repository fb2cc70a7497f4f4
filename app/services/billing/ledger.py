"""A family's account: what was invoiced, what was paid, what is left.

The ledger is the truth: balance = payments + credit notes - invoices, negative when the family
owes. Every page takes its figures from here.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Select, bindparam, case, func, literal, literal_column, select, type_coerce

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

_ALLOCATED = func.coalesce(func.sum(Allocation.amount), _NOTHING, type_=Hundredths)
_DUE = type_coerce(Invoice.amount - _ALLOCATED, Hundredths)
# Something that was paid of it went back.
_REJECTED = func.coalesce(func.min(Allocation.amount), _NOTHING) < literal_column("0")

_UNPAID = (
    select(
        Invoice.public_id,
        Invoice.number,
        Invoice.issued_on,
        Invoice.due_on,
        _DUE.label("due"),
        _REJECTED.label("rejected"),
    )
    .outerjoin(Allocation, Allocation.invoice_id == Invoice.id)
    .where(Invoice.family_id == FAMILY, Invoice.kind == InvoiceKind.INVOICE)
    .group_by(Invoice.id)
    .having(Invoice.amount > _ALLOCATED)
    .order_by(Invoice.due_on, Invoice.issued_on, Invoice.id)
)
# What is late of the family bound as `family_id`, at the day bound as `today`.
_LATE = (
    select(func.sum(_UNPAID.where(Invoice.due_on < bindparam("today")).subquery().c.due))
).scalar_subquery()
FEW = 3
_LATEST = (
    select(
        Invoice.public_id,
        Invoice.kind,
        Invoice.number,
        Invoice.issued_on,
        Invoice.due_on,
        Invoice.amount,
        _DUE.label("due"),
        Invoice.file,
        type_coerce(func.coalesce(_LATE, _NOTHING), Hundredths).label("late"),
    )
    .outerjoin(Allocation, Allocation.invoice_id == Invoice.id)
    .where(Invoice.family_id == FAMILY)
    .group_by(Invoice.id)
    .order_by(Invoice.issued_on.desc(), Invoice.id.desc())
    .limit(FEW)
)


@dataclass(frozen=True, slots=True)
class UnpaidInvoice:
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
    overdue = (
        select(Invoice.family_id)
        .outerjoin(Allocation, Allocation.invoice_id == Invoice.id)
        .where(Invoice.kind == InvoiceKind.INVOICE, Invoice.due_on < day)
        .group_by(Invoice.id)
        .having(Invoice.amount > _ALLOCATED)
    ).subquery()
    return select(overdue.c.family_id)


def latest(family_id: int) -> tuple[list[LatestInvoice], Decimal]:
    """List a family's few latest invoices, and add up what is late of all."""
    found = db.rows(_LATEST, family_id=family_id, today=today())
    late = found[0].late if found else ZERO
    return [LatestInvoice(*row[:-1]) for row in found], late
