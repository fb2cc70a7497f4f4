"""What a week leads to where something is not possible: the town's message, a question, a box."""

from collections.abc import Sequence
from datetime import date, datetime

from app import formats
from app.booking_kinds import BookingState, ServiceKind
from app.calendar.months import both_ends, name_of, parse
from app.formats import NBSP
from app.services.bookings.catalogue import Catalogue
from app.services.bookings.judge import spoken
from app.services.bookings.judge.judging import judge
from app.services.bookings.judge.limits import opening
from app.services.bookings.judge.naming import capital, the, to_the
from app.services.bookings.judge.verdicts import Act, Obstacle, Remedy, RemedyKind, Verdict
from app.services.bookings.judge.worlds import Cell
from app.services.bookings.reading import Known
from app.services.bookings.weeks import Invoiced, Opening, ToEnrol

# Waiting is ticked. The first two are beside their day, writing to the town hall below the week.
LED_TO = frozenset({RemedyKind.DECLARE_ABSENCE, RemedyKind.REQUEST_PLACE, RemedyKind.WRITE})
# What there is nothing to do about is said of what one has, not of what one has not.
UNSAID = frozenset({Obstacle.PAST, Obstacle.NOT_BY_DAYS, Obstacle.NOT_ENROLLED})
# By which request of a family.
ASKED_BY = {ServiceKind.CANTEEN: "cantine", ServiceKind.GARDERIE: "garderie"}
NO_LONGER = f"est facturé{NBSP}: ce qui y est réservé ne change plus."


def is_unsaid(verdict: Verdict, day: date, today: date) -> bool:
    """Tell whether a service that nobody has that day is worth no line."""
    if verdict.obstacle is Obstacle.INVOICED:
        return day < today
    return verdict.obstacle in UNSAID or not verdict.is_drawn


def is_state_said(state: BookingState | None, verdict: Verdict) -> bool:
    """Tell whether what a family has is said: what was closed has its sentence, or a box."""
    if state is BookingState.CLOSED:
        return not verdict.ok and verdict.obstacle is not Obstacle.CLOSED
    return state is not None and state is not BookingState.CANCELLED


def led_to(verdict: Verdict) -> Remedy | None:
    """Return what to do instead, where the page leads there."""
    return verdict.remedy if verdict.remedy and verdict.remedy.kind in LED_TO else None


def still_open(cell: Cell, verdict: Verdict, known: Known, now: datetime) -> str:
    """Say which of the services that come along may be booked though this one is closed."""
    if verdict.obstacle is not Obstacle.CLOSED:
        return ""
    others = (
        cell._replace(service=other)
        for other in sorted(known.world.links.brought_by(cell.service))
        if (cell.child, other) in known.world.enrolments
    )
    names = [
        the(known.town.services[each.service].name)
        for each in others
        if not known.is_live(each) and judge(Act.BOOK, each, known.world, now).ok
    ]
    if not names:
        return ""
    without = "Sans repas, vous" if known.world.services[cell.service].is_canteen else "Vous"
    return formats.ended(f"{without} pouvez encore réserver {formats.together(names)}")


def invoiced(known: Known, days: Sequence[date]) -> list[Invoiced]:
    """List the months of these days that the town invoiced."""
    until = known.world.invoiced_until
    if until is None:
        return []
    firsts = dict.fromkeys(both_ends(day)[0] for day in days if day <= until)
    return [
        Invoiced(name_of(first), f"{capital(formats.month(first))} {NO_LONGER}") for first in firsts
    ]


def to_enrol(known: Known) -> list[ToEnrol]:
    """List what a child is enrolled at nowhere: the first service of each kind of request."""
    found: dict[tuple[int, str], ToEnrol] = {}
    enrolled = known.world.enrolments
    services = [each for each in known.town.services.values() if each.kind in ASKED_BY]
    for child in known.children.values():
        has = {ASKED_BY[each.kind] for each in services if (child.id, each.id) in enrolled}
        for service in services:
            kind = ASKED_BY[service.kind]
            if kind not in has:
                words = f"{child.first_name} {to_the(service.name)}"
                found.setdefault((child.id, kind), ToEnrol(child, kind, words))
    return list(found.values())


def to_open(known: Known, now: datetime) -> list[Opening]:
    """List the services of the family's children that nobody may book yet."""
    found = []
    enrolled = {service for _, service in known.world.enrolments}
    for number, service in known.town.services.items():
        opens_at = opens(known.town, number) if number in enrolled else None
        if opens_at and opens_at > now:
            words = spoken.opening(opens_at, known.world.services[number].agenda.zone)
            found.append(Opening(number, service.slug, service.name, opens_at, words))
    return found


def opens(town: Catalogue, number: int) -> datetime | None:
    """Return the instant before which it is too early for any day; None where there is none.

    It opens with what it brings: one is not booked without the other.
    """
    services = [town.bookable[each] for each in (number, *town.links.brought_by(number))]
    instants = [
        instant
        for each in services
        for instant in (each.opens_at, opening(each.book, each.agenda))
        if instant
    ]
    return max(instants, default=None)


def question(month: str) -> str:
    """Begin a question about the bookings of a month; nothing for what is no month."""
    first = parse(month)
    return f"Réservations de {formats.month(first)}{NBSP}: " if first else ""
