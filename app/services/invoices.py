"""One invoice: its lines, and what was paid of it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import BindParameter, bindparam, func, select
from sqlalchemy.orm import aliased

from app import db
from app.models import Allocation, Child, Invoice, InvoiceLine, Payment
from app.services.ledger import FAMILY, ZERO

_credit_note = aliased(Invoice)
INVOICE: BindParameter[int] = bindparam("invoice_id")

_BY_PUBLIC_ID = select(Invoice).where(
    Invoice.public_id == bindparam("public_id"), Invoice.family_id == FAMILY
)
_LINES = (
    select(
        InvoiceLine.label,
        Child.first_name,
        InvoiceLine.quantity,
        InvoiceLine.unit_price,
        InvoiceLine.amount,
    )
    .outerjoin(Child, Child.id == InvoiceLine.child_id)
    .where(InvoiceLine.invoice_id == INVOICE)
    .order_by(InvoiceLine.position)
)
_ALLOCATIONS = (
    select(
        func.coalesce(Payment.paid_on, _credit_note.issued_on),
        func.coalesce(Payment.mode, "Avoir"),
        Allocation.amount,
    )
    .select_from(Allocation)
    .outerjoin(Payment, Payment.id == Allocation.payment_id)
    .outerjoin(_credit_note, _credit_note.id == Allocation.credit_note_id)
    .where(Allocation.invoice_id == INVOICE)
    .order_by(Payment.paid_on, Allocation.id)
)


@dataclass(frozen=True, slots=True)
class Line:
    """A service that was used, for which child."""

    label: str
    child_name: str | None
    quantity: Decimal | None
    unit_price: Decimal | None
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Settlement:
    """What a payment, or a credit note, paid of the invoice."""

    day: date
    mode: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class InvoiceDetails:
    """An invoice or a credit note, whole."""

    public_id: str
    kind: str
    number: str
    issued_on: date
    due_on: date
    label: str
    amount: Decimal
    file: str
    lines: list[Line]
    settlements: list[Settlement]

    @property
    def paid(self) -> Decimal:
        """Sum what was settled."""
        return sum((settlement.amount for settlement in self.settlements), ZERO)

    @property
    def due(self) -> Decimal:
        """Return what is left to pay; nothing ever is of a credit note."""
        return self.amount - self.paid if self.kind == "invoice" else ZERO


def find(family_id: int, public_id: str) -> InvoiceDetails | None:
    """Return an invoice of this family; another family's does not exist."""
    invoice = (
        db.session()
        .scalars(_BY_PUBLIC_ID, {"family_id": family_id, "public_id": public_id})
        .one_or_none()
    )
    if invoice is None:
        return None
    return InvoiceDetails(
        public_id=invoice.public_id,
        kind=invoice.kind.name.lower(),
        number=invoice.number,
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        label=invoice.label,
        amount=invoice.amount,
        file=invoice.file,
        lines=[Line(*row) for row in db.rows(_LINES, invoice_id=invoice.id)],
        settlements=[Settlement(*row) for row in db.rows(_ALLOCATIONS, invoice_id=invoice.id)],
    )
