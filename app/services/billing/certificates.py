"""« Attestation de paiement »: what the town received from a family in a civil year.

Taxes are counted by civil year and by day of payment: an invoice of December paid in January
belongs to the new year, and what was invoiced and not paid belongs to none.
"""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import bindparam, extract, func, select

from app import db
from app.db import Hundredths
from app.formats import today
from app.models import FAMILY, Child, FamilyChild, Payment
from app.services import journal
from app.services.actors import CurrentAccount
from app.services.billing import payment_modes
from app.services.billing.ledger import ZERO
from app.services.families import letterheads
from app.services.families.letterheads import Letterhead

YEAR = re.compile(r"[1-9][0-9]{3}", re.ASCII)
_YEAR = extract("year", Payment.paid_on)
# What a file of the town dates from tomorrow is not received yet.
_RECEIVED = (Payment.family_id == FAMILY, Payment.paid_on <= bindparam("until"))
_YEARS = (
    select(_YEAR.label("year"), func.sum(Payment.amount, type_=Hundredths).label("total"))
    .where(*_RECEIVED)
    .group_by(_YEAR)
    .order_by(_YEAR.desc())
)
_PAYMENTS = (
    select(Payment.paid_on, Payment.mode, Payment.reference, Payment.amount)
    .where(*_RECEIVED, Payment.paid_on >= bindparam("since"))
    .order_by(Payment.paid_on, Payment.id)
)
_CHILDREN = (
    select(Child.first_name, Child.last_name)
    .join(FamilyChild, FamilyChild.child_id == Child.id)
    .where(FamilyChild.family_id == FAMILY)
    .order_by(Child.birth_date, Child.id)
)


@dataclass(frozen=True, slots=True)
class YearPaid:
    """A civil year in which the family paid something."""

    year: int
    total: Decimal


@dataclass(frozen=True, slots=True)
class Received:
    """A payment of that year."""

    day: date
    mode: str
    reference: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Certificate:
    """What the town attests, on the day it does."""

    year: int
    payments: list[Received]
    children: list[str]
    letterhead: Letterhead
    made_on: date

    @property
    def total(self) -> Decimal:
        """Sum what was received."""
        return sum((payment.amount for payment in self.payments), ZERO)

    @property
    def is_over(self) -> bool:
        """Tell whether the year has ended: otherwise more may come."""
        return self.made_on.year > self.year


def years(family_id: int) -> list[YearPaid]:
    """List the years that something was paid in, the newest first."""
    rows = db.rows(_YEARS, family_id=family_id, until=today())
    return [YearPaid(int(row.year), row.total) for row in rows]


def make(account: CurrentAccount, asked_year: str) -> Certificate | None:
    """Attest what was paid in a year, and note that it was done; None when nothing was."""
    family_id, made_on = account.family_id, today()
    if not YEAR.fullmatch(asked_year):
        return None
    year = int(asked_year)
    received = db.rows(
        _PAYMENTS,
        family_id=family_id,
        since=date(year, 1, 1),
        until=min(date(year, 12, 31), made_on),
    )
    if not received:
        return None
    certificate = Certificate(
        year=year,
        payments=[
            Received(row.paid_on, payment_modes.in_words(row.mode), row.reference, row.amount)
            for row in received
        ],
        children=[" ".join(row) for row in db.rows(_CHILDREN, family_id=family_id)],
        letterhead=letterheads.of_family(family_id),
        made_on=made_on,
    )
    with db.transaction() as session:
        journal.record(session, "payment_certificate_made", account, year=str(year))
    return certificate
