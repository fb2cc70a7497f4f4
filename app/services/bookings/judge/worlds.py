"""What a verdict depends on, as values: whoever judges gathers it once for all the cells of a page.

`World` is of one family; what other families do is in it as places left, and the other home of a
child as days that are not this one's.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from app.booking_kinds import BookingOrigin, BookingState, Late, ServiceMode, Waiting
from app.services.bookings.judge.agenda import Agenda
from app.services.bookings.judge.links import Links
from app.services.bookings.judge.rules import Rule

COMING = frozenset({BookingState.BOOKED, BookingState.OFFERED})
# Those that may still come to be.
LIVE = COMING | {BookingState.WAITING}


class Cell(NamedTuple):
    """A child's day at a service: a box of the week."""

    child: int
    service: int
    day: date


@dataclass(frozen=True, slots=True)
class Bookable:
    """A service, as far as verdicts ask."""

    name: str
    agenda: Agenda
    book: Rule
    cancel: Rule
    absence: Rule
    # Its meals are ordered.
    is_canteen: bool = False
    mode: ServiceMode = ServiceMode.DAYS
    late: Late = Late.REFUSE
    waiting: Waiting = Waiting.NONE
    # From when on one may book, whatever the day.
    opens_at: datetime | None = None


class Enrolled(NamedTuple):
    """From when to when a child may come, both ends included; without a last day it goes on."""

    first: date
    last: date | None = None

    def covers(self, day: date) -> bool:
        """Tell whether the child may come on a day."""
        return self.first <= day and (self.last is None or day <= self.last)


class Held(NamedTuple):
    """What stands in a cell."""

    state: BookingState
    origin: BookingOrigin = BookingOrigin.PARENT
    offer_until: datetime | None = None
    # Booked past the limit, at the price of that.
    late: bool = False


class Room(NamedTuple):
    """How many places are left, and how many families wait for one."""

    left: int
    waiting: int = 0


class Price(NamedTuple):
    """What a day costs this family, and what it costs past the limit."""

    normal: Decimal
    late: Decimal


@dataclass(frozen=True, slots=True)
class World:
    """What one family may book, as it stands; `added` and `removed` are done by the same act."""

    services: Mapping[int, Bookable]
    children: Mapping[int, str]
    enrolments: Mapping[tuple[int, int], tuple[Enrolled, ...]]
    links: Links = field(default_factory=Links)
    held: Mapping[Cell, Held] = field(default_factory=dict)
    # Why, where a day is closed for the children of one school and not for all.
    closed: Mapping[Cell, str] = field(default_factory=dict)
    # Only of what has a capacity.
    rooms: Mapping[Cell, Room] = field(default_factory=dict)
    # Of what has a tariff.
    prices: Mapping[Cell, Price] = field(default_factory=dict)
    # The other home of a child: its days of custody, and what it booked.
    days_elsewhere: frozenset[tuple[int, date]] = frozenset()
    # Of those, the ones of this home's weeks: it left them to the other.
    days_left: frozenset[tuple[int, date]] = frozenset()
    booked_elsewhere: frozenset[Cell] = frozenset()
    # Until when all is invoiced, and by which invoice a month was (by its first day).
    invoiced_until: date | None = None
    invoices: Mapping[date, str] = field(default_factory=dict)
    added: frozenset[Cell] = frozenset()
    removed: frozenset[Cell] = frozenset()

    def without(self, cells: Collection[Cell]) -> "World":
        """Return the world in which these are given up by the same act."""
        return replace(self, removed=frozenset(cells)) if cells else self

    def state(self, cell: Cell) -> BookingState | None:
        """Tell how it stands in a cell."""
        held = self.held.get(cell)
        return held.state if held else None

    def is_offered(self, cell: Cell) -> bool:
        """Tell whether a place is kept for this family until it answers."""
        return self.state(cell) is BookingState.OFFERED

    def is_coming(self, cell: Cell) -> bool:
        """Tell whether the child has, or gets by this act, a place that nobody gives back."""
        if cell in self.removed:
            return False
        return cell in self.added or self.state(cell) in COMING

    def to_book(self, cell: Cell) -> list[Cell]:
        """List what booking a cell books: itself, and what it brings that is not there for sure."""
        brought = self.links.brought_by(cell.service)
        if not brought:
            return [cell]
        others = [cell._replace(service=service) for service in sorted(brought)]
        return [cell, *(each for each in others if not self._is_sure(each))]

    def to_cancel(self, cell: Cell) -> list[Cell]:
        """List what cancelling a cell cancels: itself, and what came with it alone."""
        going = [cell]
        services = self.links.brought_by(cell.service)
        if not services:
            return going
        brought = [cell._replace(service=service) for service in sorted(services)]
        while more := [each for each in brought if each not in going and self._goes(each, going)]:
            going += more
        return going

    def brings(self, cell: Cell) -> list[Cell]:
        """List what is booked and comes with this cell."""
        others = self.links.bringing(cell.service)
        if not others:
            return []
        cells = [cell._replace(service=service) for service in sorted(others)]
        return [each for each in cells if self.is_coming(each)]

    def _goes(self, cell: Cell, going: list[Cell]) -> bool:
        """Tell whether others brought it, all of which go: it may wait for a place, as they do."""
        held = self.held.get(cell)
        if held is None or held.origin is not BookingOrigin.LINKED or not self._is_live(cell):
            return False
        others = (cell._replace(service=each) for each in self.links.bringing(cell.service))
        return not any(self._is_live(each) for each in others if each not in going)

    def _is_sure(self, cell: Cell) -> bool:
        """Tell whether it comes: a place that is offered may go to somebody else."""
        return self.is_coming(cell) and (cell in self.added or not self.is_offered(cell))

    def _is_live(self, cell: Cell) -> bool:
        return self.is_coming(cell) or (cell not in self.removed and self.state(cell) in LIVE)
