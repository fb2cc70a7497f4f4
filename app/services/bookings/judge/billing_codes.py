"""What a child's day is to the town's invoice: a code, by what was booked and what was seen.

The portal invoices nothing: the town's software reads these codes.
"""

from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from app.booking_kinds import BookingState
from app.services.bookings.judge.pricing import Rate

NOTHING = Decimal(0)


class Code(StrEnum):
    """One for each child, service and day; the words that files have are its values."""

    NORMAL = "NORMAL"
    LATE = "HORS_DELAI"
    UNBOOKED = "NON_RESERVE"
    LATE_PICKUP = "RETARD_DEPART"
    ABSENT_DUE = "ABSENCE_DUE"
    ABSENT_FREE = "ABSENCE_GRATUITE"
    CLOSED_FREE = "FERME"
    NONE = "RIEN"


FREE = frozenset({Code.ABSENT_FREE, Code.CLOSED_FREE, Code.NONE})


class Difference(StrEnum):
    """How what was seen is not what was booked."""

    UNBOOKED = "Venu sans réserver"
    AWAY = "Réservé, pas venu"
    CAME = "Absence signalée, venu"


class Seen(NamedTuple):
    """What was noted there: whether the child came, and left after the end."""

    came: bool
    left_late: bool = False


class Day(NamedTuple):
    """What is known of a child's day at a service."""

    # None where nothing ever was booked.
    state: BookingState | None
    is_late: bool = False
    # None where nobody noted anything: what was booked counts then.
    seen: Seen | None = None
    # Of an absence that the family declared: the how manyth in a row.
    nth_absence: int = 1
    # Whether the town hall accepted a paper that excuses it.
    is_excused: bool = False


def code(day: Day, due_absences: int | None) -> Code:
    """Find its code; so many declared absences in a row are due, None for all of them.

    One that is excused is not, whichever of them it is.
    """
    if day.state is BookingState.CLOSED:
        return Code.CLOSED_FREE
    if day.seen is None:
        return _as_told(day, due_absences)
    if day.seen.came:
        return _who_came(day, day.seen)
    if day.state is BookingState.BOOKED:
        return Code.ABSENT_DUE
    return _as_told(day, due_absences)


def difference(day: Day) -> Difference | None:
    """Tell how what was seen is not what was booked; None where nobody noted anything."""
    if day.seen is None or day.state is BookingState.CLOSED:
        return None
    if day.state is BookingState.BOOKED:
        return None if day.seen.came else Difference.AWAY
    if not day.seen.came:
        return None
    return Difference.CAME if day.state is BookingState.ABSENT else Difference.UNBOOKED


def amount(found: Code, rate: Rate, *, is_late: bool) -> Decimal:
    """Estimate what it costs; leaving late costs what the town's invoice says besides."""
    prices = {
        Code.NORMAL: rate.price.normal,
        Code.LATE: rate.price.late,
        Code.UNBOOKED: rate.for_unbooked,
        Code.LATE_PICKUP: rate.price.late if is_late else rate.price.normal,
        Code.ABSENT_DUE: rate.for_absent,
    }
    return prices.get(found, NOTHING)


def _as_told(day: Day, due_absences: int | None) -> Code:
    if day.state is BookingState.BOOKED:
        return Code.LATE if day.is_late else Code.NORMAL
    if day.state is BookingState.ABSENT:
        is_over = due_absences is not None and day.nth_absence > due_absences
        is_free = day.is_excused or is_over
        return Code.ABSENT_FREE if is_free else Code.ABSENT_DUE
    return Code.NONE


def _who_came(day: Day, seen: Seen) -> Code:
    if day.state not in {BookingState.BOOKED, BookingState.ABSENT}:
        return Code.UNBOOKED
    if seen.left_late:
        return Code.LATE_PICKUP
    return Code.LATE if day.is_late else Code.NORMAL
