"""Which months and weeks are counted: the last ones, or those of a school year."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from app import formats
from app.calendar import school_years
from app.calendar.school_years import SchoolYear
from app.formats import town_zone

A_WEEK = timedelta(days=7)
IN_A_YEAR = 12


class Span(NamedTuple):
    """Some days, and what they are called; the last is the eve of `end`."""

    label: str
    first: date
    end: date

    @property
    def since(self) -> datetime:
        """Return the moment when it begins in the town."""
        return datetime.combine(self.first, time.min, town_zone())

    @property
    def until(self) -> datetime:
        """Return the moment when it is over."""
        return datetime.combine(self.end, time.min, town_zone())


class Period(NamedTuple):
    """What is counted, from the first day of a month to today at most."""

    key: str
    label: str
    first: date
    # The day after its last one.
    end: date
    today: date

    @property
    def last(self) -> date:
        """Return its last day."""
        return self.end - timedelta(days=1)

    @property
    def months(self) -> list[Span]:
        """List them, the first one first."""
        return list(self._months())

    @property
    def weeks(self) -> list[Span]:
        """List those that begin in it."""
        monday = self.first + timedelta(days=-self.first.weekday() % A_WEEK.days)
        count = max(0, -(-(self.end - monday).days // A_WEEK.days))
        firsts = (monday + A_WEEK * number for number in range(count))
        return [self._span(f"du {formats.day(each)}", each, each + A_WEEK) for each in firsts]

    def _months(self) -> Iterator[Span]:
        first = self.first
        while first < self.end:
            after = _months_later(first, 1)
            yield self._span(formats.month(first), first, after)
            first = after

    def _span(self, words: str, first: date, end: date) -> Span:
        return Span(f"{words}, en cours" if end > self.today else words, first, end)


def offered(today: date) -> list[Period]:
    """List those that may be chosen; the first is for whoever chooses none."""
    year = school_years.of(today)
    return [
        *(_last_months(count, today) for count in (IN_A_YEAR, 3)),
        *(_school_year(each, today) for each in (year, SchoolYear(year.start - 1))),
    ]


def asked(key: str, among: Sequence[Period]) -> Period:
    """Return the one that an address asks for; the usual one where none is so called."""
    return next((each for each in among if each.key == key), among[0])


def _last_months(count: int, today: date) -> Period:
    first = _months_later(today.replace(day=1), 1 - count)
    tomorrow = today + timedelta(days=1)
    return Period(str(count), f"{count} derniers mois", first, tomorrow, today)


def _school_year(year: SchoolYear, today: date) -> Period:
    end = min(year.last_day, today) + timedelta(days=1)
    return Period(year.label, f"Année scolaire {year.label}", year.first_day, end, today)


def _months_later(first: date, count: int) -> date:
    years, month = divmod(first.month - 1 + count, IN_A_YEAR)
    return date(first.year + years, month + 1, 1)
