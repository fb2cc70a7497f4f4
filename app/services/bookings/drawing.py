"""A week is drawn for a family: what the judge says of each box, said once where it is the same."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from app import formats
from app.booking_kinds import BookingState, Late
from app.calendar import ONE_DAY, ONE_WEEK
from app.services.bookings import instead, prices, reading, typical
from app.services.bookings.judge.agenda import BY_CALENDAR
from app.services.bookings.judge.judging import is_no_day, judge
from app.services.bookings.judge.naming import the
from app.services.bookings.judge.verdicts import Act, Obstacle, RemedyKind, Verdict
from app.services.bookings.judge.worlds import Cell
from app.services.bookings.reading import Known, OfChild
from app.services.bookings.same_days import SameDays
from app.services.bookings.week_limits import Limits, told_once
from app.services.bookings.weeks import (
    SATURDAY,
    ChildDay,
    Day,
    Line,
    Opening,
    Told,
    Week,
    both_ends,
    this_monday,
)
from app.services.bookings.wishes import Boxes, written

# Where the first week that is open is looked for.
LOOKED_AHEAD = 10
# The one before, the one shown and the one after.
WEEKS_AROUND = 3
COPIED = "Les jours de la semaine précédente sont cochés. Rien n’est encore enregistré."
ALIKE = "Les mêmes jours sont cochés pour tous. Rien n’est encore enregistré."
BY_HABIT = "Les jours de la semaine type sont cochés. Rien n’est encore enregistré."
NOT_LATE = "Un jour hors délai ne se coche que par vous."
FROM_WORDS = Told._fields.index("words")
NOT_YET = "Pas encore ouvert."
TICK_TO_WAIT = "Cochez pour attendre une place."


def week(family_id: int, monday: date, typed: Boxes | None = None) -> Week:
    """Draw a week as it stands, with what was ticked before where that was not saved yet."""
    known = _known(family_id, *both_ends(monday))
    return Drawing(known, monday, datetime.now(UTC), typed).week()


def copied(family_id: int, monday: date) -> Week:
    """Draw a week with the days of the week before ticked too; nothing is saved yet."""
    known = _known(family_id, monday - ONE_WEEK, both_ends(monday)[1])
    wanted = frozenset(
        cell._replace(day=cell.day + ONE_WEEK) for cell in known.chosen() if cell.day < monday
    )
    return Drawing(known, monday, datetime.now(UTC), None, wanted).week(COPIED)


def alike(family_id: int, monday: date, public_id: str) -> Week:
    """Draw a week with what one child has ticked for all of them; nothing is saved yet."""
    known = _known(family_id, *both_ends(monday))
    wanted = frozenset(
        cell._replace(child=child)
        for cell in known.chosen()
        if known.children[cell.child].public_id == public_id
        for child in known.children
    )
    return Drawing(known, monday, datetime.now(UTC), None, wanted).week(ALIKE)


def by_habit(family_id: int, monday: date) -> Week:
    """Draw a week with what the family's typical weeks have ticked too; nothing is saved yet."""
    known = _known(family_id, *both_ends(monday))
    wanted = frozenset(typical.cells(known, *both_ends(monday)))
    return Drawing(known, monday, datetime.now(UTC), None, wanted).week(BY_HABIT)


def first_open(family_id: int) -> Week:
    """Draw the first week that something may still be booked of; this one when there is none."""
    now, monday = datetime.now(UTC), this_monday()
    last = monday + LOOKED_AHEAD * ONE_WEEK - ONE_DAY
    known = _known(family_id, monday, last)
    for day in reading.days_between(monday, last):
        cells = (Cell(child, service, day) for child, service in known.world.enrolments)
        if any(judge(Act.BOOK, cell, known.world, now).ok for cell in cells):
            monday = day - day.weekday() * ONE_DAY
            break
    return Drawing(known, monday, now, None).week()


