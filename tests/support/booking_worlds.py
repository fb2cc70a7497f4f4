"""A family of two children before a canteen run by an association, and its garderies."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from app.booking_kinds import (
    BookingOrigin,
    BookingState,
    Late,
    LinkKind,
    ServiceMode,
    Waiting,
)
from app.services.bookings.judge.agenda import Special
from app.services.bookings.judge.links import Link, Links
from app.services.bookings.judge.notation import parse
from app.services.bookings.judge.worlds import Bookable, Cell, Enrolled, Held, Price, Room, World
from tests.support.agendas import CANTEEN as TERM
from tests.support.agendas import CENTRE as HOLIDAYS
from tests.support.agendas import PARIS

ZOE, KARIM = 1, 2
CANTEEN, MIDDAY, EVENING, STUDY, CENTRE = 1, 2, 3, 4, 5
MONDAY = date(2026, 11, 30)
STRIKE = date(2026, 12, 1)
STRIKES = {STRIKE: Special(is_open=False, reason="grève du personnel")}


def bookable(name: str, book: str, cancel: str, absence: str, **more: Any) -> Bookable:
    rules = (parse(book), parse(cancel), parse(absence))
    return Bookable(name, more.pop("agenda", TERM), *rules, **more)


SERVICES = {
    CANTEEN: bookable(
        "Cantine", "S-1 jeudi 24:00", "J-1 12:00", "J-0 09:00",
        agenda=replace(TERM, specials=STRIKES), is_canteen=True, waiting=Waiting.AUTOMATIC,
        late=Late.SURCHARGE,
    ),
    MIDDAY: bookable("Pause méridienne", "J-1 18:00", "J-1 18:00", "J-0 09:00",
                     waiting=Waiting.AUTOMATIC, late=Late.SURCHARGE),
    EVENING: bookable("Garderie du soir", "J-1 18:00", "J-1 18:00", "jamais"),
    STUDY: bookable("Étude", "J-1 18:00", "jamais", "jamais", late=Late.REQUEST),
    CENTRE: bookable("Centre de loisirs", "du 21/08/2026 07:00 au 12/12/2026 24:00",
                     "P-15 francs", "J-0 09:00", agenda=HOLIDAYS),
}  # fmt: skip
LINKS = Links(
    (
        Link(CANTEEN, MIDDAY, LinkKind.BRINGS),
        Link(STUDY, EVENING, LinkKind.NEEDS),
        Link(CENTRE, EVENING, LinkKind.EXCLUDES),
    )
)
YEAR = (Enrolled(date(2026, 9, 1), date(2027, 7, 3)),)
WORLD = World(
    SERVICES,
    {ZOE: "Zoé", KARIM: "Karim"},
    {(child, service): YEAR for child in (ZOE, KARIM) for service in SERVICES},
    LINKS,
    prices={
        Cell(ZOE, service, date(2026, 9, 1) + timedelta(days=number)): price
        for service, price in (
            (CANTEEN, Price(Decimal("4.20"), Decimal("6.30"))),
            (MIDDAY, Price(Decimal(0), Decimal(0))),
        )
        for number in range(306)
    },
)  # fmt: skip


def of_zoe(service: int, day: date = MONDAY) -> Cell:
    return Cell(ZOE, service, day)


def with_service(number: int, **changes: Any) -> World:
    services = SERVICES | {number: replace(SERVICES[number], **changes)}
    return replace(WORLD, services=services)


def at(text: str) -> datetime:
    """The instant at which clocks of the town show this."""
    return datetime.fromisoformat(text).replace(tzinfo=PARIS).astimezone(UTC)


REQUEST = ServiceMode.REQUEST
ATTENDANCE_ONLY = ServiceMode.ATTENDANCE_ONLY


EARLY = "2026-11-20 10:00:00"
BOOKED, LINKED = Held(BookingState.BOOKED), Held(BookingState.BOOKED, BookingOrigin.LINKED)
WITH_MEAL = {of_zoe(CANTEEN): BOOKED, of_zoe(MIDDAY): LINKED}


def plain(words: str) -> str:
    return words.replace("\u00a0", " ").replace("\u202f", " ")


def holding(**states: Held) -> World:
    numbers = {"canteen": CANTEEN, "midday": MIDDAY, "evening": EVENING, "study": STUDY}
    return replace(WORLD, held={of_zoe(numbers[name]): held for name, held in states.items()})


def full(*services: int, waiting: int = 0) -> World:
    return replace(WORLD, rooms={of_zoe(each): Room(0, waiting) for each in services})
