"""Whom a paper of the portal is for: the head of every PDF."""

from typing import NamedTuple

from sqlalchemy import select

from app import db
from app.models import FAMILY, Family, Guardian

_FAMILY = (
    select(
        Family.number,
        Family.street,
        Family.postcode,
        Family.city,
        Guardian.title,
        Guardian.first_name,
        Guardian.last_name,
    )
    .join(Guardian, Guardian.family_id == Family.id)
    .where(Family.id == FAMILY, Guardian.rank.is_not(None))
    .order_by(Guardian.rank)
)


class Letterhead(NamedTuple):
    """A family as its papers name it."""

    family_number: str
    names: list[str]
    address: list[str]


def of_family(family_id: int) -> Letterhead:
    """Read the names of the guardians and the address of their file."""
    rows = db.rows(_FAMILY, family_id=family_id)
    first = rows[0]
    return Letterhead(
        family_number=first.number,
        names=[" ".join(filter(None, (row.title, row.first_name, row.last_name))) for row in rows],
        address=[line for line in (first.street, f"{first.postcode} {first.city}".strip()) if line],
    )
