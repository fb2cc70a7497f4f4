"""What the town offers day by day and what is booked of it, as `flask services importer` reads it.

Of services that are offered, and of families that are here: the rest is among the tables to read.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Select, exists, func, nulls_first, select
from sqlalchemy.orm import aliased

from app.booking_kinds import LinkKind
from app.calendar.months import name_of
from app.formats import WEEKDAYS, day_of
from app.models import (
    Booking,
    BookingOrigin,
    CalendarSpan,
    Child,
    Custody,
    CustodyDay,
    CustodyProposal,
    DayState,
    Enrolment,
    Family,
    InvoicedMonth,
    Quotient,
    Service,
    ServiceDay,
    ServiceGroup,
    ServiceLink,
    Tariff,
)
from app.services.bookings.closings.closing_extent import LIVE
from app.services.bookings.setting_up import building
from app.services.bookings.setting_up.services import days
from app.services.exporting.service_words import cell
from app.services.importing.booking_file import BOOKINGS
from app.services.importing.calendar_file import CALENDAR
from app.services.importing.closing_file import CLOSINGS
from app.services.importing.custody_days_file import DAYS, PROPOSALS
from app.services.importing.custody_file import CUSTODY
from app.services.importing.group_file import BETWEEN, GROUPS
from app.services.importing.invoiced_file import INVOICED
from app.services.importing.service_tables import ENROLMENTS, SERVICES
from app.services.importing.tables import SourceFile
from app.services.importing.tariff_files import QUOTIENTS, TARIFFS

FOLDER = "services"
_LETTERS = ("L", "Ma", "Me", "J", "V", "S", "D")
_PERIODS = {(True, False): "SCOLAIRE", (False, True): "VACANCES", (True, True): "TOUTES"}
_LINKS = {LinkKind.BRINGS: "brings", LinkKind.NEEDS: "needs", LinkKind.EXCLUDES: "excludes"}


class ServiceFile(NamedTuple):
    """A file, the statement that its rows come from, and each row by the fields of the file."""

    file: SourceFile
    statement: Select[*tuple[Any, ...]]
    told: Callable[[Any], Mapping[str, Any]]

    def rows(self, found: Iterator[Any]) -> Iterator[list[str]]:
        """Write them."""
        for row in found:
            told = self.told(row)
            yield [cell(told[column.field]) for column in self.file.columns]


_OTHER = aliased(Service)
_BRINGER = aliased(Booking)
_OFFERED = Service.archived_at.is_(None)
_HERE = Family.archived_at.is_(None) & Family.erased_at.is_(None)


def _plainly(row: Any) -> Mapping[str, Any]:
    told: Mapping[str, Any] = row._asdict()
    return told


def _service(row: Any) -> Mapping[str, Any]:
    service: Service = row[0]
    said: dict[str, list[str]] = {name: [] for name in _LINKS.values()}
    for each in filter(None, (row.links or "").split(" ")):
        kind, _, other = each.partition(":")
        said[_LINKS[LinkKind(kind)]].append(other)
    return {
        **{column.field: getattr(service, column.field, None) for column in SERVICES.columns},
        "opens_at": " ".join(building.opening_apart(service.opens_at)).strip(),
        "weekdays": "".join(_LETTERS[day] for day in sorted(days(service.weekdays))),
        "starts_at": building.hour(service.starts_at),
        "ends_at": building.hour(service.ends_at),
        "period": _PERIODS[service.in_terms, service.in_holidays],
        **{name: " ".join(sorted(others)) for name, others in said.items()},
    }


def _group(row: Any) -> Mapping[str, Any]:
    names = {name: f" {BETWEEN} ".join(getattr(row, name)) for name in ("schools", "classes")}
    return {**row._asdict(), **names}


def _custody(row: Any) -> Mapping[str, Any]:
    return {**row._asdict(), "handover": WEEKDAYS[row.handover].upper()}


def _proposal(row: Any) -> Mapping[str, Any]:
    return {**_custody(row), "proposed_on": day_of(row.proposed_at)}


def _tariff(row: Any) -> Mapping[str, Any]:
    tariff, service = row
    return {
        column.field: service if column.field == "service" else getattr(tariff, column.field)
        for column in TARIFFS.columns
    }


def _closing(row: Any) -> Mapping[str, Any]:
    return {**row._asdict(), "last": row.first}


def _invoiced(row: Any) -> Mapping[str, Any]:
    return {"month": name_of(row.month)}


def _of_child(*columns: Any) -> Select[*tuple[Any, ...]]:
    return select(Child.source_id.label("child"), Family.source_id.label("family"), *columns)


_LINKS_OF = (
    select(
        ServiceLink.service_id,
        func.aggregate_strings(ServiceLink.kind + ":" + _OTHER.source_id, " ").label("links"),
    )
    .join(_OTHER, (_OTHER.id == ServiceLink.other_id) & _OTHER.archived_at.is_(None))
    .group_by(ServiceLink.service_id)
    .subquery()
)
# What comes with another day comes with it again, and goes with it.
_COMES_ALONG = (Booking.origin == BookingOrigin.LINKED) & exists(
    select(_BRINGER.id)
    .join(
        ServiceLink,
        (ServiceLink.service_id == _BRINGER.service_id)
        & (ServiceLink.other_id == Booking.service_id)
        & (ServiceLink.kind == LinkKind.BRINGS),
    )
    .where(
        _BRINGER.child_id == Booking.child_id,
        _BRINGER.day == Booking.day,
        _BRINGER.state == Booking.state,
        Booking.state.in_(LIVE),
    )
)
ALL = (
    ServiceFile(
        SERVICES,
        select(Service, _LINKS_OF.c.links)
        .outerjoin(_LINKS_OF, _LINKS_OF.c.service_id == Service.id)
        .where(_OFFERED)
        .order_by(Service.position, Service.id),
        _service,
    ),
    ServiceFile(
        CALENDAR,
        select(
            CalendarSpan.kind, CalendarSpan.first, CalendarSpan.last, CalendarSpan.name,
            CalendarSpan.zone,
        )
        # The town has not said yet of the others whether they close anything.
        .where(CalendarSpan.confirmed)
        .order_by(CalendarSpan.first, CalendarSpan.kind, CalendarSpan.id),
        _plainly,
    ),
    ServiceFile(
        TARIFFS,
        select(Tariff, Service.source_id.label("service"))
        .join(Service, (Service.id == Tariff.service_id) & _OFFERED)
        .order_by(Service.position, Service.id, Tariff.first, Tariff.id),
        _tariff,
    ),
    ServiceFile(
        GROUPS,
        select(
            Service.source_id.label("service"), ServiceGroup.name, ServiceGroup.capacity,
            ServiceGroup.schools, ServiceGroup.classes,
        )
        .join(Service, (Service.id == ServiceGroup.service_id) & _OFFERED)
        .order_by(Service.position, Service.id, ServiceGroup.id),
        _group,
    ),
    ServiceFile(
        ENROLMENTS,
        _of_child(
            Service.source_id.label("service"),
            Enrolment.first,
            Enrolment.last,
            ServiceGroup.name.label("group"),
        )
        .join(Enrolment, Enrolment.child_id == Child.id)
        .outerjoin(ServiceGroup, ServiceGroup.id == Enrolment.group_id)
        .join(Service, (Service.id == Enrolment.service_id) & _OFFERED)
        .join(Family, (Family.id == Enrolment.family_id) & _HERE)
        .where(Child.erased_at.is_(None))
        .order_by(Enrolment.id),
        _plainly,
    ),
    ServiceFile(
        CUSTODY,
        _of_child(Custody.pattern, Custody.handover, Custody.anchor)
        .join(Custody, Custody.child_id == Child.id)
        .join(Family, (Family.id == Custody.family_id) & _HERE)
        .where(Child.erased_at.is_(None))
        .order_by(Custody.child_id, Custody.family_id),
        _custody,
    ),
    ServiceFile(
        DAYS,
        _of_child(CustodyDay.day)
        .join(CustodyDay, CustodyDay.child_id == Child.id)
        .join(Family, (Family.id == CustodyDay.family_id) & _HERE)
        .where(Child.erased_at.is_(None))
        .order_by(CustodyDay.child_id, CustodyDay.day),
        _plainly,
    ),
    ServiceFile(
        PROPOSALS,
        _of_child(
            CustodyProposal.pattern, CustodyProposal.handover, CustodyProposal.anchor,
            CustodyProposal.proposed_at,
        )
        .join(CustodyProposal, CustodyProposal.child_id == Child.id)
        .join(Family, (Family.id == CustodyProposal.family_id) & _HERE)
        .where(Child.erased_at.is_(None))
        .order_by(CustodyProposal.child_id),
        _proposal,
    ),
    ServiceFile(
        QUOTIENTS,
        select(
            Family.source_id.label("family"), Quotient.value, Quotient.first, Quotient.last,
            Quotient.outside, Quotient.source,
        )
        .join(Family, (Family.id == Quotient.family_id) & _HERE)
        .order_by(Quotient.family_id, Quotient.first),
        _plainly,
    ),
    ServiceFile(
        BOOKINGS,
        _of_child(
            Service.source_id.label("service"), Booking.day, Booking.state,
            Booking.late.label("is_late"),
        )
        .join(Booking, Booking.child_id == Child.id)
        .join(Service, (Service.id == Booking.service_id) & _OFFERED)
        .join(Family, (Family.id == Booking.family_id) & _HERE)
        .where(Child.erased_at.is_(None), ~_COMES_ALONG)
        # Those who wait come back in their order.
        .order_by(
            Booking.day, Service.position, Service.id,
            nulls_first(Booking.waiting_since), Booking.id,
        ),
        _plainly,
    ),
    ServiceFile(
        CLOSINGS,
        select(
            ServiceDay.day.label("first"), ServiceDay.reason, ServiceDay.school,
            Service.source_id.label("service"),
        )
        .join(Service, (Service.id == ServiceDay.service_id) & _OFFERED)
        .where(ServiceDay.state == DayState.CLOSED)
        .order_by(ServiceDay.day, Service.position, Service.id, ServiceDay.school),
        _closing,
    ),
    ServiceFile(
        INVOICED, select(InvoicedMonth.month).order_by(InvoicedMonth.month), _invoiced
    ),
)  # fmt: skip
