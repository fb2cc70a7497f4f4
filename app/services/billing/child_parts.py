"""How much of what was paid was for which child, as the lines of the invoices say."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import ROUND_DOWN, Decimal
from typing import NamedTuple

from sqlalchemy import BindParameter, bindparam, func, select

from app import db
from app.db import Hundredths
from app.models import Allocation, Child, InvoiceLine
from app.services.billing.ledger import ZERO

CENT = Decimal("0.01")
_PAYMENTS: BindParameter[list[int]] = bindparam("payments", expanding=True)
_INVOICES: BindParameter[list[int]] = bindparam("invoices", expanding=True)
_PAID = (
    select(Allocation.invoice_id, func.sum(Allocation.amount, type_=Hundredths).label("amount"))
    .where(Allocation.payment_id.in_(_PAYMENTS))
    .group_by(Allocation.invoice_id)
)
_LINES = (
    select(
        InvoiceLine.invoice_id,
        Child.id,
        Child.first_name,
        Child.last_name,
        func.sum(InvoiceLine.amount, type_=Hundredths).label("amount"),
    )
    .join(Child, Child.id == InvoiceLine.child_id, isouter=True)
    .where(InvoiceLine.invoice_id.in_(_INVOICES))
    .group_by(InvoiceLine.invoice_id, Child.id, Child.first_name, Child.last_name, Child.birth_date)
    # The cents that are left go to the eldest, and to what is for nobody last, on both databases.
    .order_by(InvoiceLine.invoice_id, Child.birth_date.nulls_last(), Child.id.nulls_last())
)


class ChildPart(NamedTuple):
    """What was paid for a child."""

    name: str
    amount: Decimal


def of_payments(payments: Sequence[int]) -> list[ChildPart]:
    """Share what these payments paid among the children of the invoices, to the cent."""
    paid = {row.invoice_id: row.amount for row in db.rows(_PAID, payments=list(payments))}
    weights: dict[int, dict[str | None, Decimal]] = defaultdict(dict)
    for row in db.rows(_LINES, invoices=list(paid)):
        name = f"{row.first_name} {row.last_name}" if row.id else None
        weights[row.invoice_id][name] = weights[row.invoice_id].get(name, ZERO) + row.amount
    parts: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for invoice_id, amount in paid.items():
        for name, part in split(amount, weights[invoice_id]).items():
            if name is not None:
                parts[name] += part
    return [ChildPart(name, amount) for name, amount in sorted(parts.items()) if amount]


def split(amount: Decimal, weights: dict[str | None, Decimal]) -> dict[str | None, Decimal]:
    """Part an amount as the weights are; the cents that are left go to the first ones."""
    whole = sum(weights.values(), ZERO)
    if not whole:
        return {}
    parts = {
        name: (amount * weight / whole).quantize(CENT, ROUND_DOWN)
        for name, weight in weights.items()
    }
    left = amount - sum(parts.values(), ZERO)
    step = CENT.copy_sign(left)
    for name in parts:
        if not left:
            break
        parts[name] += step
        left -= step
    return parts
