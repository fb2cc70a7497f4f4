"""The days of `fermeture.csv` are closed, and each family reads of all of them in one message."""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Service
from app.services.actors import Actor
from app.services.bookings import catalogue
from app.services.bookings.closings import closing, closing_days
from app.services.bookings.closings.closing import ToClose
from app.services.bookings.closings.closing_days import MOST_DAYS
from app.services.bookings.closings.closing_extent import Extent
from app.services.importing.closing_file import Closing


def still_open(session: Session, closings: Iterable[Closing]) -> list[ToClose]:
    """List what is open still of the days to close: of each line, services of the same days."""
    offered = {each.id: each for each in session.scalars(select(Service).order_by(Service.id))}
    said: dict[tuple[int, str, str, int], list[date]] = {}
    for each in closings:
        said.setdefault((each.line, each.reason, each.school, each.service), []).append(each.day)
    found: dict[tuple[int, str, str, tuple[date, ...]], list[str]] = {}
    for (line, reason, school, number), days in said.items():
        service, schools = offered[number], _schools(school)
        town = catalogue.read(min(days), max(days))
        extent = Extent(tuple(sorted(days)), schools=schools)
        marks = closing_days.open_marks(session, town, [service], extent)
        left = tuple(sorted({day for _, day, _ in marks}))
        if left:
            found.setdefault((line, reason, school, left), []).append(service.slug)
    return [
        ToClose(Extent(days, tuple(slugs), _schools(school)), reason)
        for (_, reason, school, days), slugs in found.items()
    ]


def close(wanted: Sequence[ToClose], by: Actor) -> int:
    """Close them, some weeks at once, and write once to those who had booked; count the days."""
    some = [
        each._replace(extent=each.extent._replace(days=each.extent.days[at : at + MOST_DAYS]))
        for each in wanted
        for at in range(0, len(each.extent.days), MOST_DAYS)
    ]
    if some:
        closing.close_several(some, by)
    return sum(marks(each) for each in wanted)


def marks(wanted: ToClose) -> int:
    """Count the days of services."""
    return len(wanted.extent.days) * len(wanted.extent.slugs)


def _schools(school: str) -> tuple[str, ...]:
    return (school,) if school else ()
