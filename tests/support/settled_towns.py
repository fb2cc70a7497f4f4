"""A town as an example says it, in the database: the one before is forgotten."""

import secrets
from collections.abc import Collection, Iterable
from contextlib import suppress
from datetime import UTC, date, datetime

import time_machine
from sqlalchemy import Select, delete, select, update
from sqlalchemy.orm import Session

from app import db
from app.models import (
    Booking,
    BookingBatch,
    BookingEvent,
    BookingOrigin,
    BookingRefusal,
    BookingState,
    Child,
    Closing,
    Custody,
    CustodyDay,
    Enrolment,
    FamilyChild,
    InvoicedMonth,
    Late,
    LinkKind,
    Place,
    Service,
    ServiceDay,
    ServiceKind,
    ServiceLink,
    TypicalDay,
    Waiting,
)
from app.services.bookings import capacities, saving, weeks
from app.services.bookings.closings import closing
from app.services.bookings.closings.closing_extent import Extent
from app.services.bookings.groups import group_work
from app.services.bookings.wishes import Boxes
from app.services.refusals import Refusal
from tests.services.requests.conftest import signed_in
from tests.support.people import TOWN_HALL, People, public_id
from tests.support.random_towns import (
    ADAM,
    AT_FIRST,
    CANTEEN,
    ELSE,
    ENROLLED,
    MIDDAY,
    MONDAY,
    OPENS_AT,
    OWN,
    STUDY,
    THERE,
    Ticked,
    Town,
)
from tests.support.services import booked_by, open_services

FORGOTTEN = (
    BookingRefusal, BookingEvent, Booking, BookingBatch, Place, ServiceDay, Closing,
    CustodyDay, Custody,
    Enrolment, InvoicedMonth, TypicalDay,
)  # fmt: skip


def settle(people: People) -> None:
    """Have what no example changes: three services, and a child of two families."""
    with db.transaction() as session:
        open_services(session)
        session.add(
            Service(
                source_id=STUDY, slug=STUDY, name="Étude", kind=ServiceKind.OTHER, position=2,
                weekdays=0b11111,
            )
        )  # fmt: skip
        bookings, _ = booked_by(session, people.moreau)
        adam = session.scalars(select(Child).where(Child.source_id == ADAM)).one()
        session.add(FamilyChild(family_id=bookings.family_id, child_id=adam.id))


def write(people: People, town: Town) -> None:
    """Have the town be so, and nothing be left of the example before."""
    with time_machine.travel(AT_FIRST, tick=False):
        with db.transaction() as session:
            _forget(session, people)
        for each in sorted(town.booked):
            _tick(people, each, wanted=True)
        for each in sorted(town.given_back):
            _tick(people, each, wanted=False)
        for slug, day, school in sorted(town.closed):
            with suppress(Refusal):
                closing.close(
                    Extent((day,), (slug,), tuple(filter(None, (school,)))), "Neige", TOWN_HALL
                )
        if town.offers:
            _offer()
        with db.transaction() as session:
            _miss(session, town.missed)
            _say(session, people, town)


def _forget(session: Session, people: People) -> None:
    for table in FORGOTTEN:
        session.execute(delete(table))
    session.execute(delete(ServiceLink).where(ServiceLink.kind != LinkKind.BRINGS))
    session.execute(
        update(Service).values(
            book_rule="", cancel_rule="", absence_rule="", late=Late.REFUSE, capacity=2,
            waiting=Waiting.AUTOMATIC, opens_at=None, shift=False,
        )
    )  # fmt: skip
    services = session.scalars(select(Service.id).order_by(Service.id)).all()
    for person, children in ((people.ines, OWN), (people.moreau, (ADAM,)), (people.zest, (ELSE,))):
        family_id = booked_by(session, person)[0].family_id
        for child in session.scalars(_children(children)):
            session.add_all(
                Enrolment(
                    child_id=child.id, service_id=service, family_id=family_id, first=ENROLLED
                )
                for service in services
            )
    session.flush()


