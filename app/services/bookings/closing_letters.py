"""The message that families read when a day was closed, or is open again."""

from datetime import datetime

from sqlalchemy import select

from app import db
from app.formats import NBSP, day_in_full
from app.models import Family
from app.services.actors import Actor
from app.services.bookings.closing import Changed
from app.services.inbox import composing, sending
from app.services.inbox.composing import Letter
from app.services.targets.kinds import Target, TargetKind


def tell_of_closing(changed: Changed, reason: str, more: str, by: Actor) -> datetime | None:
    """Write to those who had booked; return when it leaves, None when there is nobody."""
    body = (
        f"Bonjour,\n\nLe {day_in_full(changed.day)}, nous n’ouvrons pas{NBSP}: {_names(changed)}."
        f"\nMotif{NBSP}: {reason}.\n\nCe que vous aviez réservé ce jour-là est retiré, et ne vous"
        " sera pas facturé. Vous n’avez rien à faire."
    )
    return _write(changed, f"Fermeture le {day_in_full(changed.day)}", body, more, by)


def tell_of_reopening(changed: Changed, more: str, by: Actor) -> datetime | None:
    """Write to those who have their day again; return when it leaves, None when there is nobody."""
    body = (
        f"Bonjour,\n\nLe {day_in_full(changed.day)}, nous ouvrons finalement{NBSP}:"
        f" {_names(changed)}.\n\nCe que vous aviez réservé ce jour-là l’est de nouveau. Si votre"
        " enfant ne vient pas, annulez-le dans vos réservations, ou signalez son absence."
    )
    return _write(changed, f"Ouvert finalement le {day_in_full(changed.day)}", body, more, by)


def _names(changed: Changed) -> str:
    return ", ".join(changed.services)


def _write(changed: Changed, subject: str, body: str, more: str, by: Actor) -> datetime | None:
    numbers = _numbers(changed.families)
    if not numbers:
        return None
    whole = f"{body}\n\n{more.strip()}" if more.strip() else body
    letter = Letter(Target(TargetKind.NUMBERS, numbers), subject, whole)
    return sending.send(composing.save(letter, by), by)


def _numbers(families: frozenset[int]) -> tuple[str, ...]:
    found = db.session().scalars(
        select(Family.number)
        .where(Family.id.in_(sorted(families)), Family.archived_at.is_(None))
        .order_by(Family.number)
        .distinct()
    )
    return tuple(found)
