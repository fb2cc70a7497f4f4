"""The message that families read when days were closed, or are open again."""

import json
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import NamedTuple

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session, aliased

from app import db
from app.formats import NBSP, ended, together
from app.models import Closing, DayState, Family, Message, Service, ServiceDay
from app.services.actors import Actor
from app.services.bookings.closings import closing_extent
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


class About(NamedTuple):
    """Which services, on which days, of which schools where not of all."""

    days: tuple[date, ...]
    services: tuple[str, ...]
    schools: tuple[str, ...]


class Opened(NamedTuple):
    """What is open again, and which act is over by that."""

    about: About
    closing_id: int | None

    def written(self) -> str:
        """Write it for a job."""
        days, services, schools = self.about
        said = [each.isoformat() for each in days], services, schools, self.closing_id
        return json.dumps(said)

    @classmethod
    def read(cls, text: str) -> "Opened":
        """Read it from a job."""
        days, services, schools, closing_id = json.loads(text)
        read = tuple(date.fromisoformat(each) for each in days)
        return cls(About(read, tuple(services), tuple(schools)), closing_id)


class Told(NamedTuple):
    """Who is told: how many families had something of each closing, and when the message leaves."""

    families: list[int]
    # None when there is nobody to write to.
    due_at: datetime | None


def of_closing(about: "About | Changed", reason: str, more: str) -> Words:
    """Say what is closed, when and why."""
    when = in_words(about.days)
    body = (
        "Bonjour,\n\n"
        + ended(f"{when.capitalize()}, nous n’ouvrons pas{NBSP}: {_names(about)}")
        + ended(f"\nMotif{NBSP}: {reason}")
        + f"\n\nCe que vous aviez réservé {_then(about.days)} est retiré, et"
        " ne vous sera pas facturé. Vous n’avez rien à faire."
    )
    return Words(f"Fermeture {when}", _with(body, more))


def of_closings(closed: Sequence[tuple[About, str]]) -> Words:
    """Say the same of several, a line each."""
    lines: dict[tuple[str, str], list[str]] = {}
    for about, reason in closed:
        lines.setdefault((in_words(about.days), reason), []).append(_names(about))
    listed = "\n".join(
        ended(f"– {when}{NBSP}: {', '.join(names)}") + ended(f" Motif{NBSP}: {reason}")
        for (when, reason), names in lines.items()
    )
    body = (
        f"Bonjour,\n\nNous n’ouvrons pas{NBSP}:\n\n{listed}\n\nCe que vous aviez réservé ces"
        " jours-là est retiré, et ne vous sera pas facturé. Vous n’avez rien à faire."
    )
    return Words("Jours de fermeture", body)


def tell_of_closings(session: Session, numbers: Sequence[int], more: str, by: Actor) -> Told:
    """Write to those who had booked, once to each, in the caller's transaction.

    Of what is open again by now, families read nothing.
    """
    closings = [session.get_one(Closing, each, with_for_update=True) for each in numbers]
    theirs = [closing_extent.families_of(session, each.id, each.at) for each in closings]
    now = datetime.now(UTC)
    for closing, families in zip(closings, theirs, strict=True):
        closing.ended_at, closing.families = now, len(families)
    told = [each for each, families in zip(closings, theirs, strict=True) if families]
    closed = [(_about(session, each), each.reason) for each in told]
    words = of_closing(*closed[0], more) if len(closed) == 1 else of_closings(closed)
    sent = _write(session, frozenset[int]().union(*theirs), words, by)
    if sent:
        for closing in told:
            closing.message_id = sent[0]
    return Told([len(each) for each in theirs], sent and sent[1])


def tell_of_reopening(
    session: Session, opened: Opened, since: datetime, more: str, by: Actor
) -> Told:
    """Write to those who have their days again, in the caller's transaction.

    Not when nobody read that they were closed.
    """
    families = closing_extent.families_back(session, opened.about.days, since)
    if opened.closing_id is not None and not _was_read(session, opened.closing_id):
        return Told([len(families)], None)
    when = in_words(opened.about.days)
    body = (
        "Bonjour,\n\n"
        + ended(f"{when.capitalize()}, nous ouvrons finalement{NBSP}: {_names(opened.about)}")
        + f"\n\nCe que vous aviez réservé {_then(opened.about.days)} l’est de nouveau. Si"
        " votre enfant ne vient pas, annulez-le dans vos réservations, ou signalez son absence."
    )
    words = Words(f"Ouvert finalement {when}", _with(body, more))
    sent = _write(session, families, words, by)
    return Told([len(families)], sent and sent[1])


def take_back(closing_id: int, by: Actor) -> None:
    """Have the message of a closing not leave; not when families have it, or it tells of more."""
    other = aliased(Closing)
    others = exists().where(
        other.message_id == Closing.message_id, other.id != Closing.id, other.undone_at.is_(None)
    )
    number = db.session().scalar(
        select(Closing.message_id)
        .join(Message, Message.id == Closing.message_id)
        .where(Closing.id == closing_id, Message.unsent, Message.withdrawn_at.is_(None), ~others)
    )
    if number is not None:
        # It may leave at this very moment.
        with suppress(Refusal):
            sending.cancel(number, by)
            withdrawing.withdraw(number, by)


def _was_read(session: Session, closing_id: int) -> bool:
    """Tell whether families have the message of a closing, or will."""
    written = select(Message.id).join(Closing, Closing.message_id == Message.id)
    there = or_(~Message.unsent, Message.withdrawn_at.is_(None))
    return session.scalar(written.where(Closing.id == closing_id, there)) is not None


def _about(session: Session, closing: Closing) -> About:
    """Tell what an act keeps closed."""
    rows = session.scalars(
        select(ServiceDay)
        .where(ServiceDay.closing_id == closing.id, ServiceDay.state == DayState.CLOSED)
        .order_by(ServiceDay.id)
        .execution_options(populate_existing=True)
    ).all()
    numbers = {each.service_id for each in rows}
    services = session.scalars(select(Service).where(Service.id.in_(numbers))).all()
    return About(
        tuple(sorted({each.day for each in rows})),
        tuple(each.name for each in closing_extent.bound(session, services)),
        tuple(sorted({each.school for each in rows} - {""})),
    )


def _names(about: About | Changed) -> str:
    names = ", ".join(about.services)
    return f"{names} ({together(about.schools)})" if about.schools else names


def _then(days: Sequence[date]) -> str:
    return "ce jour-là" if len(days) == 1 else "ces jours-là"


def _with(body: str, more: str) -> str:
    return f"{body}\n\n{more.strip()}" if more.strip() else body


def _write(
    session: Session, families: frozenset[int], words: Words, by: Actor
) -> tuple[int, datetime] | None:
    found = session.execute(
        select(Family.id, Family.number).where(Family.archived_at.is_(None)).order_by(Family.number)
    )
    numbers = tuple(dict.fromkeys(number for family, number in found if family in families))
    if not numbers:
        return None
    number = composing.compose(session, Letter(Target(TargetKind.NUMBERS, numbers), *words), by)
    return number, sending.leave(session, number, by)
