"""The town's calendar: loaded from what is published, each line of it the town's to correct."""

from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import Date, bindparam, select
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
# The longest holidays are of two months.
LONGEST = timedelta(days=183)
KINDS = {
    SpanKind.PUBLIC: "Jour férié",
    SpanKind.SCHOOL: "Vacances scolaires",
    SpanKind.BRIDGE: "Pont",
    SpanKind.TOWN: "Fermeture de la commune",
}
_LINES = select(
    CalendarSpan.id,
    CalendarSpan.kind,
    CalendarSpan.first,
    CalendarSpan.last,
    CalendarSpan.name,
    CalendarSpan.zone,
    CalendarSpan.source,
    CalendarSpan.confirmed,
)
_ONE = _LINES.where(CalendarSpan.id == bindparam("number"))
_LISTED = _LINES.where(
    CalendarSpan.last >= bindparam("first", type_=Date),
    CalendarSpan.first <= bindparam("last", type_=Date),
).order_by(CalendarSpan.first, CalendarSpan.kind, CalendarSpan.id)
_FURTHEST = (
    select(CalendarSpan.last.label("until"), CalendarSpan.source)
    .where(CalendarSpan.kind == SpanKind.SCHOOL)
    .order_by(CalendarSpan.last.desc())
    .limit(1)
)


class Line(NamedTuple):
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


class Typed(NamedTuple):
    """A line, as somebody of the town hall types it."""

    kind: SpanKind
    first: date
    last: date
    name: str


class Known(NamedTuple):
    """Until when holidays are known, and by which decree; empty when the town typed them."""

    until: date
    source: str


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
        _one_at_a_time(session)
        there = _there(session, found)
        new = [each for each in found if not _meets(each, there)]
        session.add_all(CalendarSpan(**each._asdict()) for each in new)
        if new:
            journal.record(
                session, "calendar_loaded", by, year=year.label, rows_created=str(len(new))
            )
    return Loaded(len(new), [_told(each) for each in found if _differs(each, there)])


def find(number: int) -> Line | None:
    """Find a line; None when there is none."""
    rows = db.rows(_ONE, number=number)
    return Line(*rows[0]) if rows else None


def write(number: int | None, told: Typed, by: Actor) -> None:
    """Add a line, or change one; it is the town's own then. Raises Refusal for what cannot be."""
    _check(told)
    with db.transaction() as session:
        _one_at_a_time(session)
        span = session.get(CalendarSpan, number) if number else CalendarSpan(zone="")
        if span is None:
            raise Refusal(Reason.UNKNOWN, "cette ligne n’est plus au calendrier")
        met = session.scalars(
            select(CalendarSpan.name)
            .where(
                CalendarSpan.kind == told.kind,
                CalendarSpan.first <= told.last,
                CalendarSpan.last >= told.first,
                CalendarSpan.id != (number or 0),
            )
            .order_by(CalendarSpan.first)
            .limit(1)
        ).first()
        if met is not None:
            raise Refusal(
                Reason.AMBIGUOUS,
                f"ces jours sont déjà de «\u00a0{met}\u00a0»\u00a0: corrigez cette ligne plutôt",
            )
        was = (span.kind, span.first, span.last, span.name)
        span.kind, span.first, span.last, span.name = told.kind, told.first, told.last, told.name
        if was != (told.kind, told.first, told.last, told.name):
            span.source = ""
        span.confirmed = True
        session.add(span)
        journal.record(session, "calendar_changed", by, about=told.name)


def put(session: Session, told: Typed, zone: str) -> tuple[int, bool]:
    """Have the calendar say this, in place of the line of that kind that says otherwise.

    Return its number, and whether anything is new. Raises Refusal when two lines are in its place.
    """
    _check(told)
    _one_at_a_time(session)
    met = session.scalars(
        select(CalendarSpan)
        .where(
            CalendarSpan.kind == told.kind,
            CalendarSpan.first <= told.last,
            CalendarSpan.last >= told.first,
        )
        .order_by(CalendarSpan.first)
    ).all()
    if len(met) > 1:
        names = " et ".join(f"«\u00a0{each.name}\u00a0»" for each in met)
        raise Refusal(Reason.AMBIGUOUS, f"ces jours sont de {names}\u00a0: corrigez-les d’abord")
    span = met[0] if met else CalendarSpan(source="")
    was = (span.kind, span.first, span.last, span.name, span.confirmed)
    is_new = was != (*told, True)
    if is_new:
        span.kind, span.first, span.last, span.name = told
        span.zone, span.source, span.confirmed = zone, "", True
        session.add(span)
        session.flush()
    return span.id, is_new


def remove(number: int, by: Actor) -> None:
    """Take a line away. Raises Refusal when it is gone already."""
    with db.transaction() as session:
        span = session.get(CalendarSpan, number)
        if span is None:
            raise Refusal(Reason.UNKNOWN, "cette ligne n’est plus au calendrier")
        session.delete(span)
        journal.record(session, "calendar_changed", by, about=span.name)


def _check(told: Typed) -> None:
    if told.last < told.first:
        raise Refusal(
            Reason.UNFIT, "le dernier jour vient avant le premier\u00a0: vérifiez les dates"
        )
    if told.last - told.first > LONGEST:
        raise Refusal(Reason.TOO_LONG, "c’est plus de six mois\u00a0: vérifiez les dates")


def listed(year: SchoolYear) -> list[Line]:
    """Read the calendar of a school year."""
    rows = db.rows(_LISTED, first=year.first_day, last=year.last_day)
    return [Line(*row) for row in rows]


def known() -> Known | None:
    """Tell until when school holidays are known, and from where; None when there are none."""
    rows = db.rows(_FURTHEST)
    return Known(*rows[0]) if rows else None


def check() -> date:
    """Tell the same; raises Refusal when it is not far enough for families to plan."""
    found = known()
    if found is None:
        raise Refusal(
            Reason.MISSING,
            "le calendrier n’a pas de vacances scolaires\u00a0: chargez une année"
            " (flask calendrier charger)",
        )
    until = found.until
    if until < today() + KNOWN_AHEAD:
        raise Refusal(
            Reason.MISSING,
            f"le calendrier s’arrête au {day_in_words(until)}, dans moins de six mois\u00a0:"
            " chargez l’année suivante (flask calendrier charger)",
        )
    return until


def _one_at_a_time(session: Session) -> None:
    """Let two who write the calendar follow each other, as neither would see the other's lines.

    SQLite lets one write at a time anyway; nobody who reads waits.
    """
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("LOCK TABLE calendar_span IN SHARE ROW EXCLUSIVE MODE")


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
