"""A canteen that brings the midday garderie, and what a family booked there."""

import secrets
from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.formats import today
from app.models import (
    HOLDING,
    Account,
    Attendance,
    AttendanceState,
    Booking,
    BookingBatch,
    BookingEvent,
    BookingEventKind,
    BookingOrigin,
    BookingState,
    CalendarSpan,
    Child,
    Custody,
    CustodyPattern,
    DayState,
    Enrolment,
    FamilyChild,
    FamilyRequest,
    HealthKind,
    HealthMark,
    LinkKind,
    Place,
    RequestState,
    Service,
    ServiceDay,
    ServiceKind,
    ServiceLink,
    SpanKind,
    TypicalDay,
    Waiting,
    WeekParity,
)
from tests.support.people import People, Person

CANTEEN, MIDDAY = "cantine", "midi"
# Monday, Tuesday, Thursday, Friday.
SCHOOL_DAYS = 0b11011


def open_services(session: Session) -> None:
    """Have the town offer both, unless it does already."""
    if session.scalar(select(Service.id).where(Service.source_id == CANTEEN)):
        return
    canteen = Service(
        source_id=CANTEEN,
        slug=CANTEEN,
        name="Cantine",
        kind=ServiceKind.CANTEEN,
        operator="Association Les Petites Fourchettes",
        weekdays=SCHOOL_DAYS,
        starts_at=11 * 60 + 30,
        ends_at=12 * 60 + 30,
        capacity=60,
        waiting=Waiting.AUTOMATIC,
        book_rule="S-1 jeudi 24:00",
        absence_rule="J-0 09:00",
    )
    midday = Service(
        source_id=MIDDAY,
        slug="garderie-de-midi",
        name="Garderie de midi",
        short_name="Midi",
        kind=ServiceKind.MIDDAY,
        position=1,
        weekdays=SCHOOL_DAYS,
        book_rule="S-1 jeudi 24:00",
    )
    session.add_all([canteen, midday])
    session.flush()
    session.add_all([
        ServiceLink(service_id=canteen.id, other_id=midday.id, kind=LinkKind.BRINGS),
        CalendarSpan(
            kind=SpanKind.SCHOOL,
            first=date(2026, 12, 19),
            last=date(2027, 1, 3),
            name="Vacances de Noël",
            zone="A",
        ),
        ServiceDay(
            service_id=canteen.id, day=date(2026, 12, 1), state=DayState.CLOSED, reason="Grève"
        ),
    ])  # fmt: skip


