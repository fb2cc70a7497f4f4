"""One invoice: what was used by whom, and what was paid of it by which payment."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Row, bindparam, func, select
from sqlalchemy.orm import aliased

from app import db
from app.formats import today
from app.models import FAMILY, Allocation, Child, Folder, Invoice, InvoiceKind, InvoiceLine, Payment
from app.services.billing import payment_modes
from app.services.billing.ledger import ZERO
from app.services.billing.line_words import quantity, without_name
from app.services.files.stored_files import FoundFile

_credit_note = aliased(Invoice)
INVOICE: BindParameter[int] = bindparam("invoice_id")
KINDS = {
    InvoiceKind.INVOICE: "invoice",
    InvoiceKind.CREDIT_NOTE: "credit_note",
    InvoiceKind.CANCELLED: "cancelled",
}

_BY_PUBLIC_ID = select(
    Invoice.id,
    Invoice.public_id,
    Invoice.kind,
    Invoice.number,
    Invoice.issued_on,
    Invoice.due_on,
    Invoice.label,
    Invoice.amount,
    Invoice.file,
).where(Invoice.public_id == bindparam("public_id"), Invoice.family_id == FAMILY)
_ALL_LINES = (
    select(
        Child.first_name,
        Child.last_name,
        InvoiceLine.label,
        InvoiceLine.quantity,
        InvoiceLine.unit_price,
        InvoiceLine.amount,
    )
    .outerjoin(Child, Child.id == InvoiceLine.child_id)
    .order_by(Child.birth_date, Child.id, InvoiceLine.position)
)
_LINES = _ALL_LINES.where(InvoiceLine.invoice_id == INVOICE)
_USED = _ALL_LINES.join(Invoice, Invoice.id == InvoiceLine.invoice_id).where(
    Invoice.public_id == bindparam("public_id"), Invoice.family_id == FAMILY
)
_SETTLEMENTS = (
    select(
        func.coalesce(Payment.paid_on, _credit_note.issued_on).label("day"),
        Payment.mode,
        func.coalesce(Payment.reference, _credit_note.number).label("reference"),
        func.coalesce(Payment.amount, _credit_note.amount).label("received"),
        Allocation.amount,
        _credit_note.public_id,
    )
    .select_from(Allocation)
    .outerjoin(Payment, Payment.id == Allocation.payment_id)
    .outerjoin(_credit_note, _credit_note.id == Allocation.credit_note_id)
    .where(Allocation.invoice_id == INVOICE)
    .order_by("day", Allocation.id)
)
_USES = (
    select(Invoice.public_id, Invoice.number, Invoice.issued_on, Allocation.amount)
    .select_from(Allocation)
    .join(Invoice, Invoice.id == Allocation.invoice_id)
    .where(Allocation.credit_note_id == INVOICE)
    .order_by(Invoice.issued_on, Invoice.id)
)


class Line(NamedTuple):
    """A service that was used, for which child."""

    child_name: str | None
    # Without the name of the child, under which it stands.
    label: str
    # With its unit, where it is known.
    quantity: str
    unit_price: Decimal | None
    amount: Decimal


class ChildLines(NamedTuple):
    """What was used for a child, or for nobody in particular."""

    name: str | None
    lines: list[Line]


class Settlement(NamedTuple):
    """What a payment, or a credit note that has a page, paid of the invoice; or took back."""

    day: date
    mode: str
    reference: str
    # The whole payment, of which other invoices may have had their part.
    received: Decimal
    amount: Decimal
    credit_note: str | None


class Use(NamedTuple):
    """What a credit note paid of an invoice."""

    public_id: str
    number: str
    issued_on: date
    amount: Decimal


class InvoiceDetails(NamedTuple):
    """An invoice or a credit note, whole."""

    public_id: str
    kind: str
    number: str
    issued_on: date
    due_on: date
    label: str
    amount: Decimal
    file: str
    children: list[ChildLines]
    settlements: list[Settlement]
    uses: list[Use]

    @property
    def pdf(self) -> FoundFile | None:
        """Return the PDF that the town hall gave, if it gave one."""
        return FoundFile(Folder.INVOICES, self.file, self.title) if self.file else None

    @property
    def title(self) -> str:
        """Name the paper of it."""
        return f"{'avoir' if self.kind == 'credit_note' else 'facture'}-{self.number}"

    @property
    def lines_total(self) -> Decimal:
        """Sum the lines: the amount, but of what was cancelled, which may say none any more."""
        return sum((line.amount for child in self.children for line in child.lines), ZERO)

    @property
    def paid(self) -> Decimal:
        """Sum what was settled."""
        return sum((settlement.amount for settlement in self.settlements), ZERO)

    @property
    def due(self) -> Decimal:
        """Return what is left to pay; nothing ever is of a credit note."""
        return self.amount - self.paid if self.kind == "invoice" else ZERO

    @property
    def rejected(self) -> bool:
        """Tell whether something that was paid of it went back, and is due again."""
        return bool(self.due) and any(each.amount < 0 for each in self.settlements)

    @property
    def is_late(self) -> bool:
        """Tell whether something is left to pay and the date has passed."""
        return self.due > ZERO and self.due_on < today()

    @property
    def used(self) -> Decimal:
        """Sum what a credit note paid."""
        return sum((use.amount for use in self.uses), ZERO)


def find(family_id: int, public_id: str) -> InvoiceDetails | None:
    """Return an invoice of this family; another family's does not exist."""
    rows = db.rows(_BY_PUBLIC_ID, family_id=family_id, public_id=public_id)
    if not rows:
        return None
    [row] = rows
    is_invoice = row.kind is InvoiceKind.INVOICE
    is_credit_note = row.kind is InvoiceKind.CREDIT_NOTE
    return InvoiceDetails(
        public_id=row.public_id,
        kind=KINDS[row.kind],
        number=row.number,
        issued_on=row.issued_on,
        due_on=row.due_on,
        label=row.label,
        amount=row.amount,
        file=row.file,
        children=_by_child(row.id),
        settlements=_settlements(row.id) if is_invoice else [],
        uses=_uses(row.id) if is_credit_note else [],
    )


