"""Sharing the money of some families among their invoices (« ventilation »), in the database."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    bindparam,
    delete,
    func,
    insert,
    literal,
    null,
    select,
    update,
)

from app.db import Hundredths
from app.models import Allocation, Invoice, InvoiceKind, Payment
from app.services.billing.allocation import Credit, Due, allocate
from app.services.billing.ledger import ZERO

_FAMILIES: BindParameter[list[int]] = bindparam("families", expanding=True)
_INVOICES_BY_DATE = (
    select(
        Invoice.family_id,
        Invoice.id.label("invoice_id"),
        Invoice.kind,
        Invoice.amount,
        null().label("payment_id"),
    )
    .where(Invoice.family_id.in_(_FAMILIES))
    .order_by(Invoice.issued_on, Invoice.id)
)
_PAYMENTS_BY_DATE = (
    select(
        Payment.family_id,
        Payment.invoice_id,
        Payment.amount,
        Payment.reference,
        Payment.id.label("payment_id"),
    )
    .where(Payment.family_id.in_(_FAMILIES))
    .order_by(Payment.paid_on, Payment.id)
)
# By way of the invoices: SQLite would otherwise go through every allocation of the town.
_FORGET = delete(Allocation).where(
    Allocation.id.in_(
        select(Allocation.id)
        .join(Invoice, Invoice.id == Allocation.invoice_id)
        .where(Invoice.family_id.in_(_FAMILIES))
    )
)
_ALLOCATED = func.coalesce(
    select(func.sum(Allocation.amount))
    .where(Allocation.invoice_id == Invoice.id)
    .correlate(Invoice)
    .scalar_subquery(),
    literal(ZERO, Hundredths),
)
_ADD_UP = update(Invoice).where(Invoice.allocated != _ALLOCATED).values(allocated=_ALLOCATED)
_ADD_UP_SOME = _ADD_UP.where(Invoice.family_id.in_(_FAMILIES))


def share_anew(connection: Connection, families: Sequence[int]) -> None:
    """Forget what paid what in these families, and share their payments and credit notes again.

    In the caller's transaction. All that they have is read at once: a few hundred families a call.
    """
    connection.execute(_FORGET, {"families": families})
    dues, credits_ = _dues_and_credits(connection, families)
    shares = [
        {
            "invoice_id": share.invoice_id,
            "payment_id": share.payment_id,
            "credit_note_id": share.credit_note_id,
            "amount": share.amount,
        }
        for family, given in credits_.items()
        for share in allocate(dues[family], given)
    ]
    if shares:
        connection.execute(insert(Allocation), shares)
    connection.execute(_ADD_UP_SOME, {"families": families})


def has_money(family_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Tell whether a family has anything to share, or had: most of a first import do not yet."""
    of_its = select(Invoice.id).where(
        Invoice.family_id == family_id,
        (Invoice.kind == InvoiceKind.CREDIT_NOTE) | (Invoice.allocated != ZERO),
    )
    return of_its.exists() | select(Payment.id).where(Payment.family_id == family_id).exists()


def add_up(connection: Connection) -> None:
    """Have each invoice say what was allocated to it, after allocations were written elsewhere."""
    connection.execute(_ADD_UP)


def _dues_and_credits(
    connection: Connection, families: Sequence[int]
) -> tuple[dict[int, list[Due]], dict[int, list[Credit]]]:
    dues: dict[int, list[Due]] = defaultdict(list)
    credits_: dict[int, list[Credit]] = defaultdict(list)
    for row in _entries(connection, families):
        if row.payment_id is not None:
            credits_[row.family_id].append(
                Credit(
                    row.amount,
                    payment_id=row.payment_id,
                    meant_for=row.invoice_id,
                    reference=row.reference,
                )
            )
        elif row.kind is InvoiceKind.CREDIT_NOTE:
            credits_[row.family_id].append(Credit(row.amount, credit_note_id=row.invoice_id))
        elif row.kind is InvoiceKind.INVOICE:
            dues[row.family_id].append(Due(row.invoice_id, row.amount))
    return dues, credits_


def _entries(connection: Connection, families: Sequence[int]) -> Iterator[Any]:
    """Read the invoices of these families, then their payments, each by date."""
    yield from connection.execute(_INVOICES_BY_DATE, {"families": families})
    yield from connection.execute(_PAYMENTS_BY_DATE, {"families": families})
