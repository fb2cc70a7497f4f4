"""The message that families read when days were closed, or are open again."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

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


class Closed(NamedTuple):
    """What was closed, and why."""

    changed: Changed
    reason: str


def of_closing(changed: Changed, reason: str, more: str) -> Words:
    """Say what is closed, when and why."""
    when = in_words(changed.days)
    body = (
        f"Bonjour,\n\n{when.capitalize()}, nous n’ouvrons pas{NBSP}: {_names(changed)}."
        f"\nMotif{NBSP}: {reason}.\n\nCe que vous aviez réservé {_then(changed)} est retiré, et ne"
        " vous sera pas facturé. Vous n’avez rien à faire."
    )
    return Words(f"Fermeture {when}", _with(body, more))


def of_closings(closed: Sequence[Closed]) -> Words:
    """Say the same of several, a line each."""
    lines: dict[tuple[str, str], list[str]] = {}
    for changed, reason in closed:
        lines.setdefault((in_words(changed.days), reason), []).append(_names(changed))
    listed = "\n".join(
        f"– {when}{NBSP}: {', '.join(names)}. Motif{NBSP}: {reason}."
        for (when, reason), names in lines.items()
    )
    body = (
        f"Bonjour,\n\nNous n’ouvrons pas{NBSP}:\n\n{listed}\n\nCe que vous aviez réservé ces"
        " jours-là est retiré, et ne vous sera pas facturé. Vous n’avez rien à faire."
    )
    return Words("Jours de fermeture", body)


def tell_of_closing(changed: Changed, reason: str, more: str, by: Actor) -> datetime | None:
    """Write to those who had booked; return when it leaves, None when there is nobody."""
    sent = _write(changed.families, of_closing(changed, reason, more), by)
    if sent is None:
        return None
    number, due_at = sent
    with db.transaction() as session:
        session.get_one(Closing, changed.closing_id).message_id = number
    return due_at


def tell_of_closings(closed: Sequence[Closed], by: Actor) -> datetime | None:
    """Write of several closings at once, to each family once; None when there is nobody."""
    told = [each for each in closed if each.changed.families]
    if len(told) == 1:
        return tell_of_closing(told[0].changed, told[0].reason, "", by)
    families = frozenset[int]().union(*(each.changed.families for each in told))
    sent = _write(families, of_closings(told), by)
    if sent is None:
        return None
    number, due_at = sent
    with db.transaction() as session:
        for each in told:
            session.get_one(Closing, each.changed.closing_id).message_id = number
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
    sent = _write(changed.families, Words(f"Ouvert finalement {when}", _with(body, more)), by)
    return sent and sent[1]


def _names(changed: Changed) -> str:
    names = ", ".join(changed.services)
    return f"{names} ({together(changed.schools)})" if changed.schools else names


def _then(changed: Changed) -> str:
    return "ce jour-là" if len(changed.days) == 1 else "ces jours-là"


def _take_back(closing_id: int, by: Actor) -> bool:
    """Have the message of a closing not leave; False when families have it, or it tells of more."""
    other = aliased(Closing)
    others = exists().where(
        other.message_id == Closing.message_id, other.id != Closing.id, other.undone_at.is_(None)
    )
    number = db.session().scalar(
        select(Closing.message_id)
        .join(Message, Message.id == Closing.message_id)
        .where(Closing.id == closing_id, Message.unsent, Message.withdrawn_at.is_(None), ~others)
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


def _write(families: frozenset[int], words: Words, by: Actor) -> tuple[int, datetime] | None:
    numbers = _numbers(families)
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
