"""What the town hall accepted of the canteen and the garderie, this school year."""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Row, ScalarSelect, bindparam, select

from app import db
from app.calendar import school_years
from app.formats import day_in_full, today
from app.models import FAMILY, Child, FamilyChild, FamilyRequest, RequestState
from app.services.families.children import CARD, ChildCard
from app.services.requests.answers import days_in_words

WORDS = {"canteen": "Cantine", "garderie": "Garderie"}


class Registration(NamedTuple):
    """What a child is registered for, as the latest accepted request of the kind says."""

    service: str
    days: str
    starts_on: date

    @property
    def since(self) -> str:
        """Say from when."""
        word = "à partir du" if self.starts_on > today() else "depuis le"
        return f"{word} {day_in_full(self.starts_on)}"


class RegisteredChild(NamedTuple):
    """A child of the family, and what it is registered for."""

    card: ChildCard
    registrations: list[Registration]


def _accepted(kind: str) -> ScalarSelect[dict[str, object]]:
    return (
        select(FamilyRequest.details)
        .where(
            FamilyRequest.family_id == FAMILY,
            FamilyRequest.child_id == Child.id,
            FamilyRequest.kind == kind,
            FamilyRequest.state == RequestState.ACCEPTED,
        )
        .order_by(FamilyRequest.id.desc())
        .limit(1)
        .scalar_subquery()
    )


_CHILDREN = (
    select(*CARD, *(_accepted(kind).label(kind) for kind in WORDS))
    .join(FamilyChild, FamilyChild.child_id == Child.id)
    .where(FamilyChild.family_id == FAMILY)
    .order_by(Child.birth_date, Child.id)
)
_CHILD = _CHILDREN.where(Child.public_id == bindparam("public_id"))


def of_family(family_id: int) -> list[RegisteredChild]:
    """List the family's children, the eldest first, in one statement."""
    return [_child(row) for row in db.rows(_CHILDREN, family_id=family_id)]


def of_child(family_id: int, public_id: str) -> list[Registration]:
    """List what this family registered its child for; nothing for another's."""
    found = db.rows(_CHILD, family_id=family_id, public_id=public_id)
    return _child(found[0]).registrations if found else []


def _child(row: Row[*tuple[Any, ...]]) -> RegisteredChild:
    card, details = row[: len(CARD)], row[len(CARD) :]
    accepted = {kind: each for kind, each in zip(WORDS, details, strict=True) if each}
    found = (_registration(kind, each) for kind, each in accepted.items())
    return RegisteredChild(ChildCard(*card), [each for each in found if each])


def _registration(kind: str, details: Mapping[str, Any]) -> Registration | None:
    """Read an accepted request; one of another school year has ended with it."""
    if "starts_on" not in details:
        return None
    starts_on = date.fromisoformat(details["starts_on"])
    if starts_on < school_years.of(today()).first_day:
        return None
    return Registration(WORDS[kind], days_in_words(details), starts_on)
