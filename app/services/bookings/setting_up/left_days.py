"""The days that the homes of a child left to each other, as the town hall says them."""

from datetime import date

from app import db
from app.formats import today
from app.models import CustodyDay
from app.services.actors import Actor
from app.services.bookings import agreeing, leaving
from app.services.refusals import Reason, Refusal

NOT_LEFT = "Ce jour n’est laissé à aucun foyer"
BOOKED = "Le foyer qui a ce jour l’a réservé\u00a0: annulez d’abord ce qui est réservé"


def give(family_id: int, public_id: str, day: date, by: Actor) -> bool:
    """Have a home have a day; False for another family's child. Raises as `leaving.give` does."""
    with db.transaction() as session:
        child = agreeing.locked(session, family_id, public_id)
        if child is None:
            return False
        leaving.give(session, family_id, child.child_id, day, by)
        return True


def give_back(family_id: int, public_id: str, day: date, by: Actor) -> bool:
    """Have the weeks say again whose a day is; False for another family's child.

    Raises Refusal where it was left to nobody, and where the home that has it has booked it.
    """
    with db.transaction() as session:
        child = agreeing.locked(session, family_id, public_id)
        if child is None:
            return False
        found = session.get(CustodyDay, (child.child_id, day))
        if found is None or day < today():
            raise Refusal(Reason.SAME, NOT_LEFT)
        if leaving.has_booked(session, child.child_id, found.family_id, day):
            raise Refusal(Reason.CLOSED, BOOKED)
        session.delete(found)
        others = agreeing.other_homes(session, child.child_id, family_id)
        leaving.tell_all(session, (family_id, *others), child.child_id, by)
        return True
