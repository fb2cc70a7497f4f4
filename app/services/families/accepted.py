"""What the town hall accepted or corrected of what its files say too: it survives the next import.

The portal holds what the files last said, but where somebody accepted something else: that is
remembered with what they said then, so that saying it again does not undo what was accepted.
"""

import re
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.formats import fold
from app.models import AcceptedValue, Child, Family, Guardian
from app.services.actors import Actor
from app.services.families import words
from app.services.refusals import Reason, Refusal

Holder = Guardian | Family | Child
CHANGED_SINCE = "ce qui avait été accepté a encore changé depuis\u00a0: corrigez-le autrement."
# Of a row that is put back as it was.
_MOMENTS = ("accepted_at", "settled_at")
_REMEMBERED = ("file_value", "value", "acted_by", "request_id", *_MOMENTS)

PHONES = ("phone", "mobile", "work_phone")
# What each may have accepted, in the order in which it is read.
OF_GUARDIAN = {
    "title": "Civilité",
    "last_name": "Nom",
    "first_name": "Prénom",
    "mobile": "Portable",
    "phone": "Téléphone",
    "work_phone": "Téléphone au travail",
    "email": "Adresse de courriel",
}
OF_FAMILY = {"street": "Voie", "postcode": "Code postal", "city": "Commune"}
OF_CHILD = {"photo": "Photo"}
IN_FRENCH = OF_GUARDIAN | OF_FAMILY | OF_CHILD

# French numbers end in as many digits, whatever is written before.
DIGITS_THAT_COUNT = 9


class LastWord(Enum):
    """What becomes of an accepted value once the files have spoken."""

    # They say what they said before: it goes on.
    STANDS = "stands"
    # They say the same.
    REPORTED = "reported"
    # They say something new: they are right.
    OVERRULED = "overruled"


def last_word(field: str, before: str | None, value: str, now: str) -> LastWord:
    """Compare an accepted value with what the files said before, and say now.

    Programs write the same in many ways. Where a correction is about nothing else, as of an accent,
    whatever looks the same is what they said before.
    """
    if now == value:
        return LastWord.REPORTED
    if before is not None and _same(field, now, before):
        return LastWord.STANDS
    if _same(field, now, value):
        return LastWord.REPORTED
    # When nobody remembers what they said, what they say now is that.
    return LastWord.STANDS if before is None else LastWord.OVERRULED


def accept(
    session: Session,
    holder: Holder,
    field: str,
    value: str,
    actor: Actor,
    request_id: int | None = None,
) -> dict[str, Any]:
    """Give somebody's file a value, in the caller's transaction; their files are to say it too.

    Return what `restore` wants to put back what was there before, as JSON.
    """
    # Two acceptances at once follow each other.
    session.flush()
    session.refresh(holder, with_for_update=True)
    known = _known(session, holder, field)
    before = _last_said(holder, field, known)
    replaced = {
        "of": holder.__tablename__,
        "id": holder.id,
        "field": field,
        "held": getattr(holder, field),
        "took": value,
        "known": known and {name: _written(known, name) for name in _REMEMBERED},
    }
    _give(session, holder, field, value)
    if before == value:
        if known is not None:
            session.delete(known)
        return replaced
    if known is None:
        known = AcceptedValue(field=field, **{_key(holder): holder.id})
        session.add(known)
    known.file_value, known.value = before, value
    known.accepted_at, known.settled_at = datetime.now(UTC), None
    known.acted_by, known.request_id = actor.acted_by, request_id
    return replaced


def restore(session: Session, replaced: dict[str, Any]) -> None:
    """Put back what an acceptance replaced, in the caller's transaction.

    Raises Refusal when somebody, or an import, changed it since.
    """
    field = replaced["field"]
    session.flush()
    holder = _holder(session, replaced["of"], replaced["id"])
    session.refresh(holder, with_for_update=True)
    if getattr(holder, field) != replaced["took"]:
        raise Refusal(Reason.OUTDATED, CHANGED_SINCE)
    _give(session, holder, field, replaced["held"])
    known, before = _known(session, holder, field), replaced["known"]
    if before is None:
        if known is not None:
            session.delete(known)
        return
    if known is None:
        known = AcceptedValue(field=field, **{_key(holder): holder.id})
        session.add(known)
    for name in _REMEMBERED:
        setattr(known, name, _read(name, before[name]))


def forget(session: Session, holder: Holder, field: str) -> None:
    """Let the files have their way again."""
    known = select(AcceptedValue).where(_of(holder), AcceptedValue.field == field)
    for each in session.scalars(known):
        session.delete(each)


def _give(session: Session, holder: Holder, field: str, value: str | None) -> None:
    setattr(holder, field, value)
    if isinstance(holder, Guardian) and field in words.OF_GUARDIAN:
        words.refresh(session, [holder.family_id])


def _holder(session: Session, table: str, number: int) -> Holder:
    if table == Guardian.__tablename__:
        return session.get_one(Guardian, number)
    if table == Family.__tablename__:
        return session.get_one(Family, number)
    return session.get_one(Child, number)


def _known(session: Session, holder: Holder, field: str) -> AcceptedValue | None:
    found = select(AcceptedValue).where(_of(holder), AcceptedValue.field == field)
    return session.scalars(found).one_or_none()


def _written(known: AcceptedValue, name: str) -> Any:
    value = getattr(known, name)
    return value.isoformat() if isinstance(value, datetime) else value


def _read(name: str, written: Any) -> Any:
    return datetime.fromisoformat(written) if written and name in _MOMENTS else written


def _last_said(holder: Holder, field: str, known: AcceptedValue | None) -> str | None:
    if known is not None and known.settled_at is None:
        return known.file_value
    if field == "email" and isinstance(holder, Guardian) and holder.email_confirmed_at:
        # The parent proved it before anybody remembered what the files said.
        return None
    held: str = getattr(holder, field)
    return held


def _of(holder: Holder) -> ColumnElement[bool]:
    column: InstrumentedAttribute[int | None] = getattr(AcceptedValue, _key(holder))
    return column == holder.id


def _key(holder: Holder) -> str:
    return f"{holder.__tablename__}_id"


def _same(field: str, one: str, other: str) -> bool:
    return _comparable(field, one) == _comparable(field, other)


def _comparable(field: str, value: str) -> str:
    if field in PHONES:
        return re.sub(r"\D", "", value)[-DIGITS_THAT_COUNT:]
    return value if field in OF_CHILD else fold(value)
