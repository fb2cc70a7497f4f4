"""The children of a family, with the other families that they are in."""

from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import Row, false, select, true, union_all
from sqlalchemy.orm import aliased

from app import db
from app.models import FAMILY, Child, Family, FamilyChild, KeptOut
from app.services.families.children import CARD, ChildCard

_elsewhere = aliased(FamilyChild)
# Those whom the town hall took out are told apart, and may be put back.
_places = union_all(
    select(FamilyChild.child_id, false().label("kept_out")).where(FamilyChild.family_id == FAMILY),
    select(KeptOut.child_id, true()).where(KeptOut.family_id == FAMILY),
).subquery()
_ROWS = (
    select(
        *CARD,
        _places.c.kept_out,
        Family.id.label("other_id"),
        Family.number.label("other_number"),
    )
    .join(_places, _places.c.child_id == Child.id)
    .outerjoin(_elsewhere, (_elsewhere.child_id == Child.id) & (_elsewhere.family_id != FAMILY))
    .outerjoin(Family, (Family.id == _elsewhere.family_id) & Family.archived_at.is_(None))
    .order_by(Child.birth_date, Child.id, Family.number)
)


class OtherFamily(NamedTuple):
    """Another family of a child: what is of one is not to be told to the other."""

    id: int
    number: str


class FiledChild(NamedTuple):
    """A child of the family, or one who was until the town hall said otherwise."""

    card: ChildCard
    # The town hall took it out of the family, and the files do not say so yet.
    kept_out: bool
    others: list[OtherFamily]


def listed(family_id: int) -> list[FiledChild]:
    """List them, the eldest first."""
    found = db.rows(_ROWS, family_id=family_id)
    return [_child(list(rows)) for _, rows in groupby(found, attrgetter("public_id"))]


def _child(rows: list[Row[*tuple[Any, ...]]]) -> FiledChild:
    *card, kept_out, _, _ = rows[0]
    others = [OtherFamily(row.other_id, row.other_number) for row in rows if row.other_id]
    return FiledChild(ChildCard(*card), kept_out, others)
