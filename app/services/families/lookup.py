"""Finding a family by the number on its papers, and a child of it, as the town hall does."""

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from app import db
from app.formats import fold
from app.models import FAMILY, Child, Family, FamilyChild
from app.services.refusals import Reason, Refusal
from app.typed_text import one_line

LONGEST_NUMBER = 40

_BY_ID = select(Family.id).where(Family.id == FAMILY)
_BY_NUMBER = select(Family.id, Family.archived_at).where(Family.number == bindparam("number"))

WHO = (Child.id, Child.source_id, Child.first_name, Child.last_name)
# Those whom a family sees.
SHOWN = (
    select(*WHO).join(FamilyChild, FamilyChild.child_id == Child.id)
    .where(FamilyChild.family_id == FAMILY)
)  # fmt: skip
Children = Select[int, str, str, str]


def open_families(number: str) -> list[int]:
    """Return the families that have this number and are still here; a number may be given again.

    Raises Refusal when there is none.
    """
    found = db.rows(_BY_NUMBER, number=number) if len(number) <= LONGEST_NUMBER else []
    if not found:
        raise Refusal(Reason.UNKNOWN, f"Il n’y a pas de famille n°\u00a0{number}.")
    here = [row.id for row in found if row.archived_at is None]
    if not here:
        raise Refusal(
            Reason.CLOSED,
            f"La famille n°\u00a0{number} est archivée\u00a0: elle n’a plus accès au portail.",
        )
    return here


def exists(family_id: int) -> bool:
    """Tell whether there is a family of this number of the portal's own."""
    return bool(db.rows(_BY_ID, family_id=family_id))


def only_one(families: list[int], number: str) -> int:
    """Return the one family of a list. Raises Refusal when several have this number."""
    if len(families) > 1:
        raise Refusal(Reason.AMBIGUOUS, f"Plusieurs familles ont le n°\u00a0{number}.")
    return families[0]


def one_child(
    session: Session, typed: str, family_number: str, among: Children = SHOWN
) -> tuple[int, int, str]:
    """Find a child by its name or by the number of the town's software; return family, child, name.

    Raises Refusal when no child of the family, or more than one, is called so.
    """
    number = one_line(family_number)
    family_id = only_one(open_families(number), number)
    wanted = fold(typed)
    found = [
        (row.id, f"{row.first_name} {row.last_name}")
        for row in session.execute(among, {"family_id": family_id})
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
