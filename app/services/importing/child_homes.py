"""Which families have a child: of separated parents, two."""

from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Child, Family, FamilyChild


@dataclass(slots=True)
class ChildHomes:
    """A child, and the families that have it, by what the town's software calls them."""

    number: int
    families: dict[str, int] = field(default_factory=dict)


def read(session: Session) -> dict[str, ChildHomes]:
    """Read those of all children that are in the portal."""
    found: dict[str, ChildHomes] = {}
    rows = session.execute(
        select(Child.source_id, Child.id, Family.source_id, Family.id)
        .join(FamilyChild, FamilyChild.child_id == Child.id)
        .join(Family, Family.id == FamilyChild.family_id)
        .where(Family.archived_at.is_(None))
        .order_by(Child.id, Family.id)
    )
    for child_key, child, family_key, family in rows:
        found.setdefault(child_key, ChildHomes(child)).families[family_key] = family
    return found
