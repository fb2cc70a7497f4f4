"""Which days are worked at the town hall, and on which a service is there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from enum import StrEnum
from typing import NamedTuple

from app.booking_kinds import SpanKind
from app.calendar import ONE_DAY, school_years
from app.services.bookings.judge.rules import Rule

SATURDAY = 5
# Three years of days, or one of three rules; whoever walks through the centuries fills no memory.
MOST_KNOWN = 1200


class Span(NamedTuple):
    """Some days of the calendar, both ends included."""

    kind: SpanKind
    first: date
    last: date
    name: str


class Sort(StrEnum):
    """What a day is for a service."""

    SERVED = "served"
    # Somebody closed it.
    CLOSED = "closed"
    PUBLIC = "public"
    TOWN = "town"
    # Holidays, for a service of the term; the term, for one of the holidays.
    SCHOOL = "school"
    TERM = "term"
    # Never on this day of the week.
    WEEKDAY = "weekday"


# What the calendar closes, and a page names; what somebody closed by hand is another thing.
BY_CALENDAR = frozenset({Sort.PUBLIC, Sort.TOWN, Sort.SCHOOL})


class Special(NamedTuple):
    """What somebody said of one day, which beats the calendar."""

    is_open: bool
    reason: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Agenda:
    """The town's calendar as one service keeps it.

    `weekdays` are 0 for Monday; `is_moved_earlier` says that a limit on a day that nobody works is
    on the last worked one before (« avancer »).
    """

    zone: tzinfo
    weekdays: frozenset[int]
    in_terms: bool = True
    in_holidays: bool = False
    spans: tuple[Span, ...] = ()
    specials: Mapping[date, Special] = field(default_factory=dict)
    is_moved_earlier: bool = False
    # What was worked out before: a page asks for the same days often.
    known: dict[tuple[Rule, date], datetime] = field(default_factory=dict, init=False, repr=False)
    _sorts: dict[date, Sort] = field(default_factory=dict, init=False, repr=False)

    def span(self, kind: SpanKind, day: date) -> Span | None:
        """Find the span of this kind that the day is in."""
        for each in self.spans:
            if each.kind is kind and each.first <= day <= each.last:
                return each
        return None

    def is_worked(self, day: date) -> bool:
        """Tell whether the town hall works: from Monday to Friday, but when all is closed."""
        return (
            day.weekday() < SATURDAY
            and self.span(SpanKind.PUBLIC, day) is None
            and self.span(SpanKind.TOWN, day) is None
        )

    def is_served(self, day: date) -> bool:
        """Tell whether the service is there."""
        return self.sort(day) is Sort.SERVED

    def is_planned(self, day: date) -> bool:
        """Tell whether the calendar has the service, whatever was said of that one day.

        Limits count these: a strike that is announced must not bring forward one that was told.
        """
        return self._by_calendar(day) is Sort.SERVED

    def sort(self, day: date) -> Sort:
        """Tell what the day is."""
        special = self.specials.get(day)
        if special is not None:
            return Sort.SERVED if special.is_open else Sort.CLOSED
        return self._by_calendar(day)

    def holidays(self, day: date) -> Span | None:
        """Find the school holidays that the day is in."""
        return self.span(SpanKind.SCHOOL, day) or self.span(SpanKind.BRIDGE, day)

    def first_of_period(self, day: date) -> date:
        """Find the first day planned of the holidays, or of the term, that the day is in."""
        start = self._start_of_period(day)
        while start < day and not self.is_planned(start):
            start += ONE_DAY
        return start

    def _by_calendar(self, day: date) -> Sort:
        sort = self._sorts.get(day)
        if sort is None:
            sort = self._sort_of(day)
            if len(self._sorts) < MOST_KNOWN:
                self._sorts[day] = sort
        return sort

    def _sort_of(self, day: date) -> Sort:
        if self.span(SpanKind.PUBLIC, day):
            return Sort.PUBLIC
        if self.span(SpanKind.TOWN, day):
            return Sort.TOWN
        if self.holidays(day):
            if not self.in_holidays:
                return Sort.SCHOOL
        elif not self.in_terms:
            return Sort.TERM
        return Sort.SERVED if day.weekday() in self.weekdays else Sort.WEEKDAY

    def _start_of_period(self, day: date) -> date:
        inside = self.span(SpanKind.SCHOOL, day)
        if inside:
            return inside.first
        ended = [
            each.last for each in self.spans if each.kind is SpanKind.SCHOOL and each.last < day
        ]
        autumn = school_years.of(day).first_day
        return max([autumn, *(last + ONE_DAY for last in ended)])
