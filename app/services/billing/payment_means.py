"""« Comment payer »: what the town says about it, and what to write with the money."""

from dataclasses import dataclass

from sqlalchemy import select

from app import db
from app.models import FAMILY, Family
from app.services import town_texts
from app.services.town_texts import PAYMENT, Block

_FAMILY = select(Family.number, Family.direct_debit).where(Family.id == FAMILY)


@dataclass(frozen=True, slots=True)
class PaymentMeans:
    """How a family can pay; without a text of the town, the invoice says it."""

    family_number: str
    direct_debit: bool
    text: tuple[Block, ...] | None


def of_family(family_id: int) -> PaymentMeans:
    """Tell how this family pays."""
    [(number, direct_debit)] = db.rows(_FAMILY, family_id=family_id)
    return known(number, direct_debit=direct_debit)


def known(family_number: str, *, direct_debit: bool) -> PaymentMeans:
    """Tell the same of a family whose file was just read."""
    return PaymentMeans(family_number, direct_debit, town_texts.read(PAYMENT))