def used(family_id: int, public_id: str) -> list[ChildLines]:
    """Return what an invoice of this family is for, in one statement."""
    return _together(db.rows(_USED, family_id=family_id, public_id=public_id))


def _by_child(invoice_id: int) -> list[ChildLines]:
    return _together(db.rows(_LINES, invoice_id=invoice_id))


def _together(rows: Iterable[Row[*tuple[Any, ...]]]) -> list[ChildLines]:
    lines = [_line(row) for row in rows]
    by_name = groupby(lines, attrgetter("child_name"))
    return [ChildLines(name, list(group)) for name, group in by_name]


def _line(row: Any) -> Line:
    label = row.label
    if row.first_name:
        label = without_name(label, f"{row.first_name} {row.last_name}", row.first_name)
    counted = "" if row.quantity is None else quantity(label, row.quantity)
    return Line(row.first_name, label, counted, row.unit_price, row.amount)


def _uses(credit_note_id: int) -> list[Use]:
    return [Use(*use) for use in db.rows(_USES, invoice_id=credit_note_id)]


def _settlements(invoice_id: int) -> list[Settlement]:
    return [
        Settlement(
            day=row.day,
            mode=_mode(row),
            reference=row.reference,
            received=row.received,
            amount=row.amount,
            credit_note=row.public_id,
        )
        for row in db.rows(_SETTLEMENTS, invoice_id=invoice_id)
    ]


def _mode(row: Any) -> str:
    if row.public_id:
        return "Avoir"
    return (
        payment_modes.in_words(row.mode)
        if row.amount > 0
        else payment_modes.going_back(row.mode)[0]
    )