class Bookings:
    """What one family has booked: a canteen with its midday on each of some days."""

    def __init__(self, session: Session, family_id: int, account_id: int) -> None:
        self.session = session
        self.family_id = family_id
        self.account_id = account_id
        found = select(Service).where(Service.source_id.in_((CANTEEN, MIDDAY)))
        self.services = session.scalars(found.order_by(Service.position)).all()

    def enrol(self, child: Child, first: date, last: date | None = None) -> None:
        """Let a child come to both."""
        self.session.add_all(
            Enrolment(
                child_id=child.id,
                service_id=service.id,
                family_id=self.family_id,
                first=first,
                last=last,
            )
            for service in self.services
        )

    def take_turns(self, child: Child, pattern: CustodyPattern, anchor: date) -> None:
        """Have the child every other week only."""
        # Two guardians of a family say the same.
        self.session.merge(
            Custody(child_id=child.id, family_id=self.family_id, pattern=pattern, anchor=anchor)
        )

    def say_typical(self, child: Child, *weekdays: int) -> None:
        """Have the canteen in the child's typical week, on these days of all weeks."""
        # Two guardians of a family say the same.
        for weekday in weekdays:
            self.session.merge(
                TypicalDay(
                    family_id=self.family_id,
                    child_id=child.id,
                    parity=WeekParity.ALL,
                    weekday=weekday,
                    service_id=self.services[0].id,
                )
            )

    def book(
        self,
        child: Child,
        days: Sequence[date],
        at: datetime,
        said: str = "",
        cancelled: Collection[date] = (),
    ) -> BookingBatch:
        """Have them come on these days, saved at once; some are cancelled again."""
        batch = BookingBatch(
            family_id=self.family_id,
            account_id=self.account_id,
            at=at,
            sending_key=secrets.token_hex(16),
            added=2 * len(days),
        )
        self.session.add(batch)
        self.session.flush()
        bookings = [
            self._booking(child, service, day, is_cancelled=day in cancelled)
            for day in days
            for service in self.services
        ]
        self.session.add_all(bookings)
        self.session.flush()
        with self.session.no_autoflush:
            for booking in bookings:
                self.session.add_all(self._history(booking, batch, said))
                self._take(booking)
        self.session.flush()
        return batch

    def follow(self, child: Child, day: date, diet: str, at: datetime) -> None:
        """Have the child seen at the canteen one day, and what its health asks known for a year."""
        self.session.add(
            Attendance(
                child_id=child.id, service_id=self.services[0].id, day=day, at=at,
                state=AttendanceState.PRESENT, arrived_at=690, client_key=secrets.token_hex(16),
            )
        )  # fmt: skip
        self.session.add(
            HealthMark(
                child_id=child.id, kind=HealthKind.DIET, words=diet, written_at=at,
                until=day + timedelta(days=365), acted_by="Aline MAIRE",
            )
        )  # fmt: skip

    def _booking(self, child: Child, service: Service, day: date, *, is_cancelled: bool) -> Booking:
        is_brought = service.source_id == MIDDAY
        return Booking(
            child_id=child.id,
            service_id=service.id,
            family_id=self.family_id,
            day=day,
            state=BookingState.CANCELLED if is_cancelled else BookingState.BOOKED,
            origin=BookingOrigin.LINKED if is_brought else BookingOrigin.PARENT,
        )

    def _history(self, booking: Booking, batch: BookingBatch, said: str) -> list[BookingEvent]:
        events = [
            BookingEvent(
                booking_id=booking.id,
                family_id=self.family_id,
                batch_id=batch.id,
                at=batch.at,
                kind=BookingEventKind.BOOKED,
                new=BookingState.BOOKED,
                sentence=said,
            )
        ]
        if booking.state is BookingState.CANCELLED:
            events.append(
                BookingEvent(
                    booking_id=booking.id,
                    family_id=self.family_id,
                    at=batch.at + timedelta(minutes=1),
                    kind=BookingEventKind.CANCELLED,
                    old=BookingState.BOOKED,
                    new=BookingState.CANCELLED,
                )
            )
        return events

    def _take(self, booking: Booking) -> None:
        service = self.session.get_one(Service, booking.service_id)
        if booking.state not in HOLDING:
            return
        key = {"service_id": service.id, "group_id": 0, "day": booking.day}
        place = self.session.get(Place, key)
        if place is None:
            if service.capacity is None:
                return
            place = Place(**key, capacity=service.capacity, taken=0)
            self.session.add(place)
        # Whoever comes is counted where there is a count, were there no place left.
        place.taken += 1
        place.capacity = max(place.capacity, place.taken)


def booked_by(session: Session, person: Person) -> tuple[Bookings, Child]:
    """Begin to book for somebody's eldest."""
    open_services(session)
    account = session.scalars(select(Account).where(Account.identifier == person.identifier)).one()
    family_id = account.guardian.family_id
    theirs = select(FamilyChild.child_id).where(FamilyChild.family_id == family_id)
    eldest = select(Child).where(Child.id.in_(theirs)).order_by(Child.id).limit(1)
    return Bookings(session, family_id, account.id), session.scalars(eldest).one()


def ask(
    session: Session, people: People, state: RequestState, starts_on: date | None = None
) -> None:
    """Have Monsieur MOREAU ask for the canteen, and the town hall answer."""
    booked, child = booked_by(session, people.moreau)
    session.add(
        FamilyRequest(
            family_id=booked.family_id,
            account_id=booked.account_id,
            kind="canteen",
            state=state,
            child_id=child.id,
            details={"starts_on": (starts_on or today()).isoformat()},
            sent_at=datetime.now(UTC),
            expected_on=today(),
            sending_key=secrets.token_hex(16),
        )
    )
