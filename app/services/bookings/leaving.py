"""A home leaves a day to the other home of a child, and takes it back: one day, whatever the week.

The town hall may say so too. A day is always of at least one home: who leaves it gives it to
somebody.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Date, Select, bindparam, delete, select
from sqlalchemy.orm import Session

from app import db
from app.formats import today
from app.models import Booking, Child, CustodyDay, Family
from app.services import journal
from app.services.actors import PORTAL, Actor, CurrentAccount
from app.services.bookings import agreeing, homes
from app.services.bookings.agreeing import Agreement
from app.services.bookings.homes import OfHome
from app.services.bookings.judge.custody import Turns
from app.services.bookings.standing import LIVE
from app.services.families import lookup
from app.services.mail import notices
from app.services.refusals import Reason, Refusal

FARTHEST = timedelta(days=366)
NO_WEEKS = "Dites d’abord les semaines de chaque foyer"
NOT_AHEAD = "Choisissez un jour à venir, dans l’année"
NOT_OURS = "Ce jour est déjà de l’autre foyer"
NOT_LEFT = "Ce jour n’est pas laissé à l’autre foyer"
NO_WEEKS_OF_HOME = "dites d’abord les semaines de ce foyer"
DAY_NOT_AHEAD = "donnez un jour à venir, dans l’année"
ALREADY_THEIRS = "ce jour est déjà de ce foyer"
BOOKED_BY_OTHER = "un autre foyer a réservé ce jour\u00a0: annulez d’abord ce qui est réservé"
BOOKED_HERE = "Vous avez réservé ce jour\u00a0: annulez d’abord, puis laissez-le"
BOOKED_THERE = (
    "L’autre foyer a déjà réservé ce jour\u00a0: il peut annuler, ou la mairie peut vous aider"
)


_BOOKED = (
    select(Booking.id)
    .where(
        Booking.child_id == CustodyDay.child_id,
        Booking.family_id == CustodyDay.family_id,
        Booking.day == CustodyDay.day,
        Booking.state.in_(LIVE),
    )
    .exists()
)
_LEFT: Select[*tuple[Any, ...]] = (
    select(CustodyDay.day, Family.number, _BOOKED.label("is_booked"))
    .join(Family, Family.id == CustodyDay.family_id)
    .where(
        CustodyDay.child_id == bindparam("child_id"),
        CustodyDay.day >= bindparam("since", type_=Date),
    )
    .order_by(CustodyDay.day)
)


class LeftDay(NamedTuple):
    """A day to come that is of one home whatever the week."""

    day: date
    # Of the family that has it.
    number: str
    # It goes back to nobody while that home has something booked.
    is_booked: bool


def of_child(child_id: int) -> list[LeftDay]:
    """List the next ones: one statement."""
    return [LeftDay(*row) for row in db.rows(_LEFT, child_id=child_id, since=today())]


def left(turns: Turns | None) -> list[date]:
    """List the next days that a home left to the other one, of those that were its own."""
    return sorted(day for day in (turns.left() if turns else ()) if day >= today())


def received(turns: Turns | None) -> list[date]:
    """List the next days that a home has from the other one."""
    days = turns.days.items() if turns else ()
    return sorted(day for day, is_here in days if is_here and day >= today())


def leave(account: CurrentAccount, public_id: str, day: date) -> bool:
    """Leave a day to the other home; False for another family's child.

    Raises Refusal where it is not one's own, or where one has booked it.
    """
    with db.transaction() as session:
        found = agreeing.locked(session, account.family_id, public_id)
        if found is None:
            return False
        turns = _turns(found, day)
        if not turns.is_here(day):
            raise Refusal(Reason.SAME, NOT_OURS)
        if has_booked(session, found.child_id, account.family_id, day):
            raise Refusal(Reason.UNFIT, BOOKED_HERE)
        other = agreeing.other_home(session, found.child_id, account.family_id)
        _forget(session, found.child_id, day)
        # What was left to this home goes back by being nobody's exception.
        if turns.is_here_by_turns(day):
            session.add(CustodyDay(child_id=found.child_id, day=day, family_id=other))
        _tell(session, "custody_day_left", account, found.child_id, other)
        return True


def take_back(account: CurrentAccount, public_id: str, day: date) -> bool:
    """Take back a day that was left; False for another family's child.

    Raises Refusal where it was not, or where the other home has booked it.
    """
    with db.transaction() as session:
        found = agreeing.locked(session, account.family_id, public_id)
        if found is None:
            return False
        turns = _turns(found, day)
        if turns.is_here(day) or not turns.is_here_by_turns(day):
            raise Refusal(Reason.SAME, NOT_LEFT)
        other = agreeing.other_home(session, found.child_id, account.family_id)
        if has_booked(session, found.child_id, other, day):
            raise Refusal(Reason.CLOSED, BOOKED_THERE)
        _forget(session, found.child_id, day)
        _tell(session, "custody_day_taken", account, found.child_id, other)
        return True


def say(child: str, family_number: str, day: date, by: Actor) -> OfHome:
    """Have a home have a day, as the town hall says it, and write it to all homes of the child.

    Raises Refusal when there is no such child, or several; where the home has all weeks, or that
    day already; and where another home has booked it.
    """
    with db.transaction() as session:
        family_id, child_id, _ = lookup.one_child(session, child, family_number)
        session.execute(select(Child.id).where(Child.id == child_id).with_for_update())
        give(session, family_id, child_id, day, by)
    return homes.read(child, family_number)


def give(session: Session, family_id: int, child_id: int, day: date, by: Actor) -> None:
    """Have a home have a day of a child that is locked; raises Refusal as `say` does."""
    turns = homes.of_child(session, family_id, child_id)
    if turns is None:
        raise Refusal(Reason.MISSING, NO_WEEKS_OF_HOME)
    if not today() <= day <= today() + FARTHEST:
        raise Refusal(Reason.UNFIT, DAY_NOT_AHEAD)
    if turns.is_here(day):
        raise Refusal(Reason.SAME, ALREADY_THEIRS)
    others = agreeing.other_homes(session, child_id, family_id)
    if any(has_booked(session, child_id, other, day) for other in others):
        raise Refusal(Reason.CLOSED, BOOKED_BY_OTHER)
    _forget(session, child_id, day)
    if not turns.is_here_by_turns(day):
        session.add(CustodyDay(child_id=child_id, day=day, family_id=family_id))
    tell_all(session, (family_id, *others), child_id, by)


def tell_all(session: Session, families: Iterable[int], child_id: int, by: Actor) -> None:
    """Write to the homes of a child that the town hall said whose a day is."""
    for each in families:
        journal.record_of_family(session, "custody_day_said", by, each, child=str(child_id))
        notices.tell_of_weeks(session, each)


def _turns(found: Agreement, day: date) -> Turns:
    if not found.may_agree:
        raise Refusal(Reason.UNFIT, agreeing.NOT_TWO)
    if found.weeks.turns is None:
        raise Refusal(Reason.MISSING, NO_WEEKS)
    if not today() <= day <= today() + FARTHEST:
        raise Refusal(Reason.UNFIT, NOT_AHEAD)
    return found.weeks.turns


def has_booked(session: Session, child_id: int, family_id: int, day: date) -> bool:
    """Tell whether a home has anything of a child that day."""
    booked = select(Booking.id).where(
        Booking.child_id == child_id,
        Booking.family_id == family_id,
        Booking.day == day,
        Booking.state.in_(LIVE),
    )
    return session.scalars(booked).first() is not None


def _forget(session: Session, child_id: int, day: date) -> None:
    session.execute(
        delete(CustodyDay).where(CustodyDay.child_id == child_id, CustodyDay.day == day)
    )


def _tell(session: Session, event: str, account: CurrentAccount, child_id: int, other: int) -> None:
    journal.record(session, event, account, child=str(child_id))
    journal.record_of_family(session, event, PORTAL, other, child=str(child_id))
    notices.tell_of_weeks(session, other)
