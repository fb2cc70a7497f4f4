"""Finding a family by the number on its papers, as the town hall does."""

from sqlalchemy import bindparam, select

from app import db
from app.models import FAMILY, Family
from app.services.refusals import Reason, Refusal

LONGEST_NUMBER = 40

_BY_ID = select(Family.id).where(Family.id == FAMILY)
_BY_NUMBER = select(Family.id, Family.archived_at).where(Family.number == bindparam("number"))


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
