"""What a child’s health asks of a service: a few words for its staff, typed by the town hall."""

from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import Session

from app import db
from app.formats import NBSP, today
from app.models import FAMILY, Child, FamilyChild, HealthKind, HealthMark
from app.services import journal
from app.services.actors import Actor
from app.services.refusals import Reason, Refusal

LONGEST = 100
# An agreement is for a school year, a diet for longer; nothing stays because nobody looks at it.
FURTHEST = timedelta(days=3 * 366)
KINDS = {HealthKind.PAI: "PAI", HealthKind.ALLERGY: "Allergie", HealthKind.DIET: "Régime"}
NOT_THERE = "cet enfant n’est pas dans cette famille"
NO_WORDS = "écrivez en quelques mots ce qu’il faut savoir"
PAST = "choisissez un dernier jour à venir"
TOO_FAR = "choisissez un dernier jour dans moins de trois ans"
_THEIRS = (
    select(Child.id, Child.first_name, Child.last_name)
    .join(FamilyChild, FamilyChild.child_id == Child.id)
    .where(FamilyChild.family_id == FAMILY, Child.public_id == bindparam("public_id"))
)
_MARKS = (
    select(
        HealthMark.id, HealthMark.kind, HealthMark.words, HealthMark.until, HealthMark.acted_by
    )
    .where(HealthMark.child_id == bindparam("child_id"))
    .order_by(HealthMark.kind, HealthMark.id)
)  # fmt: skip


class Mark(NamedTuple):
    """One of them, as its staff reads it."""

    number: int
    kind: HealthKind
    words: str
    until: date
    by: str

    @property
    def said(self) -> str:
        """Say it, sort first."""
        return say(self.kind, self.words)


class HealthOfChild(NamedTuple):
    """A child, with all that is known."""

    first_name: str
    last_name: str
    marks: list[Mark]


def say(kind: HealthKind, words: str) -> str:
    """Say one, sort first."""
    return f"{KINDS[kind]}{NBSP}: {words}"


def of_child(family_id: int, public_id: str) -> HealthOfChild | None:
    """Read what is known of a child; None when this family has none such."""
    rows = db.rows(_THEIRS, family_id=family_id, public_id=public_id)
    if not rows:
        return None
    [(child_id, first_name, last_name)] = rows
    marks = [Mark(*row) for row in db.rows(_MARKS, child_id=child_id)]
    return HealthOfChild(first_name, last_name, marks)


def write(
    family_id: int, public_id: str, kind: HealthKind, words: str, until: date, by: Actor
) -> None:
    """Write one down. Raises Refusal for nothing written, or for a day that cannot be the last."""
    if not words:
        raise Refusal(Reason.MISSING, NO_WORDS)
    if until < today():
        raise Refusal(Reason.UNFIT, PAST)
    if until > today() + FURTHEST:
        raise Refusal(Reason.UNFIT, TOO_FAR)
    with db.transaction() as session:
        child = _theirs(session, family_id, public_id)
        session.add(
            HealthMark(
                child_id=child.id,
                kind=kind,
                words=words,
                until=until,
                written_at=datetime.now(UTC),
                acted_by=by.acted_by,
            )
        )
        journal.record_of_family(
            session, "health_written", by, family_id, child=child.first_name, kind=KINDS[kind]
        )


def remove(family_id: int, public_id: str, number: int, by: Actor) -> None:
    """Take one away. Raises Refusal when this child has none of this number."""
    with db.transaction() as session:
        child = _theirs(session, family_id, public_id)
        mark = session.get(HealthMark, number)
        if mark is None or mark.child_id != child.id:
            raise Refusal(Reason.UNKNOWN, NOT_THERE)
        session.delete(mark)
        journal.record_of_family(
            session, "health_removed", by, family_id, child=child.first_name,
            kind=KINDS[mark.kind],
        )  # fmt: skip


def _theirs(session: Session, family_id: int, public_id: str) -> Row[int, str, str]:
    found = session.execute(_THEIRS, {"family_id": family_id, "public_id": public_id}).first()
    if found is None:
        raise Refusal(Reason.UNKNOWN, NOT_THERE)
    return found
