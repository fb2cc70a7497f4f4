"""Which payment, or which credit note, paid which invoice (« ventilation »)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Due:
    """An invoice to pay."""

    invoice_id: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Credit:
    """Money that pays: a payment, or a credit note; `meant_for` is the invoice it was given for."""

    amount: Decimal
    payment_id: int | None = None
    credit_note_id: int | None = None
    meant_for: int | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """The part of a credit that went to an invoice."""

    invoice_id: int
    amount: Decimal
    payment_id: int | None
    credit_note_id: int | None


def allocate(dues: Sequence[Due], credits_: Sequence[Credit]) -> list[Share]:
    """Share the credits of a family, oldest first, among its invoices, oldest first.

    A credit first pays the invoice it was meant for, up to what is due there. What is left of it
    pays the oldest unpaid. So there is never both an unpaid invoice and an unused credit.
    """
    unpaid = {due.invoice_id: due.amount for due in dues}
    left = [credit.amount for credit in credits_]
    shares: dict[tuple[int, int], Decimal] = {}

    def pay(position: int, invoice_id: int) -> None:
        part = min(left[position], unpaid[invoice_id])
        if part > 0:
            left[position] -= part
            unpaid[invoice_id] -= part
            key = (position, invoice_id)
            shares[key] = shares.get(key, ZERO) + part

    for position, credit in enumerate(credits_):
        if credit.meant_for in unpaid:
            pay(position, credit.meant_for)
    oldest = iter(due.invoice_id for due in dues)
    current = next(oldest, None)
    for position in range(len(credits_)):
        while current is not None and left[position] > 0:
            pay(position, current)
            if unpaid[current] == 0:
                current = next(oldest, None)
    return [
        Share(invoice_id, amount, credits_[position].payment_id, credits_[position].credit_note_id)
        for (position, invoice_id), amount in shares.items()
    ]
