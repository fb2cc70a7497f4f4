"""The message that families read when days were closed, or are open again."""

from contextlib import suppress
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from app import db
from app.formats import NBSP, together
from app.models import Closing, Family, Message
from app.services.actors import Actor
from app.services.bookings.closings.closing_days import in_words
from app.services.bookings.closings.closing_moves import Changed
from app.services.inbox import composing, sending, withdrawing
from app.services.inbox.composing import Letter
from app.services.refusals import Refusal
from app.services.targets.kinds import Target, TargetKind


class Words(NamedTuple):
    """What families read."""

    subject: str
    body: str


def of_closing(changed: Changed, reason: str, more: str) -> Words:
    """Say what is closed, when and why."""
    when = in_words(changed.days)
    body = (
        f"Bonjour,\n\n{when.capitalize()}, nous n’ouvrons pas{NBSP}: {_names(changed)}."
        f"\nMotif{NBSP}: {reason}.\n\nCe que vous aviez réservé {_then(changed)} est retiré, et ne"
        " vous sera pas facturé. Vous n’avez rien à faire."
    )
    return Words(f"Fermeture {when}", _with(body, more))


def tell_of_closing(changed: Changed, reason: str, more: str, by: Actor) -> datetime | None:
    """Write to those who had booked; return when it leaves, None when there is nobody."""
    sent = _write(changed, of_closing(changed, reason, more), by)
    if sent is None:
        return None
    number, due_at = sent
    with db.transaction() as session:
        session.get_one(Closing, changed.closing_id).message_id = number
    return due_at


def tell_of_reopening(changed: Changed, more: str, by: Actor) -> datetime | None:
    """Write to those who have their days again; return when it leaves, None when there is nobody.

    Nobody is told of both when the first message has not left yet.
    """
    if changed.closing_id is not None and _take_back(changed.closing_id, by):
        return None
    when = in_words(changed.days)
    body = (
        f"Bonjour,\n\n{when.capitalize()}, nous ouvrons finalement{NBSP}:"
        f" {_names(changed)}.\n\nCe que vous aviez réservé {_then(changed)} l’est de nouveau. Si"
        " votre enfant ne vient pas, annulez-le dans vos réservations, ou signalez son absence."
    )
    sent = _write(changed, Words(f"Ouvert finalement {when}", _with(body, more)), by)
    return sent and sent[1]


def _names(changed: Changed) -> str:
    names = ", ".join(changed.services)
    return f"{names} ({together(changed.schools)})" if changed.schools else names


def _then(changed: Changed) -> str:
    return "ce jour-là" if len(changed.days) == 1 else "ces jours-là"


def _take_back(closing_id: int, by: Actor) -> bool:
    """Have the message of a closing not leave; False when families have it."""
    number = db.session().scalar(
        select(Closing.message_id)
        .join(Message, Message.id == Closing.message_id)
        .where(Closing.id == closing_id, Message.unsent, Message.withdrawn_at.is_(None))
    )
    if number is None:
        return False
    # It may leave at this very moment.
    with suppress(Refusal):
        sending.cancel(number, by)
        withdrawing.withdraw(number, by)
        return True
    return False


def _with(body: str, more: str) -> str:
    return f"{body}\n\n{more.strip()}" if more.strip() else body


def _write(changed: Changed, words: Words, by: Actor) -> tuple[int, datetime] | None:
    numbers = _numbers(changed.families)
    if not numbers:
        return None
    number = composing.save(Letter(Target(TargetKind.NUMBERS, numbers), *words), by)
    return number, sending.send(number, by)


def _numbers(families: frozenset[int]) -> tuple[str, ...]:
    found = db.session().scalars(
        select(Family.number)
        .where(Family.id.in_(sorted(families)), Family.archived_at.is_(None))
        .order_by(Family.number)
        .distinct()
    )
    return tuple(found)
