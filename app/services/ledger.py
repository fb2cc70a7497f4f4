"""A family's account: what was invoiced, what was paid, what is left.

The ledger is the truth: balance = payments + credit notes - invoices, negative when the family
owes. Every page takes its figures from here.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import accumulate
from operator import attrgetter

from sqlalchemy import BindParameter, bindparam, case, func, literal, select, type_coerce

from app import db
from app.db import Hundredths
from app.models import Allocation, Invoice, InvoiceKind, Payment
from app.services.paging import PAGE_SIZE, Page, page_number

ZERO = Decimal("0.00")
FAMILY: BindParameter[int] = bindparam("family_id")

_SIGNED_INVOICE = case((Invoice.kind == InvoiceKind.INVOICE, -Invoice.amount), else_=Invoice.amount)
_INVOICED = (
    select(func.sum(_SIGNED_INVOICE, type_=Hundredths))
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

_UNPAID = (
    select(Invoice.public_id, Invoice.number, Invoice.issued_on, Invoice.due_on, _DUE.label("due"))
    .outerjoin(Allocation, Allocation.invoice_id == Invoice.id)
    .where(Invoice.family_id == FAMILY, Invoice.kind == InvoiceKind.INVOICE)
    .group_by(Invoice.id)
    .having(Invoice.amount > _ALLOCATED)
    .order_by(Invoice.due_on, Invoice.issued_on, Invoice.id)
)
_INVOICES = select(
    Invoice.public_id,
    Invoice.kind,
    Invoice.number,
    Invoice.label,
    Invoice.issued_on,
    Invoice.amount,
).where(Invoice.family_id == FAMILY)
_PAYMENTS = select(Payment.mode, Payment.reference, Payment.paid_on, Payment.amount).where(
    Payment.family_id == FAMILY
)


@dataclass(frozen=True, slots=True)
class UnpaidInvoice:
    """An invoice with something left to pay."""

    public_id: str
    number: str
    issued_on: date
    due_on: date
    amount_due: Decimal


@dataclass(frozen=True, slots=True)
class Movement:
    """A line of the statement; the amount carries the ledger's sign."""

    day: date
    kind: str
    label: str
    number: str
    amount: Decimal
    public_id: str | None = None


@dataclass(frozen=True, slots=True)
class StatementLine:
    """A movement, and the balance of the account after it."""

    movement: Movement
    balance: Decimal


@dataclass(frozen=True, slots=True)
class StatementPage:
    """Some lines of the statement, the newest first, and the balance of today."""

    lines: Page[StatementLine]
    balance: Decimal


def unpaid_invoices(family_id: int) -> list[UnpaidInvoice]:
    """List what is left to pay, the most urgent first."""
    return [UnpaidInvoice(*row) for row in db.rows(_UNPAID, family_id=family_id)]


def statement(family_id: int) -> list[StatementLine]:
    """List every movement with its running balance, in the order they happened."""
    movements = sorted(
        [*_invoice_movements(family_id), *_payment_movements(family_id)], key=attrgetter("day")
    )
    balances = accumulate(movement.amount for movement in movements)
    return [
        StatementLine(movement, balance)
        for movement, balance in zip(movements, balances, strict=True)
    ]


def statement_page(family_id: int, asked: str) -> StatementPage:
    """Return the page of the statement that an address asks for, the newest line first."""
    lines = statement(family_id)
    number = page_number(asked, len(lines))
    start = (number - 1) * PAGE_SIZE
    balance = lines[-1].balance if lines else ZERO
    return StatementPage(Page(lines[::-1][start : start + PAGE_SIZE], number, len(lines)), balance)


def _invoice_movements(family_id: int) -> list[Movement]:
    return [
        Movement(
            day=row.issued_on,
            kind="invoice" if row.kind is InvoiceKind.INVOICE else "credit_note",
            label=row.label,
            number=row.number,
            amount=-row.amount if row.kind is InvoiceKind.INVOICE else row.amount,
            public_id=row.public_id,
        )
        for row in db.rows(_INVOICES, family_id=family_id)
    ]


def _payment_movements(family_id: int) -> list[Movement]:
    return [
        Movement(
            day=row.paid_on,
            kind="payment",
            label=row.mode,
            number=row.reference,
            amount=row.amount,
        )
        for row in db.rows(_PAYMENTS, family_id=family_id)
    ]
