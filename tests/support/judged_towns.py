"""A town as a family finds it at an instant, and what the judge says of its days there."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NamedTuple

from flask import Flask
from sqlalchemy import select

from app import db
from app.formats import town_zone
from app.models import Booking, BookingRefusal, BookingState, LinkKind
from app.services.bookings import reading
from app.services.bookings.judge.judging import judge
from app.services.bookings.judge.links import Links
from app.services.bookings.judge.verdicts import Act, Obstacle, RemedyKind, Verdict
from app.services.bookings.judge.worlds import Cell, Enrolled, World
from app.services.bookings.reading import Known
from app.services.bookings.wishes import name_of
from tests.support.booking_doors import Parent, Where
from tests.support.people import People


def booked_by(verdict: Verdict) -> BookingState | None:
    """What becomes of a day that is asked for."""
    if verdict.ok:
        return BookingState.BOOKED
    waits = verdict.remedy is not None and verdict.remedy.kind is RemedyKind.WAIT
    return BookingState.WAITING if waits else None


class Judged(NamedTuple):
    """What the judge says of a box that somebody ticks, or unticks."""

    box: str
    # Ticked by now: to be unticked.
    is_live: bool
    # It goes with another one, or it is answered on a page of its own.
    is_apart: bool
    # What the page says, and what a sending is judged by: past the limit too.
    verdict: Verdict
    sent: Verdict

    @property
    def outcome(self) -> BookingState | None:
        """What becomes of it; None when it is refused."""
        if self.is_live:
            return BookingState.CANCELLED if self.verdict.ok else None
        return booked_by(self.sent)


@dataclass(frozen=True)
class Example:
    """A town, as the family GARNIER finds it at an instant."""

    app: Flask
    people: People
    known: Known
    now: datetime
    parent: Parent

    def where(self, cell: Cell) -> Where:
        """Name a day as pages do."""
        child, service = self.known.children[cell.child], self.known.town.services[cell.service]
        return child.first_name, str(cell.day), service.name

    @property
    def today(self) -> date:
        """The day that it is in the town."""
        return self.now.astimezone(town_zone()).date()

    def judged(self, cell: Cell) -> Judged:
        """Ask the judge."""
        is_live, is_offered = self.known.is_live(cell), self.known.world.is_offered(cell)
        act = Act.CANCEL if is_live and not is_offered else Act.BOOK
        verdict = judge(act, cell, self.known.world, self.now)
        late = judge(Act.BOOK_LATE, cell, self.known.world, self.now)
        is_along = is_live and bool(self.known.bringers(cell))
        return Judged(
            f"{name_of(self.known, cell)}:{self.known.version(cell)}",
            act is Act.CANCEL,
            is_along or is_offered,
            verdict,
            late if act is Act.BOOK else verdict,
        )

    def missed(self, cell: Cell) -> BookingState | None:
        """What becomes of a day on which a child does not come: given back while it may be."""
        bringers = [each for each in self.known.bringers(cell) if self.known.holds(each)]
        if self.known.came_along(cell) and bringers:
            return None
        world = self.known.world.without(bringers)
        for act, state in (
            (Act.CANCEL, BookingState.CANCELLED), (Act.DECLARE_ABSENCE, BookingState.ABSENT),
        ):  # fmt: skip
            if judge(act, cell, world, self.now).ok:
                return state
        return None

    def alone(self, cell: Cell) -> World:
        """The town, to a family that has nothing and may come to this service."""
        said = self.known.town.links.said
        return replace(
            self.known.world,
            links=Links(tuple(each for each in said if each.kind is LinkKind.BRINGS)),
            held={}, rooms={}, closed={}, days_elsewhere=frozenset(), booked_elsewhere=frozenset(),
            enrolments={(cell.child, cell.service): (Enrolled(date.min),)}, invoiced_until=None,
        )  # fmt: skip

    def limits(self, child: int, service: int) -> list[datetime] | None:
        """List those of a service in the week that are to come; None where it is not open yet."""
        days = reading.days_between(self.known.first, self.known.last)
        cells = [Cell(child, service, day) for day in days]
        verdicts = [judge(Act.BOOK, cell, self.alone(cell), self.now) for cell in cells]
        if any(each.obstacle is Obstacle.TOO_EARLY for each in verdicts):
            return None
        return [each.limit for each in verdicts if each.ok and each.limit]

    def cells(self) -> list[Cell]:
        """List those of the week that may have a box, and those that the family chose."""
        days = reading.days_between(self.known.first, self.known.last)
        boxes = {
            Cell(child, service, day)
            for child, service in self.known.world.enrolments
            for day in days
        }
        return sorted(boxes | set(self.known.chosen()))


def check_saved(
    example: Example, cell: Cell, outcome: BookingState | None, sentence: str | None
) -> None:
    """Check that it is so in the database, and why not where it is not."""
    with example.app.app_context():
        session = db.session()
        found = session.scalars(
            select(Booking.state).where(
                Booking.child_id == cell.child,
                Booking.service_id == cell.service,
                Booking.day == cell.day,
            )
        ).one_or_none()
        refused = session.scalars(select(BookingRefusal.sentence).order_by(BookingRefusal.id)).all()
    before = example.known.booked.get(cell)
    assert found is (outcome or (before.state if before else None))
    if outcome is None and sentence is not None:
        assert refused[-1] == sentence
