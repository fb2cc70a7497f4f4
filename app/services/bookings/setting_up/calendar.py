"""The town's calendar: loaded from what is published, each line of it the town's to correct."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import Date, bindparam, func, select
from sqlalchemy.orm import Session

from app import db
from app.calendar.school_years import SchoolYear
from app.formats import day_in_words, plural, today
from app.models import CalendarSpan, SpanKind
from app.services import journal
from app.services.actors import Actor
from app.services.bookings.setting_up import decrees
from app.services.bookings.setting_up.decrees import Published
from app.services.refusals import Reason, Refusal

# A family plans its holidays; a town that knows no further than that is late.
KNOWN_AHEAD = timedelta(days=183)
KINDS = {
    SpanKind.PUBLIC: "Jour férié",
    SpanKind.SCHOOL: "Vacances scolaires",
    SpanKind.BRIDGE: "Pont",
    SpanKind.TOWN: "Fermeture de la commune",
}
_LISTED = (
    select(
        CalendarSpan.id,
        CalendarSpan.kind,
        CalendarSpan.first,
        CalendarSpan.last,
        CalendarSpan.name,
        CalendarSpan.zone,
        CalendarSpan.source,
        CalendarSpan.confirmed,
    )
    .where(
        CalendarSpan.last >= bindparam("first", type_=Date),
        CalendarSpan.first <= bindparam("last", type_=Date),
    )
    .order_by(CalendarSpan.first, CalendarSpan.kind, CalendarSpan.id)
)
_KNOWN_UNTIL = select(func.max(CalendarSpan.last)).where(CalendarSpan.kind == SpanKind.SCHOOL)


@dataclass(frozen=True, slots=True)
class Line:
    """Some days of the calendar, as the town hall reads them."""

    number: int
    kind: SpanKind
    first: date
    last: date
    name: str
    zone: str
    source: str
    is_confirmed: bool

    @property
    def kind_words(self) -> str:
        """Say what sort of days they are."""
        return KINDS[self.kind]


class Loaded(NamedTuple):
    """What loading a year came to."""

    added: int
    # What the town has otherwise, and keeps.
    kept: list[str]


def load(year: SchoolYear, zone: str, place: str, by: Actor) -> Loaded:
    """Add what is published of a school year; what the calendar already has of those days stays.

    Raises Refusal for a year without a decree.
    """
    found = decrees.published(year, zone, place)
    with db.transaction() as session:
        there = _there(session, found)
        new = [each for each in found if not _meets(each, there)]
        session.add_all(CalendarSpan(**each._asdict()) for each in new)
        if new:
            journal.record(
                session, "calendar_loaded", by, year=year.label, rows_created=str(len(new))
            )
    return Loaded(len(new), [_told(each) for each in found if _differs(each, there)])


def listed(year: SchoolYear) -> list[Line]:
    """Read the calendar of a school year."""
    rows = db.rows(_LISTED, first=year.first_day, last=year.last_day)
    return [Line(*row) for row in rows]


def known_until() -> date | None:
    """Tell until when school holidays are known; None when there are none."""
    [(until,)] = db.rows(_KNOWN_UNTIL)
    return until


def check() -> date:
    """Tell the same; raises Refusal when it is not far enough for families to plan."""
    until = known_until()
    if until is None:
        raise Refusal(
            Reason.MISSING,
            "le calendrier n’a pas de vacances scolaires\u00a0: chargez une année"
            " (flask calendrier charger)",
        )
    if until < today() + KNOWN_AHEAD:
        raise Refusal(
            Reason.MISSING,
            f"le calendrier s’arrête au {day_in_words(until)}, dans moins de six mois\u00a0:"
            " chargez l’année suivante (flask calendrier charger)",
        )
    return until


def _there(session: Session, found: list[Published]) -> list[CalendarSpan]:
    """Read what the calendar has of the same days."""
    first, last = min(each.first for each in found), max(each.last for each in found)
    return list(
        session.scalars(
            select(CalendarSpan).where(CalendarSpan.last >= first, CalendarSpan.first <= last)
        )
    )


def _meets(new: Published, there: list[CalendarSpan]) -> bool:
    """Tell whether the calendar has something of that kind on some of those days."""
    return any(
        each.kind is new.kind and each.first <= new.last and new.first <= each.last
        for each in there
    )


def _differs(new: Published, there: list[CalendarSpan]) -> bool:
    """Tell whether what it has is not what is published."""
    same = any(
        (each.kind, each.first, each.last) == (new.kind, new.first, new.last) for each in there
    )
    return _meets(new, there) and not same


def _told(new: Published) -> str:
    if new.first == new.last:
        return f"{new.name} ({day_in_words(new.first)})"
    days = plural((new.last - new.first).days + 1, "jour")
    return f"{new.name} (du {day_in_words(new.first)} au {day_in_words(new.last)}, {days})"
