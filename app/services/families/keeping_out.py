"""The town hall takes a child out of a family at once, and keeps it out until its files agree."""

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from app import db
from app.formats import fold
from app.models import FAMILY, Child, FamilyChild, KeptOut
from app.services import journal
from app.services.actors import Actor
from app.services.families import lookup, words
from app.services.refusals import Reason, Refusal
from app.typed_text import one_line

_WHO = (Child.id, Child.source_id, Child.first_name, Child.last_name)
_SHOWN = (
    select(*_WHO).join(FamilyChild, FamilyChild.child_id == Child.id)
    .where(FamilyChild.family_id == FAMILY)
)  # fmt: skip
_KEPT_OUT = (
    select(*_WHO).join(KeptOut, KeptOut.child_id == Child.id)
    .where(KeptOut.family_id == FAMILY)
)  # fmt: skip
_Children = Select[int, str, str, str]


def take_out(child: str, family_number: str, actor: Actor) -> str:
    """Take a child out, by name or by the number of the town's software; return its name.

    Raises Refusal when no child of the family, or more than one, is called so.
    """
    with db.transaction() as session:
        family_id, child_id, name = _find(session, _SHOWN, child, family_number)
        _take_out(session, family_id, child_id)
        _note(session, "child_taken_out", actor, family_id, child_id)
    return name


def take_out_for(family_id: int, public_id: str, reason: str, actor: Actor) -> str:
    """Take out a child of a family that is on the screen, and say why; return its first name.

    Raises Refusal when it is not there.
    """
    with db.transaction() as session:
        child_id, first_name = _on_screen(session, _SHOWN, family_id, public_id)
        _take_out(session, family_id, child_id)
        _note(session, "child_taken_out", actor, family_id, child_id, reason=reason)
    return first_name


def put_back(child: str, family_number: str, actor: Actor) -> str:
    """Undo it: show a child again to the family that it was kept out of. Raises Refusal."""
    with db.transaction() as session:
        family_id, child_id, name = _find(session, _KEPT_OUT, child, family_number)
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
    session: Session, children: _Children, family_id: int, public_id: str
) -> tuple[int, str]:
    one = children.where(Child.public_id == public_id)
    row = session.execute(one, {"family_id": family_id}).one_or_none()
    if row is None:
        raise Refusal(Reason.UNKNOWN, "Cet enfant n’y est plus\u00a0: relisez le dossier.")
    return row.id, row.first_name


def _find(
    session: Session, children: _Children, typed: str, family_number: str
) -> tuple[int, int, str]:
    number = one_line(family_number)
    family_id = lookup.only_one(lookup.open_families(number), number)
    wanted = fold(typed)
    found = [
        (row.id, f"{row.first_name} {row.last_name}")
        for row in session.execute(children, {"family_id": family_id})
        if row.source_id == typed.strip()
        or wanted in {fold(row.first_name), fold(f"{row.first_name} {row.last_name}")}
    ]
    if not found:
        words = f"La famille n°\u00a0{number} n’a pas d’enfant «\u00a0{typed}\u00a0»."
        raise Refusal(Reason.UNKNOWN, words)
    if len(found) > 1:
        words = f"Plusieurs enfants de la famille n°\u00a0{number} s’appellent ainsi"
        raise Refusal(
            Reason.AMBIGUOUS, f"{words}\u00a0: donnez le numéro de l’enfant dans votre logiciel."
        )
    return (family_id, *found[0])


def _delete(
    session: Session, pairs: type[FamilyChild | KeptOut], family_id: int, child_id: int
) -> None:
    session.execute(delete(pairs).where(pairs.family_id == family_id, pairs.child_id == child_id))


def _note(
    session: Session, act: str, actor: Actor, family_id: int, child_id: int, **told: str
) -> None:
    journal.record_of_family(session, act, actor, family_id, child=str(child_id), **told)
