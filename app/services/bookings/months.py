"""A month of a family, to read and to print: a line for each day, a word for each child.

Nothing is judged: what stands there is what is booked. A month has more cells than a week has
boxes, and a page of them all would cost ten times as much.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal

from app import formats
from app.booking_kinds import BookingState
from app.calendar import ONE_DAY, ONE_WEEK
from app.calendar.months import SOME_WEEKS, both_ends, name_of, parse
from app.formats import NBSP, today
from app.services.bookings import estimates, reading
from app.services.bookings.judge import spoken
from app.services.bookings.judge.agenda import BY_CALENDAR, Agenda, Sort
from app.services.bookings.judge.limits import limit_of_all
from app.services.bookings.judge.naming import capital
from app.services.bookings.judge.sentences import not_there
from app.services.bookings.judge.worlds import Cell, Held
from app.services.bookings.reading import Known, OfChild
from app.services.bookings.standing import GIVEN_BACK
from app.services.bookings.weeks import (
    FARTHEST_AHEAD,
    FARTHEST_BACK,
    SATURDAY,
    name_of_week,
    title,
)
from app.services.bookings.words import BOOKED_LATE, IN_BRACKETS

# Days of which a month says why nobody comes.
NAMED = {Sort.CLOSED, *BY_CALENDAR}
ELSEWHERE, LEFT = "Autre foyer", "Laissé à l’autre foyer"


@dataclass(frozen=True, slots=True)
class MonthDay:
    """A day: what each child has, in their order; or why nobody has anything."""

    day: date
    cells: Sequence[str]
    words: str = ""
    # Of several days in a row of which the same is said, the last one.
    last: date | None = None

    @property
    def title(self) -> str:
        """Write Lundi 30, Du lundi 21 au jeudi 24."""
        if self.last is None:
            return capital(_short(self.day))
        return f"Du {_short(self.day)} au {_short(self.last)}"


@dataclass(frozen=True, slots=True)
class MonthWeek:
    """The days of a week that are of the month, and until when to book them."""

    monday: date
    until: str
    days: Sequence[MonthDay]

    @property
    def name(self) -> str:
        """Return what addresses call it."""
        return name_of_week(self.monday)

    @property
    def title(self) -> str:
        """Write Semaine du 30 novembre 2026."""
        return title(self.monday)


@dataclass(frozen=True, slots=True)
class Month:
    """The page of a month."""

    first: date
    children: Sequence[OfChild]
    weeks: Sequence[MonthWeek]
    # Of what is booked; None where the town did not say all prices.
    estimate: Decimal | None = None

    @property
    def title(self) -> str:
        """Write Décembre 2026."""
        return capital(formats.month(self.first))

    @property
    def columns(self) -> tuple[tuple[str, str], ...]:
        """Name those of its table."""
        return (("Jour", ""), *((child.first_name, "") for child in self.children))

    @property
    def before(self) -> str:
        """Name the month before; empty when nobody looks back so far."""
        return _name(self.first - ONE_DAY)

    @property
    def after(self) -> str:
        """Name the month after; empty when nobody books so far ahead."""
        return _name(self.first + SOME_WEEKS)


def first_of(name: str) -> date | None:
    """Read 2026-12; None for what is no month, or too far away to be spoken of."""
    month = parse(name)
    return _near(month) if month else None


def read(family_id: int, first: date) -> Month:
    """Read a month as it stands."""
    known = reading.known(family_id, *both_ends(first), is_judged=False)
    enrolled = {child for child, _ in known.world.enrolments}
    booked = {cell.child for cell in known.world.held}
    children = [each for each in known.children.values() if each.id in enrolled | booked]
    found = _Reading(known, children, datetime.now(UTC), _stands(known)).month()
    return replace(found, estimate=estimates.of_month(known))


@dataclass(frozen=True, slots=True)
class _Reading:
    known: Known
    children: Sequence[OfChild]
    now: datetime
    # By child and day, the services that it has, by their place among all and with what is said of
    # each in brackets; and what was written of some.
    stands: Mapping[tuple[int, date], list[tuple[int, str]]]
    said: dict[tuple[tuple[int, str], ...], str] = field(default_factory=dict)

    def month(self) -> Month:
        weeks: dict[date, list[MonthDay]] = {}
        for day in reading.days_between(self.known.first, self.known.last):
            told = self._day(day)
            week = weeks.setdefault(day - day.weekday() * ONE_DAY, [])
            if told.words and week and week[-1].words == told.words:
                week[-1] = replace(week[-1], last=day)
            elif told.words or any(told.cells):
                week.append(told)
        return Month(
            self.known.first,
            self.children,
            [
                MonthWeek(monday, self._until(monday), days)
                for monday, days in weeks.items()
                if days
            ],
        )

    def _day(self, day: date) -> MonthDay:
        cells = [self._cell(child, day) for child in self.children]
        return MonthDay(day, cells, "" if any(cells) else self._why_nothing(day))

    def _cell(self, child: OfChild, day: date) -> str:
        """Write Cantine, Garderie de midi ; Étude (liste d’attente)."""
        stands = self.stands.get((child.id, day))
        if stands:
            return self._said(tuple(sorted(stands)))
        cells = [Cell(child.id, service, day) for service in self.known.town.services]
        is_offered = any(map(self._is_offered, cells))
        is_elsewhere = not self.known.world.booked_elsewhere.isdisjoint(cells)
        # Of a day without any service there is nothing to say, whoever has the child.
        if is_elsewhere or (is_offered and (child.id, day) in self.known.world.days_elsewhere):
            return LEFT if (child.id, day) in self.known.world.days_left else ELSEWHERE
        return "–" if is_offered else ""

    def _said(self, stands: tuple[tuple[int, str], ...]) -> str:
        """Write what most days have once for all of them."""
        said = self.said.get(stands)
        if said is None:
            told: dict[str, list[str]] = {}
            names = [each.name for each in self.known.town.services.values()]
            for place, brackets in stands:
                told.setdefault(brackets, []).append(names[place])
            said = self.said[stands] = f"{NBSP}; ".join(
                ", ".join(names) + brackets for brackets, names in told.items()
            )
        return said

    def _is_offered(self, cell: Cell) -> bool:
        found = self.known.world.enrolments.get((cell.child, cell.service), ())
        is_served = self._agenda(cell.service).is_served(cell.day)
        return is_served and any(each.covers(cell.day) for each in found)

    def _why_nothing(self, day: date) -> str:
        """Name holidays, a public holiday, a day that the town closed."""
        if day.weekday() >= SATURDAY:
            return ""
        for service in self._services():
            if self._agenda(service).sort(day) in NAMED:
                return not_there(self.known.world.services[service], day)
        return ""

    def _until(self, monday: date) -> str:
        """Write the first limit of the week that is not over: jeudi 26 novembre à minuit."""
        found = []
        for service in self._services():
            services, along = self.known.world.services, self.known.world.links.brought_by(service)
            agenda = services[service].agenda
            week = (monday + number * ONE_DAY for number in range(ONE_WEEK.days))
            served = next((day for day in week if agenda.is_served(day)), None)
            if served is not None:
                rules = [(services[each].book, services[each].agenda) for each in (service, *along)]
                found.append((limit_of_all(rules, served), agenda))
        ahead = [(instant, agenda.zone) for instant, agenda in found if instant > self.now]
        return spoken.limit(*min(ahead, key=lambda each: each[0])) if ahead else ""

    def _services(self) -> list[int]:
        enrolled = {service for _, service in self.known.world.enrolments}
        return [service for service in self.known.town.services if service in enrolled]

    def _agenda(self, service: int) -> Agenda:
        return self.known.world.services[service].agenda


def _stands(known: Known) -> dict[tuple[int, date], list[tuple[int, str]]]:
    places = {service: place for place, service in enumerate(known.town.services)}
    found: dict[tuple[int, date], list[tuple[int, str]]] = defaultdict(list)
    for (child, service, day), held in known.world.held.items():
        if held.state not in GIVEN_BACK and service in places:
            found[child, day].append((places[service], _in_brackets(held)))
    return found


def _in_brackets(held: Held) -> str:
    is_late = held.late and held.state is BookingState.BOOKED
    return BOOKED_LATE if is_late else IN_BRACKETS.get(held.state, "")


def _short(day: date) -> str:
    """Write lundi 30, mardi 1er, under the name of its month."""
    return formats.day_and_month(day).rpartition(NBSP)[0]


def _name(day: date) -> str:
    return name_of(day) if _near(day) else ""


def _near(day: date) -> date | None:
    first = day.replace(day=1)
    start = today().replace(day=1)
    return first if -FARTHEST_BACK <= first - start <= FARTHEST_AHEAD else None
