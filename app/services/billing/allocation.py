"""Which payment, or which credit note, paid which invoice (« ventilation »)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.services.billing.reversals import Movement, taken_back

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Due:
    """An invoice to pay."""

    invoice_id: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Credit:
    """Money that pays: a payment, or a credit note; `meant_for` is the invoice it was given for.

    Negative, it goes back: `meant_for` is then the invoice that is due again.
    """

    amount: Decimal
    payment_id: int | None = None
    credit_note_id: int | None = None
    meant_for: int | None = None
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Share:
    """The part of a credit that went to an invoice; negative, that was taken back from it."""

    invoice_id: int
    amount: Decimal
    payment_id: int | None
    credit_note_id: int | None


def allocate(dues: Sequence[Due], credits_: Sequence[Credit]) -> list[Share]:
    """Share the credits of a family, oldest first, among its invoices, oldest first.

    A credit first pays the invoice it was meant for, up to what is due there; what goes back from
    an invoice makes it due again, and else takes what paid nothing yet, the latest money first.
    What is left pays the oldest unpaid. So there is never both an unpaid invoice and money in hand.
    """
    sharing = _Sharing(dues, credits_)
    sharing.follow_what_was_meant()
    sharing.take_back_from_unused()
    sharing.take_back_from_invoices()
    sharing.pay_the_oldest()
    return sharing.shares()


class _Sharing:
    """One sharing under way: what is left of each credit, and what each invoice still wants."""

    def __init__(self, dues: Sequence[Due], credits_: Sequence[Credit]) -> None:
        self._dues = dues
        self._credits = credits_
        self._whole = {due.invoice_id: due.amount for due in dues}
        self._unpaid = dict(self._whole)
        self._left = [credit.amount for credit in credits_]
        self._shares: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
        self._taken_back = taken_back([_movement(credit) for credit in credits_])
        self._meant_for = self._invoices_meant()

    def follow_what_was_meant(self) -> None:
        for position, invoice_id in enumerate(self._meant_for):
            if invoice_id in self._unpaid:
                self._move(position, invoice_id)

    def take_back_from_unused(self) -> None:
        for position in self._going_back():
            paid_by = self._taken_back.get(position)
            latest_first = range(len(self._credits) - 1, -1, -1)
            for other in latest_first if paid_by is None else (paid_by, *latest_first):
                part = min(-self._left[position], self._left[other])
                if part > 0:
                    self._left[position] += part
                    self._left[other] -= part

    def take_back_from_invoices(self) -> None:
        for position in self._going_back():
            for due in reversed(self._dues):
                self._move(position, due.invoice_id)

    def pay_the_oldest(self) -> None:
        oldest = iter(self._dues)
        current = next(oldest, None)
        for position in range(len(self._credits)):
            while current is not None and self._left[position] > 0:
                self._move(position, current.invoice_id)
                if self._unpaid[current.invoice_id] == 0:
                    current = next(oldest, None)

    def shares(self) -> list[Share]:
        return [
            Share(
                invoice_id,
                amount,
                self._credits[position].payment_id,
                self._credits[position].credit_note_id,
            )
            for (position, invoice_id), amount in self._shares.items()
        ]

    def _invoices_meant(self) -> list[int | None]:
        """Find the invoice of each credit; what undoes another one is for the same."""
        meant_for = [credit.meant_for for credit in self._credits]
        if self._taken_back:
            came = [credit for credit in self._credits if credit.amount > 0]
            shares = reversed(allocate(self._dues, came))
            paid = {each.payment_id: each.invoice_id for each in shares}
            for back, undone in self._taken_back.items():
                first = meant_for[back] or meant_for[undone]
                invoice_id = first or paid.get(self._credits[undone].payment_id)
                meant_for[back] = meant_for[undone] = invoice_id
        return meant_for

    def _going_back(self) -> Iterable[int]:
        return (position for position, left in enumerate(self._left) if left < 0)

    def _move(self, position: int, invoice_id: int) -> None:
        """Pay as much of an invoice as can be, or take back as much as was paid of it."""
        left, unpaid = self._left[position], self._unpaid[invoice_id]
        part = min(left, unpaid) if left > 0 else max(left, unpaid - self._whole[invoice_id])
        if part:
            self._left[position] -= part
            self._unpaid[invoice_id] -= part
            self._shares[position, invoice_id] += part


def _movement(credit: Credit) -> Movement:
    # No bank takes a credit note back.
    amount = ZERO if credit.payment_id is None else credit.amount
    return Movement(amount, credit.reference, credit.meant_for)
