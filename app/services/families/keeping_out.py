"""The town hall takes a child out of a family at once, and keeps it out until its files agree."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app import db
from app.models import FAMILY, Child, FamilyChild, KeptOut
from app.services import journal
from app.services.actors import Actor
from app.services.families import lookup, words
from app.services.refusals import Reason, Refusal

_KEPT_OUT = (
    select(*lookup.WHO).join(KeptOut, KeptOut.child_id == Child.id)
    .where(KeptOut.family_id == FAMILY)
)  # fmt: skip


def take_out(child: str, family_number: str, actor: Actor) -> str:
    """Take a child out, by name or by the number of the town's software; return its name.

    Raises Refusal when no child of the family, or more than one, is called so.
    """
    with db.transaction() as session:
        family_id, child_id, name = lookup.one_child(session, child, family_number)
        _take_out(session, family_id, child_id)
        _note(session, "child_taken_out", actor, family_id, child_id)
    return name


def take_out_for(family_id: int, public_id: str, reason: str, actor: Actor) -> str:
    """Take out a child of a family that is on the screen, and say why; return its first name.

    Raises Refusal when it is not there.
    """
    with db.transaction() as session:
        child_id, first_name = _on_screen(session, lookup.SHOWN, family_id, public_id)
        _take_out(session, family_id, child_id)
        _note(session, "child_taken_out", actor, family_id, child_id, reason=reason)
    return first_name


def put_back(child: str, family_number: str, actor: Actor) -> str:
    """Undo it: show a child again to the family that it was kept out of. Raises Refusal."""
    with db.transaction() as session:
        family_id, child_id, name = lookup.one_child(session, child, family_number, _KEPT_OUT)
        _put_back(session, family_id, child_id)
        _note(session, "child_put_back", actor, family_id, child_id)
    return name


def put_back_for(family_id: int, public_id: str, actor: Actor) -> str:
    """Undo it on the screen; return the child's first name. Raises Refusal."""
    with db.transaction() as session:
        child_id, first_name = _on_screen(session, _KEPT_OUT, family_id, public_id)
        _put_back(session, family_id, child_id)
        _note(session, "child_put_back", actor, family_id, child_id)
    return first_name


def _take_out(session: Session, family_id: int, child_id: int) -> None:
    _delete(session, FamilyChild, family_id, child_id)
    session.add(KeptOut(family_id=family_id, child_id=child_id))
    words.refresh(session, [family_id])


def _put_back(session: Session, family_id: int, child_id: int) -> None:
    _delete(session, KeptOut, family_id, child_id)
    session.add(FamilyChild(family_id=family_id, child_id=child_id))
    words.refresh(session, [family_id])


def _on_screen(
    session: Session, children: lookup.Children, family_id: int, public_id: str
) -> tuple[int, str]:
    one = children.where(Child.public_id == public_id)
    row = session.execute(one, {"family_id": family_id}).one_or_none()
    if row is None:
        raise Refusal(Reason.UNKNOWN, "Cet enfant n’y est plus\u00a0: relisez le dossier.")
    return row.id, row.first_name


def _delete(
    session: Session, pairs: type[FamilyChild | KeptOut], family_id: int, child_id: int
) -> None:
    session.execute(delete(pairs).where(pairs.family_id == family_id, pairs.child_id == child_id))


def _note(
    session: Session, act: str, actor: Actor, family_id: int, child_id: int, **told: str
) -> None:
    journal.record_of_family(session, act, actor, family_id, child=str(child_id), **told)
