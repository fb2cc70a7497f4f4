"""« Attestation de paiement »: what the town received from a family in a civil year.

Taxes are counted by civil year and by day of payment: an invoice of December paid in January
belongs to the new year, and what was invoiced and not paid belongs to none. A payment that the bank
took back was never one; what the town gave back is taken off the year it was given back in.
"""

import re
from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select

from app import db
from app.formats import today
from app.models import FAMILY, Child, FamilyChild, Payment
from app.services import journal
from app.services.actors import CurrentAccount
from app.services.billing import child_parts, payment_modes
from app.services.billing.child_parts import ChildPart
from app.services.billing.ledger import ZERO
from app.services.billing.reversals import Movement, taken_back
from app.services.families import letterheads
from app.services.families.letterheads import Letterhead

YEAR = re.compile(r"[1-9][0-9]{3}", re.ASCII)
# What a file of the town dates from tomorrow is not received yet.
_RECEIVED = (
    select(
        Payment.id,
        Payment.paid_on,
        Payment.mode,
        Payment.reference,
        Payment.amount,
        Payment.invoice_id,
    )
    .where(Payment.family_id == FAMILY, Payment.paid_on <= bindparam("until"))
    .order_by(Payment.paid_on, Payment.id)
)
_CHILDREN = (
    select(Child.first_name, Child.last_name)
    .join(FamilyChild, FamilyChild.child_id == Child.id)
    .where(FamilyChild.family_id == FAMILY)
    .order_by(Child.birth_date, Child.id)
)


class YearPaid(NamedTuple):
    """A civil year in which the family paid something."""

    year: int
    total: Decimal


class Received(NamedTuple):
    """A payment of that year, or what was given back of one."""

    day: date
    mode: str
    reference: str
    amount: Decimal


class Certificate(NamedTuple):
    """What the town attests, on the day it does."""

    year: int
    payments: list[Received]
    # Of the payments of this year, those that the bank took back: they are not counted.
    rejected: int
    by_child: list[ChildPart]
    children: list[str]
    letterhead: Letterhead
    made_on: date

    @property
    def total(self) -> Decimal:
        """Sum what was received."""
        return sum((payment.amount for payment in self.payments), ZERO)

    @property
    def not_by_child(self) -> Decimal:
        """Return what no line of an invoice says for whom it was."""
        return self.total - sum((part.amount for part in self.by_child), ZERO)

    @property
    def is_over(self) -> bool:
        """Tell whether the year has ended: otherwise more may come."""
        return self.made_on.year > self.year


def years(family_id: int) -> list[YearPaid]:
    """List the years that something was paid in, the newest first."""
    totals: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for row in _received(family_id).kept:
        totals[row.paid_on.year] += row.amount
    paid = ((year, total) for year, total in totals.items() if total > ZERO)
    return [YearPaid(*each) for each in sorted(paid, reverse=True)]


def make(account: CurrentAccount, asked_year: str) -> Certificate | None:
    """Attest what was paid in a year, and note that it was done; None when nothing was."""
    certificate = read(account.family_id, asked_year)
    if certificate is not None:
        with db.transaction() as session:
            year = str(certificate.year)
            journal.record(session, "payment_certificate_made", account, year=year)
    return certificate


def read(family_id: int, asked_year: str) -> Certificate | None:
    """Read what would be attested of a year; None when nothing was paid in it."""
    if not YEAR.fullmatch(asked_year):
        return None
    year = int(asked_year)
    received = _received(family_id)
    of_year = [row for row in received.kept if row.paid_on.year == year]
    if sum((row.amount for row in of_year), ZERO) <= ZERO:
        return None
    return Certificate(
        year=year,
        payments=[
            Received(row.paid_on, payment_modes.in_words(row.mode), row.reference, row.amount)
            for row in of_year
        ],
        rejected=sum(row.paid_on.year == year for row in received.rejected),
        by_child=child_parts.of_payments([row.id for row in of_year]),
        children=[" ".join(row) for row in db.rows(_CHILDREN, family_id=family_id)],
        letterhead=letterheads.of_family(family_id),
        made_on=today(),
    )


class _Payments(NamedTuple):
    """What was received of a family until today, and what the bank took back."""

    kept: list[Any]
    rejected: list[Any]


def _received(family_id: int) -> _Payments:
    """Leave out each payment that was rejected, whenever that was, and its rejection."""
    rows = db.rows(_RECEIVED, family_id=family_id, until=today())
    movements = [Movement(row.amount, row.reference, row.invoice_id) for row in rows]
    void = {
        back: paid
        for back, paid in taken_back(movements).items()
        if not payment_modes.is_refund(rows[back].mode)
    }
    left_out = {*void, *void.values()}
    return _Payments(
        [row for place, row in enumerate(rows) if place not in left_out],
        [rows[paid] for paid in void.values()],
    )