def _children(source_ids: Iterable[str]) -> Select[Child]:
    return select(Child).where(Child.source_id.in_(source_ids)).order_by(Child.id)


def _tick(people: People, each: Ticked, *, wanted: bool) -> None:
    """Have a family want a day, or want it no more, as its page would send it."""
    person = {THERE: people.moreau, ELSE: people.zest}.get(each.child, people.ines)
    name = f"{public_id(each.child.split()[0])}.{each.service}.{each.day.isoformat()}"
    boxes = Boxes({name: _version(each)}, frozenset([name] if wanted else []))
    with suppress(Refusal):
        key = secrets.token_hex(16)
        days = weeks.both_ends(MONDAY)
        saving.save(signed_in(person), days, boxes, key, datetime.now(UTC))


def _version(each: Ticked) -> int:
    found = (
        select(Booking.version)
        .join(Child, Child.id == Booking.child_id)
        .join(Service, Service.id == Booking.service_id)
        .where(
            Child.source_id == each.child.split()[0],
            Service.slug == each.service,
            Booking.day == each.day,
        )
    )
    return db.session().scalar(found) or 0


def _offer() -> None:
    """Have a place more of each, which is offered to who waits."""
    with db.transaction() as session:
        session.execute(update(Service).values(waiting=Waiting.OFFER, capacity=3))
    group_work.share_out_all()


def _miss(session: Session, missed: Collection[Ticked]) -> None:
    """Have some not come after all, with what came along, if they were to come."""
    for each in sorted(missed):
        rows = {
            slug: row
            for row, slug in session.execute(
                select(Booking, Service.slug)
                .join(Child, Child.id == Booking.child_id)
                .join(Service, Service.id == Booking.service_id)
                .where(
                    Child.source_id == each.child,
                    Service.slug.in_((CANTEEN, MIDDAY)),
                    Booking.day == each.day,
                )
                .order_by(Booking.id)
            )
        }
        meal, midday = rows.get(CANTEEN), rows.get(MIDDAY)
        if meal and midday and {meal.state, midday.state} == {BookingState.BOOKED}:
            meal.state = BookingState.ABSENT
            if midday.origin is BookingOrigin.LINKED:
                midday.state = BookingState.ABSENT


def _say(session: Session, people: People, town: Town) -> None:
    """Have the town say what it says in the example."""
    numbers = {each.slug: each for each in session.scalars(select(Service).order_by(Service.id))}
    for slug, said in town.services.items():
        service = numbers[slug]
        service.book_rule, service.cancel_rule = said.book, said.cancel
        service.absence_rule, service.late = said.absence, said.late
        service.waiting, service.capacity = said.waiting, said.capacity
        service.opens_at = OPENS_AT if said.opens else None
        service.shift = said.shift
        session.flush()
        capacities.recount(session, service)
    if town.link:
        one, kind, other = town.link
        session.add(ServiceLink(service_id=numbers[one].id, other_id=numbers[other].id, kind=kind))
    family_id = booked_by(session, people.ines)[0].family_id
    session.execute(delete(Enrolment).where(Enrolment.family_id == family_id))
    children = {each.source_id: each for each in session.scalars(_children(OWN))}
    for (child, slug), last in town.enrolled.items():
        session.add(
            Enrolment(
                child_id=children[child].id, service_id=numbers[slug].id, family_id=family_id,
                first=ENROLLED, last=last,
            )
        )  # fmt: skip
    if town.weeks:
        pattern, handover = town.weeks
        session.add(
            Custody(
                child_id=children[ADAM].id, family_id=family_id, pattern=pattern,
                handover=handover, anchor=MONDAY,
            )
        )  # fmt: skip
    if town.invoiced:
        session.add(InvoicedMonth(month=date(2026, 11, 1), at=AT_FIRST, acted_by="Régie"))
