"""What a family may choose from when it asks."""

import re

from sqlalchemy import bindparam, select

from app import db
from app.formats import NBSP, day, euros
from app.models import FAMILY, Invoice
from app.services.families import children

LATEST_INVOICES = 6
# What an address or a form names may be anything, which PostgreSQL does not take.
PUBLIC_ID = re.compile(r"[0-9a-f]{16}", re.ASCII)

_INVOICES = (
    select(Invoice.public_id, Invoice.number, Invoice.issued_on, Invoice.amount)
    .where(Invoice.family_id == FAMILY)
    .order_by(Invoice.issued_on.desc(), Invoice.id.desc())
)
_LATEST = _INVOICES.limit(LATEST_INVOICES)
_NAMED = _INVOICES.where(Invoice.public_id == bindparam("public_id"))


def of_children(family_id: int) -> list[tuple[str, str]]:
    """List the family's children by public id and name."""
    cards = children.cards(family_id)
    return [(card.public_id, f"{card.first_name} {card.last_name}") for card in cards]


def of_invoices(family_id: int, wanted: str) -> list[tuple[str, str]]:
    """List the latest invoices by public id and words, with the wanted one whatever its age."""
    latest = list(db.rows(_LATEST, family_id=family_id))
    if PUBLIC_ID.fullmatch(wanted) and wanted not in {row.public_id for row in latest}:
        latest[:0] = db.rows(_NAMED, family_id=family_id, public_id=wanted)
    return [
        (
            row.public_id,
            f"N°{NBSP}{row.number} du {day(row.issued_on)}, {euros(row.amount)}",
        )
        for row in latest
    ]
