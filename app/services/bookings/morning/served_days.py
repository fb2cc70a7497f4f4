"""Which days the services are there: the one that is looked at, the one before, the one after."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from app.calendar import ONE_DAY
from app.formats import today
from app.services.bookings import catalogue, weeks
from app.services.bookings.catalogue import Catalogue
from app.services.bookings.judge import sentences
from app.services.bookings.judge.agenda import Sort
from app.services.bookings.judge.limits import limit
from app.services.refusals import Reason, Refusal

# The summer is no longer than that.
FAR = timedelta(days=80)
# What was booked is kept for two years.
FURTHEST = timedelta(days=800)
# The leisure centre of Wednesdays is not missed on a Monday.
NEVER_THEN = frozenset({Sort.WEEKDAY, Sort.TERM})
TOO_FAR = "ce jour est trop loin"
UNKNOWN = "ce service n’est plus proposé"


class Offered(NamedTuple):
    """A service that may be chosen."""

    slug: str
    name: str


class ServedDay(NamedTuple):
    """A day as the services have it."""

    day: date
    # The days of service around it; None where there is none for long.
    before: date | None
    after: date | None
    # Which service it is looked at for; None for all.
    service: Offered | None
    offered: list[Offered]
    # Why those that are not there are not, by name.
    absent: list[tuple[str, str]]
    # Those of them that are there, and that nobody books in time any more.
    over: frozenset[str] = frozenset()

    @property
    def week(self) -> str:
        """Name its week."""
        return weeks.name_of_week(self.day)

    @property
    def is_served(self) -> bool:
        """Tell whether one at least of those asked is there."""
        return len(self.absent) < (1 if self.service else len(self.offered))


def of(day: date | None, slug: str, only: frozenset[str] | None = None) -> ServedDay:
    """Look at a day, or at the next one of service: two statements.

    Whoever reads of some services alone looks at one: the first of theirs, unless they say which.
    Raises Refusal for a day too far away, or a service that is not offered, or not theirs.
    """
    start = day or today()
    if abs(start - today()) > FURTHEST:
        raise Refusal(Reason.UNKNOWN, TOO_FAR)
    found = catalogue.read(start - FAR, start + FAR)
    theirs = {
        number: each for number, each in found.services.items() if only is None or each.slug in only
    }
    offered = {each.slug: number for number, each in theirs.items()}
    if only is not None and not slug:
        slug = next(iter(offered), "")
    if slug and slug not in offered:
        raise Refusal(Reason.UNKNOWN, UNKNOWN)
    asked = [offered[slug]] if slug else list(offered.values())
    is_served = _served(found, asked)
    if day is None:
        start = next(filter(is_served, _days(start, ONE_DAY)), start)
    names = {number: Offered(each.slug, each.name) for number, each in theirs.items()}
    return ServedDay(
        day=start,
        before=next(filter(is_served, _days(start - ONE_DAY, -ONE_DAY)), None),
        after=next(filter(is_served, _days(start + ONE_DAY, ONE_DAY)), None),
        service=names[offered[slug]] if slug else None,
        offered=list(names.values()),
        absent=[
            (names[number].name, sentences.not_there(found.bookable[number], start))
            for number in _told_absent(found, asked, start)
        ],
        over=frozenset(names[number].slug for number in asked if _is_over(found, number, start)),
    )


def _told_absent(found: Catalogue, asked: Sequence[int], day: date) -> list[int]:
    """List those that are not there; among others, not one that is never there on such a day."""
    sorts = {number: found.bookable[number].agenda.sort(day) for number in asked}
    expected = NEVER_THEN if Sort.SERVED in sorts.values() else frozenset()
    return [number for number, sort in sorts.items() if sort not in {Sort.SERVED, *expected}]


def _is_over(found: Catalogue, number: int, day: date) -> bool:
    service = found.bookable[number]
    is_served = service.agenda.is_served(day)
    return is_served and limit(service.book, day, service.agenda) <= datetime.now(UTC)


def _served(found: Catalogue, asked: Iterable[int]) -> Callable[[date], bool]:
    agendas = [found.bookable[number].agenda for number in asked]
    return lambda day: any(each.is_served(day) for each in agendas)


def _days(first: date, step: timedelta) -> Iterator[date]:
    return (first + number * step for number in range(FAR.days))
