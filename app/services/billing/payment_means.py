"""« Comment payer »: what the town says about it, and what to write with the money."""

from typing import NamedTuple

from sqlalchemy import select

from app import db
from app.formats import today
from app.models import FAMILY, Family
from app.services import town_texts
from app.services.billing import debits
from app.services.billing.debits import Debit
from app.services.billing.invoices import InvoiceDetails
from app.services.town_texts import PAYMENT, Block
from app.settings import settings

_FAMILY = select(Family.number, Family.direct_debit).where(Family.id == FAMILY)


class PaymentMeans(NamedTuple):
    """How a family can pay; without a word of the town, whom to call."""

    family_number: str
    debit: Debit | None
    # The town's own number at PayFiP, where the State takes money for it.
    payfip_client: str
    text: tuple[Block, ...] | None


def of_invoice(family_id: int, invoice: InvoiceDetails) -> PaymentMeans | None:
    """Tell how this family pays what is left of an invoice; None when nothing is."""
    if not invoice.due:
        return None
    [(number, direct_debit)] = db.rows(_FAMILY, family_id=family_id)
    return known(number, debits.of([invoice], direct_debit=direct_debit, day=today()))


def known(family_number: str, debit: Debit | None) -> PaymentMeans:
    """Tell the same of a family whose file was just read."""
    return PaymentMeans(family_number, debit, settings.payfip_client, town_texts.read(PAYMENT))
