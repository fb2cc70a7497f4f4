"""An absence to declare: the next days that a family has, and which of them may be missed.

What may still be cancelled is: the family says that the child does not come, and the judge which of
both costs it less.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, bindparam, select

from app import db
from app.booking_kinds import AbsenceReason, BookingState
from app.formats import NBSP, plural, today
from app.models import Service
from app.services.bookings import reading
from app.services.bookings.deciding import Decided
from app.services.bookings.judge.judging import judge
from app.services.bookings.judge.verdicts import Act
from app.services.bookings.judge.worlds import Cell
from app.services.bookings.reading import Known
from app.services.bookings.weeks import ChildDay, Day, Line
from app.services.bookings.wishes import Boxes, name_of

# Whoever is ill for longer comes back to the page.
AHEAD = timedelta(days=13)
# The days that nobody has to look for.
FIRST_DAYS = 2
SHOWN = frozenset({BookingState.BOOKED, BookingState.ABSENT})
NOT_BILLED = "Ce jour ne sera pas facturé."
IF_CLOSED = "Si la mairie a fermé ces jours, rien ne vous sera facturé."

_DUE: Select[*tuple[Any, ...]] = (
    select(Service.name, Service.due_absences, Service.proof_hours)
    .where(Service.id.in_(bindparam("services", expanding=True)))
    .order_by(Service.position, Service.id)
)


@dataclass(frozen=True, slots=True)
class Absences:
    """The page: the next days that the family has, in their order."""

    days: Sequence[Day]

    @property
    def first(self) -> Sequence[Day]:
        """List those that are looked for first."""
        return self.days[:FIRST_DAYS]

    @property
    def later(self) -> Sequence[Day]:
        """List the others."""
        return self.days[FIRST_DAYS:]

    @property
    def is_later(self) -> bool:
        """Tell whether any of the others is ticked."""
        lines = (line for day in self.later for each in day.children for line in each.lines)
        return any(line.ticked for line in lines)

    @property
    def has_boxes(self) -> bool:
        """Tell whether anything may be said."""
        return any(line.name for day in self.days for each in day.children for line in each.lines)


def span() -> tuple[date, date]:
    """Return the first and the last day that an absence is declared of."""
    return today(), today() + AHEAD


def page(family_id: int, typed: Boxes | None = None) -> Absences:
    """Draw the days that a family has, with what was ticked before where that was not sent yet."""
    return _Drawing(reading.known(family_id, *span()), datetime.now(UTC), typed).page()


def whether_billed(reason: AbsenceReason, decided: Sequence[Decided]) -> list[str]:
    """Say of what is declared whether it is billed, by the rule of each service."""
    services = sorted({each.wish.cell.service for each in decided})
    said: dict[str, list[str]] = {}
    for name, due, hours in db.rows(_DUE, services=services):
        said.setdefault(_billed(due, hours), []).append(name)
    found = [f"{', '.join(names)}{NBSP}: {words}" for words, names in said.items()]
    return [*found, IF_CLOSED] if found and reason is AbsenceReason.SCHOOL_CLOSED else found


def _billed(due: int | None, hours: int | None) -> str:
    within = f"reçu sous {plural(hours, 'heure')}" if hours else ""
    if due is None:
        unless = f", sauf avec un justificatif {within} et accepté" if hours else ""
        return f"ces jours restent facturés{unless}."
    if due == 0:
        return "ces jours ne seront pas facturés."
    first = "le premier jour" if due == 1 else f"les {due} premiers jours"
    verb = "est facturé" if due == 1 else "sont facturés"
    none = f" Aucun ne l’est avec un justificatif {within} et accepté." if hours else ""
    return f"{first} d’une absence {verb}, les suivants non.{none}"


@dataclass(frozen=True, slots=True)
class _Drawing:
    known: Known
    now: datetime
    typed: Boxes | None

    def page(self) -> Absences:
        days = [self._day(day) for day in reading.days_between(self.known.first, self.known.last)]
        return Absences([day for day in days if day.children])

    def _day(self, day: date) -> Day:
        children = [
            ChildDay(child, lines)
            for child in self.known.children.values()
            if (lines := [self._line(cell) for cell in self._roots(child.id, day)])
        ]
        return Day(day, children, "")

    def _roots(self, child: int, day: date) -> list[Cell]:
        """List what the child has that day, but what only comes along."""
        cells = [Cell(child, service, day) for service in self.known.town.services]
        return [
            cell
            for cell in cells
            if self.known.may_have_box(cell)
            and self.known.world.state(cell) in SHOWN
            and not (self.known.came_along(cell) and self._bringers(cell))
        ]

    def _bringers(self, cell: Cell) -> list[Cell]:
        found = sorted(self.known.world.links.bringing(cell.service))
        cells = [cell._replace(service=service) for service in found]
        return [each for each in cells if self.known.holds(each)]

    def _line(self, cell: Cell) -> Line:
        found, words = self.known.booked[cell], ""
        if found.state is BookingState.ABSENT:
            verdict = judge(Act.BOOK, cell, self.known.world, self.now)
        else:
            # What is booked by itself is missed by itself too, with what it would have come with.
            world = self.known.world.without(self._bringers(cell))
            verdict = judge(Act.CANCEL, cell, world, self.now)
            words = f" {NOT_BILLED}" if verdict.ok else ""
            if not verdict.ok:
                verdict = judge(Act.DECLARE_ABSENCE, cell, world, self.now)
        name = ""
        if verdict.ok and found.state is BookingState.BOOKED:
            name = name_of(self.known, cell)
        return Line(
            service=self._service(cell),
            name=name,
            place=name,
            version=self.typed.seen.get(name, found.version) if self.typed else found.version,
            ticked=bool(self.typed and name in self.typed.ticked),
            words=f"{verdict.sentence}{words}",
            state=None if name else found.state,
        )

    def _service(self, cell: Cell) -> str:
        """Write Cantine, avec Garderie de midi."""
        names = [
            self.known.town.services[each.service].name
            for each in self.known.along(cell)
            if self.known.holds(each) and self.known.came_along(each)
        ]
        name = self.known.town.services[cell.service].name
        return f"{name}, avec {', '.join(names)}" if names else name
