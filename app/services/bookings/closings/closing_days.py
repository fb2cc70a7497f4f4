"""The days of services that a closing marks, for all children or for those of some schools."""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.calendar import ONE_DAY
from app.formats import day_and_month, day_in_full
from app.models import Booking, Closing, DayState, Service, ServiceDay
from app.services.bookings.catalogue import Catalogue
from app.services.bookings.closings.closing_extent import LIVE, Extent
from app.services.refusals import Reason, Refusal

Mark = tuple[Service, date, str]
TOO_LONG = "fermez six semaines au plus à la fois"
BACKWARDS = "le dernier jour est avant le premier"
MOST_DAYS = 42
NOTHING_OPEN = "rien n’ouvre ces jours-là"
CLOSED_ALREADY = "c’est déjà fermé"


def between(
    first: date, last: date, slugs: Sequence[str] = (), schools: Sequence[str] = ()
) -> Extent:
    """Name the days from one to the other, both among them. Raises Refusal."""
    count = (last - first).days + 1
    if count < 1:
        raise Refusal(Reason.UNFIT, BACKWARDS)
    if count > MOST_DAYS:
        raise Refusal(Reason.TOO_MANY, TOO_LONG)
    days = tuple(first + ahead * ONE_DAY for ahead in range(count))
    return Extent(days, tuple(slugs), tuple(schools))


def services(session: Session, slugs: Sequence[str]) -> list[Service]:
    """Find those that are named, or all. Raises Refusal."""
    offered = select(Service).where(Service.archived_at.is_(None))
    found = session.scalars(offered.order_by(Service.position, Service.id)).all()
    wanted = [each for each in found if not slugs or each.slug in slugs]
    strays = sorted(set(slugs) - {each.slug for each in wanted})
    if strays or not wanted:
        named = ", ".join(f"«\u00a0{each}\u00a0»" for each in strays)
        there = ", ".join(each.slug for each in found) or "aucun encore"
        words = f"aucun service ne s’appelle {named}\u00a0; il y a\u00a0: {there}"
        raise Refusal(Reason.UNKNOWN, words if strays else "aucun service n’est proposé")
    return wanted


def open_marks(
    session: Session, town: Catalogue, wanted: Sequence[Service], extent: Extent
) -> list[Mark]:
    """List what is open of all that."""
    there = [
        (service, day)
        for day in extent.days
        for service in wanted
        if not _is_closed(town, service, day)
    ]
    # Few are not in the calendar, and a great town has a million bookings.
    strange = [at for at in there if not town.bookable[at[0].id].agenda.is_served(at[1])]
    booked = _booked(session, [day for _, day in strange])
    return [
        (service, day, school)
        for service, day in there
        if ((service, day) not in strange or (service.id, day) in booked)
        for school in extent.schools or ("",)
        if (service.id, day, school) not in town.closed_schools
    ]


def to_close(
    session: Session, town: Catalogue, wanted: Sequence[Service], extent: Extent
) -> list[Mark]:
    """List what is open and is to be closed. Raises Refusal when that is nothing."""
    marks = open_marks(session, town, wanted, extent)
    if not marks:
        closed = any(
            _is_closed(town, service, day)
            or any((service.id, day, school) in town.closed_schools for school in extent.schools)
            for day in extent.days
            for service in wanted
        )
        raise Refusal(Reason.SAME, CLOSED_ALREADY if closed else NOTHING_OPEN)
    return marks


def mark(session: Session, marks: Iterable[Mark], closing: Closing) -> None:
    """Close them by this act."""
    found = marked(session, {day for _, day, _ in marks})
    for service, day, school in marks:
        row = found.get((service.id, day, school))
        if row is None:
            row = ServiceDay(service_id=service.id, day=day, school=school)
            session.add(row)
        row.state, row.reason = DayState.CLOSED, closing.reason
        row.closing_id = closing.id
    session.flush()


def to_open(session: Session, wanted: Sequence[Service], extent: Extent) -> list[ServiceDay]:
    """List what is closed and is to be open again. Raises Refusal when that is not all of it."""
    found = marked(session, extent.days)
    rows = [
        row
        for row in found.values()
        if row.state is DayState.CLOSED
        and row.service_id in {each.id for each in wanted}
        and (not extent.schools or row.school in extent.schools)
    ]
    closed = {row.service_id for row in rows}
    missing = [each.name for each in wanted if each.id not in closed]
    if missing and (extent.slugs or not rows):
        alone = " pour une école seule" if extent.schools else ""
        raise Refusal(Reason.SAME, f"«\u00a0{missing[0]}\u00a0» n’est pas fermé ce jour-là{alone}")
    return rows


def open_again(rows: Iterable[ServiceDay]) -> None:
    """Open them, whatever the calendar says: they may have been so before."""
    for row in rows:
        row.state, row.reason = DayState.OPEN, ""


def marked(session: Session, days: Iterable[date]) -> dict[tuple[int, date, str], ServiceDay]:
    """Find all that was said of these days."""
    rows = session.scalars(
        select(ServiceDay)
        .where(ServiceDay.day.in_(sorted(set(days))))
        .order_by(ServiceDay.day, ServiceDay.service_id, ServiceDay.school)
        .execution_options(populate_existing=True)
    )
    return {(row.service_id, row.day, row.school): row for row in rows}


def in_words(days: Sequence[date]) -> str:
    """Write le lundi 30 novembre 2026, du lundi 30 novembre au vendredi 4 décembre 2026."""
    first, last = min(days), max(days)
    if first == last:
        return f"le {day_in_full(first)}"
    return f"du {day_and_month(first)} au {day_in_full(last)}"


def _is_closed(town: Catalogue, service: Service, day: date) -> bool:
    special = town.bookable[service.id].agenda.specials.get(day)
    return special is not None and not special.is_open


def _booked(session: Session, days: Sequence[date]) -> set[tuple[int, date]]:
    """Tell what somebody booked, even where the calendar has no day of the service any more."""
    found = session.execute(
        select(Booking.service_id, Booking.day)
        .where(Booking.day.in_(days), Booking.state.in_(LIVE))
        .distinct()
    )
    return {(service_id, day) for service_id, day in found}