@dataclass(slots=True)
class Drawing:
    known: Known
    monday: date
    now: datetime
    typed: Boxes | None
    # What is ticked for the family, beside what it has.
    wanted: frozenset[Cell] = frozenset()
    days: list[date] = field(init=False)
    today: date = field(init=False)
    limits: Limits = field(init=False)
    # The services that nobody may book yet, told above the week.
    openings: dict[int, Opening] = field(init=False)
    _same_days: SameDays = field(init=False)
    _told: dict[Hashable, list[Told]] = field(init=False)

    def __post_init__(self) -> None:
        self.days = reading.days_between(*both_ends(self.monday))
        self.today = formats.day_of(self.now)
        self.limits = Limits(self.known, self.days, self.now)
        self.openings = {each.service_id: each for each in instead.to_open(self.known, self.now)}
        self._same_days, self._told = SameDays(self.known), {}

    def week(self, notice: str = "") -> Week:
        """Draw it: the days of which there is something to say."""
        days = [self.day(day) for day in self.days]
        told = [day for day in days if day.children or day.words]
        if any(day.children for day in told):
            return Week(
                self.monday,
                told,
                self.limits.told(),
                notice=f"{notice} {NOT_LATE}" if notice and _has_late(told) else notice,
                models=self._models(),
                warnings=self._warnings(),
                to_enrol=instead.to_enrol(self.known),
                openings=list(self.openings.values()),
                invoiced=instead.invoiced(self.known, self.days),
                shared=[each for each in self.known.children.values() if each.turns],
                has_typical=self.known.has_typical,
            )
        words = told[0].words if told else ""
        return Week(self.monday, words=words, to_enrol=instead.to_enrol(self.known))

    def _warnings(self) -> list[str]:
        """Tell of a week 53 beside the one shown, each sentence once."""
        turns = [child.turns for child in self.known.children.values() if child.turns]
        found = (each.warning(self.monday - ONE_WEEK, WEEKS_AROUND) for each in turns)
        return list(dict.fromkeys(words for words in found if words))

    def day(self, day: date) -> Day:
        """Draw a day: the children who may have something on it."""
        children = [
            ChildDay(child, lines)
            for child in self.known.children.values()
            if (lines := self._lines(child, day))
        ]
        return Day(day, children, told_once(children) if children else self._why_nothing(day))

    def _lines(self, child: OfChild, day: date) -> list[Line]:
        """Draw what there is to say of a child's day, which is judged once for all who have it."""
        same = self._same_days.of(child.id, day)
        told = self._told.get(same)
        if told is None:
            told = self._told[same] = self._all_told(child, day)
        when = day.isoformat()
        return [self._own(child, each, day, when) for each in told]

    def _all_told(self, child: OfChild, day: date) -> list[Told]:
        """Tell of all services; in one line when the other home has the day."""
        cells = [
            Cell(child.id, service, day)
            for service in self.known.town.services
            if (child.id, service) in self.known.world.enrolments
        ]
        told = [each for each in map(self._tell, cells) if each is not None]
        if (child.id, day) not in self.known.world.days_elsewhere:
            return told
        ours = [each for each in told if each.state]
        return ours or [each._replace(name="") for each in told[:1]]

    def _own(self, child: OfChild, told: Told, day: date, when: str) -> Line:
        """Give a child the line of all who have the same: its box, its version, its tick."""
        cell = Cell(child.id, told.service, day)
        place = written(child.public_id, told.slug, when)
        name = place if told.has_box else ""
        version, ticked = self.known.version(cell), told.is_live
        if self.typed and name in self.typed.seen:
            # What changed since it was ticked is told.
            version, ticked = self.typed.seen[name], name in self.typed.ticked
        elif not ticked and cell in self.wanted:
            # What costs more is ticked by nobody else.
            ticked = not told.is_late
        return Line._make((told.name, name, place, version, ticked, *told[FROM_WORDS:]))

    def _tell(self, cell: Cell) -> Told | None:
        """Tell of a service; None where there is nothing to say of it."""
        is_live = self.known.is_live(cell)
        if not is_live and is_no_day(cell, self.known.world):
            return None
        is_offered = self.known.world.is_offered(cell)
        act = Act.CANCEL if is_live and not is_offered else Act.BOOK
        verdict = judge(act, cell, self.known.world, self.now)
        if not is_live and instead.is_unsaid(verdict, cell.day, self.today):
            return None
        found = self.known.booked.get(cell)
        ours = found.state if found and found.family_id == self.known.family_id else None
        bringers = self.known.bringers(cell) if is_live else []
        late = self._late(cell, verdict)
        service = self.known.town.services[cell.service]
        return Told(
            cell.service,
            service.slug,
            service.name,
            # A place that is offered is answered where nothing else is ticked.
            has_box=not bringers
            and not is_offered
            and bool(verdict.ok or late or _may_wait(verdict)),
            is_live=is_live,
            words=late or self._words(cell, verdict, bringers),
            state=ours if instead.is_state_said(ours, verdict) else None,
            rank=found.rank if found and is_live else 0,
            remedy=instead.led_to(verdict),
            message=found.message if found and ours else None,
            is_late=bool(late),
            was_late=bool(found and found.late and ours is BookingState.BOOKED),
            near=self.limits.near(cell, verdict),
        )

    def _late(self, cell: Cell, verdict: Verdict) -> str:
        """Say what it costs past the limit and until when; nothing where it cannot be booked so."""
        if verdict.remedy is None or verdict.remedy.kind is not RemedyKind.BOOK_LATE:
            return ""
        return judge(Act.BOOK_LATE, cell, self.known.world, self.now).sentence

    def _models(self) -> list[OfChild]:
        """List the children whose week the others may have too."""
        enrolled = {child for child, _ in self.known.world.enrolments}
        have = {cell.child for cell in self.known.chosen() if cell.day >= self.monday}
        several = len(enrolled) > 1
        return [each for each in self.known.children.values() if several and each.id in have]

    def _words(self, cell: Cell, verdict: Verdict, bringers: Sequence[Cell]) -> str:
        if bringers:
            bringing = the(self.known.town.services[bringers[0].service].name)
            words = formats.ended(f"Compris avec {bringing}")
            return "" if self.known.world.is_offered(cell) else words
        if self.limits.is_said(cell, verdict):
            return ""
        if verdict.obstacle is Obstacle.TOO_EARLY and self._is_told_to_open(cell, verdict):
            return NOT_YET
        if _may_wait(verdict):
            return f"{verdict.sentence} {TICK_TO_WAIT}"
        if verdict.obstacle is Obstacle.TOO_LATE and self.limits.shared(
            Act.CANCEL if self.known.is_live(cell) else Act.BOOK, cell.service
        ):
            return "Trop tard pour annuler." if self.known.is_live(cell) else "Trop tard."
        more = instead.still_open(cell, verdict, self.known, self.now)
        return f"{verdict.sentence} {more}" if more else verdict.sentence

    def _is_told_to_open(self, cell: Cell, verdict: Verdict) -> bool:
        """Tell whether it is said above the week when: what is brought may be booked by now."""
        told = self.openings.get(cell.service)
        return told is not None and told.words in verdict.sentence

    def _why_nothing(self, day: date) -> str:
        """Say which day it is, when nobody has anything on it; nothing at the end of the week."""
        if day.weekday() >= SATURDAY:
            return ""
        # The calendar is the same for all children.
        for service, child in {each: child for child, each in self.known.world.enrolments}.items():
            if self.known.world.services[service].agenda.sort(day) in BY_CALENDAR:
                cell = Cell(child, service, day)
                return judge(Act.BOOK, cell, self.known.world, self.now).sentence
        return ""


def _may_wait(verdict: Verdict) -> bool:
    return verdict.remedy is not None and verdict.remedy.kind is RemedyKind.WAIT


def _has_late(days: Iterable[Day]) -> bool:
    return any(line.is_late for day in days for each in day.children for line in each.lines)


def _known(family_id: int, first: date, last: date) -> Known:
    """Read it, with what days cost where a day may be booked late."""
    known = reading.known(family_id, first, last)
    is_told = any(each.late is Late.SURCHARGE for each in known.world.services.values())
    return prices.priced(known) if is_told else known
