"""One question to the judge, and the instants that it turns on."""

from collections.abc import Sequence
from datetime import date, datetime, tzinfo
from decimal import Decimal
from functools import lru_cache

from app.booking_kinds import BookingState, Late
from app.services.bookings.judge.agenda import Sort
from app.services.bookings.judge.limits import limit, limit_along, opening
from app.services.bookings.judge.rules import END_OF_DAY, DaysBefore, Never, Rule
from app.services.bookings.judge.verdicts import BOOKING, LATE, Act
from app.services.bookings.judge.worlds import Bookable, Cell, World

EVE = DaysBefore(1, END_OF_DAY)
# What was booked, and is still there to come back to.
KEPT = frozenset({BookingState.BOOKED, BookingState.ABSENT})
ALWAYS_OPEN = None, None
NOT_LATE: frozenset[Cell] = frozenset()


class Case:
    """What one wants to do to a cell, in a world, at an instant: asked once, then forgotten."""

    __slots__ = ("_closes", "act", "asked_at", "cell", "cells", "service", "state", "world")

    def __init__(self, act: Act, cell: Cell, world: World, asked_at: datetime) -> None:
        """Begin with what every check asks: a week has sixty cases."""
        self.act, self.cell, self.world, self.asked_at = act, cell, world, asked_at
        # All that the act is done to: the cell first, then what comes or goes with it.
        self.cells = world.to_book(cell) if act in BOOKING else world.to_cancel(cell)
        # The service that was asked for, and how it stands in the cell.
        self.service = world.services[cell.service]
        self.state = world.state(cell)
        self._closes: tuple[datetime, Cell] | None = None

    @property
    def today(self) -> date:
        """The day that it is in the town."""
        return _day(self.asked_at, self.service.agenda.zone)

    @property
    def first_to_close(self) -> Cell:
        """The cell whose limit is the limit of all: one is not done without the others."""
        return self._closing()[1]

    @property
    def limit(self) -> datetime:
        """The first instant at which it is too late."""
        return self._closing()[0]

    @property
    def last_to_open(self) -> tuple[datetime, Cell] | None:
        """The latest opening, and the cell that waits for it; None when all always were open."""
        opened = None
        for cell in self.cells:
            for instant in self._openings(cell):
                opened = max(opened or (instant, cell), (instant, cell))
        return opened

    @property
    def late_cells(self) -> frozenset[Cell]:
        """Those that are booked past their limit."""
        if self.act not in LATE:
            return NOT_LATE
        return frozenset(cell for cell in self.cells if self._is_late(cell))

    @property
    def price(self) -> Decimal | None:
        """What it costs, as far as the town says what each part of it does."""
        if not self.world.prices:
            return None
        prices = [self._price(cell) for cell in self.cells]
        known = [price for price in prices if price is not None]
        return sum(known, Decimal(0)) if len(known) == len(prices) else None

    def of(self, act: Act) -> "Case":
        """Ask the same of another act."""
        return Case(act, self.cell, self.world, self.asked_at)

    def service_of(self, cell: Cell) -> Bookable:
        """Return the service of one of the cells."""
        return self.world.services[cell.service]

    def sort(self, cell: Cell) -> Sort:
        """Tell what the day is for the service, and for this child's school."""
        found = self.service_of(cell).agenda.sort(cell.day)
        return Sort.CLOSED if found is Sort.SERVED and cell in self.world.closed else found

    def why_closed(self, cell: Cell) -> str:
        """Tell why a day is closed."""
        special = self.service_of(cell).agenda.specials.get(cell.day)
        is_for_all = special is not None and not special.is_open
        return special.reason if special and is_for_all else self.world.closed.get(cell, "")

    def keeps_place(self, cell: Cell) -> bool:
        """Tell whether a place is taken by this cell already, though nobody comes to it yet."""
        return self.world.state(cell) in {BookingState.ABSENT, BookingState.OFFERED}

    def _closing(self) -> tuple[datetime, Cell]:
        if self._closes is None:
            cell, *others = self.cells
            limit = self._limit(cell)
            for other in others:
                if (its_own := self._limit(other)) < limit:
                    cell, limit = other, its_own
            self._closes = limit, cell
        return self._closes

    def _openings(self, cell: Cell) -> Sequence[datetime]:
        service = self.world.services[cell.service]
        found = service.opens_at, opening(service.book, service.agenda)
        return () if found == ALWAYS_OPEN else [each for each in found if each is not None]

    def _limit(self, cell: Cell) -> datetime:
        service = self.service_of(cell)
        if self.act is Act.CANCEL:
            return self._by_rule(service.cancel, cell)
        if self.act is Act.DECLARE_ABSENCE:
            return self._by_rule(service.absence, cell)
        if self._is_late(cell) and service.late is Late.SURCHARGE:
            # The list of the day is closed when absences are told no more.
            rule = EVE if isinstance(service.absence, Never) else service.absence
            return self._by_rule(rule, cell)
        return self._booking_limit(cell)

    def _booking_limit(self, cell: Cell) -> datetime:
        service, held = self.service_of(cell), self.world.held.get(cell)
        if held is not None and held.state is BookingState.OFFERED and held.offer_until:
            return held.offer_until
        # Nobody else had the place: one may come after all for as long as one may say that not.
        is_absent = held is not None and held.state is BookingState.ABSENT
        return self._by_rule(service.absence if is_absent else service.book, cell)

    def _by_rule(self, rule: Rule, cell: Cell) -> datetime:
        until = limit if cell == self.cell else limit_along
        return until(rule, cell.day, self.service_of(cell).agenda)

    def _is_late(self, cell: Cell) -> bool:
        """Tell whether it is booked past its limit; a place that was offered is kept no longer."""
        return (
            self.act in LATE
            and not self.keeps_place(cell)
            and self.asked_at >= self._booking_limit(cell)
        )

    def _price(self, cell: Cell) -> Decimal | None:
        price = self.world.prices.get(cell)
        if price is None:
            return None
        return price.late if self._is_late(cell) or self._was_late(cell) else price.normal

    def _was_late(self, cell: Cell) -> bool:
        """Tell whether the place that it has was booked late: coming after all costs that."""
        held = self.world.held.get(cell)
        return held is not None and held.late and held.state in KEPT


# A page asks sixty times at the same instant.
@lru_cache(maxsize=8)
def _day(instant: datetime, zone: tzinfo) -> date:
    return instant.astimezone(zone).date()
