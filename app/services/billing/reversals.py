"""Money that goes back: which payment a rejected debit or a refund takes back."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple


class Movement(NamedTuple):
    """A payment as a bank tells of it; negative when it goes back."""

    amount: Decimal
    reference: str = ""
    # The invoice it names.
    invoice_id: int | None = None


def taken_back(movements: Sequence[Movement]) -> dict[int, int]:
    """Find the movement that each one that goes back undoes, by their places in this order.

    It came before, of the same amount, for the same invoice if both name one: the one of the same
    reference, else the latest. Each is undone once; a part of a payment undoes none.
    """
    found: dict[int, int] = {}
    for place, movement in enumerate(movements):
        if movement.amount >= 0:
            continue
        undone = set(found.values())
        before = [
            other
            for other in range(place)
            if movements[other].amount == -movement.amount
            and other not in undone
            and _may_be_undone(movements[other], movement)
        ]
        if before:
            found[place] = max(
                before, key=lambda other: (_likeness(movements[other], movement), other)
            )
    return found


def _may_be_undone(paid: Movement, back: Movement) -> bool:
    return None in {paid.invoice_id, back.invoice_id} or paid.invoice_id == back.invoice_id


def _likeness(paid: Movement, back: Movement) -> tuple[bool, bool]:
    same_reference = back.reference != "" and paid.reference == back.reference
    return same_reference, paid.invoice_id is not None and paid.invoice_id == back.invoice_id
