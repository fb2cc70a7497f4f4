"""Whose week it is, for a child of separated parents, as judgments write it.

« Semaines paires » goes by the weeks of the year; « une semaine sur deux » by a day that was in one
of them. They part at the end of a year of 53 weeks, of which parents are warned.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from app import formats
from app.booking_kinds import CustodyPattern
from app.calendar import ONE_DAY, ONE_WEEK
from app.formats import NBSP

MONDAY = 0
LONGEST_YEAR = 53
PARITIES = {CustodyPattern.ISO_EVEN: 0, CustodyPattern.ISO_ODD: 1}
OPPOSITES = {
    CustodyPattern.ISO_EVEN: CustodyPattern.ISO_ODD,
    CustodyPattern.ISO_ODD: CustodyPattern.ISO_EVEN,
}


@dataclass(frozen=True, slots=True)
class Turns:
    """The weeks of one home: each begins on the day on which the child is handed over.

    That day is of both homes, as one of them brings the child to school and the other one comes to
    fetch it; but on Mondays, when the whole week of school is one home's. `anchor` is a day of one
    of the home's weeks: alternate ones are counted from there.
    """

    pattern: CustodyPattern
    handover: int
    anchor: date
    # Days that one home left to another, whatever the week: whether this home has them.
    days: Mapping[date, bool] = field(default_factory=dict)

    def is_here(self, day: date) -> bool:
        """Tell whether the home may book that day."""
        found = self.days.get(day)
        return self.is_here_by_turns(day) if found is None else found

    def is_here_by_turns(self, day: date) -> bool:
        """Tell whether the week is the home's, were no day left to another."""
        is_shared = self.handover != MONDAY and day.weekday() == self.handover
        return self._has(day) or (is_shared and self._has(day - ONE_DAY))

    def away(self, first: date, last: date) -> Iterator[date]:
        """List the days from one to the other that are not the home's."""
        for ahead in range((last - first).days + 1):
            if not self.is_here(first + ahead * ONE_DAY):
                yield first + ahead * ONE_DAY

    def left(self) -> Iterator[date]:
        """List the days of the home's weeks that it left to another."""
        for day, is_here in self.days.items():
            if not is_here and self.is_here_by_turns(day):
                yield day

    def weeks(self, since: date, count: int) -> Iterator[tuple[date, date]]:
        """List those of the next weeks that the home has, by their first and last day."""
        start = self._begun(since)
        length = ONE_WEEK - ONE_DAY if self.handover == MONDAY else ONE_WEEK
        for number in range(count):
            first = start + number * ONE_WEEK
            if self._has(first):
                yield first, first + length

    @property
    def others(self) -> "Turns":
        """Return those of the other home, when there are two: all the other weeks."""
        if self.pattern is CustodyPattern.ALTERNATE:
            return replace(self, anchor=self.anchor + ONE_WEEK)
        return replace(self, pattern=OPPOSITES[self.pattern])

    def warning(self, since: date, count: int) -> str | None:
        """Tell of a week 53 among the next weeks: one home has two weeks in a row there."""
        if self.pattern not in PARITIES:
            return None
        last = since - since.weekday() * ONE_DAY + count * ONE_WEEK - ONE_DAY
        told = two_odd_weeks(since, last)
        return f"{told}{NBSP}: vérifiez avec l’autre parent." if told else None

    def _has(self, day: date) -> bool:
        start = self._begun(day)
        if self.pattern is CustodyPattern.ALTERNATE:
            return (start - self._begun(self.anchor)) // ONE_WEEK % 2 == 0
        return start.isocalendar().week % 2 == PARITIES[self.pattern]

    def _begun(self, day: date) -> date:
        return day - (day.weekday() - self.handover) % 7 * ONE_DAY


def two_odd_weeks(first: date, last: date) -> str | None:
    """Say that two odd weeks follow each other between two dates, where a year has 53 weeks."""
    monday = first - first.weekday() * ONE_DAY
    while monday <= last:
        if monday.isocalendar().week == LONGEST_YEAR:
            ends, begins = formats.bare_day(monday), formats.bare_day(monday + ONE_WEEK)
            return f"Les semaines{NBSP}53 ({ends}) et{NBSP}1 ({begins}) sont toutes deux impaires"
        monday += ONE_WEEK
    return None
