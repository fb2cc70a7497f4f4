"""A child came without a booking: the parents learn it the same evening, once."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from app import db
from app.models import (
    Account,
    Attendance,
    AttendanceState,
    Child,
    JournalEntry,
    OutboxMail,
    Service,
)
from app.services.bookings.morning import unbooked
from app.services.mail.kinds import MailKind
from tests.support.browser import Browser
from tests.support.people import People, public_id
from tests.support.services import booked_by

MONDAY = date(2026, 11, 30)
NOON = datetime(2026, 11, 30, 11, tzinfo=UTC)
# In France it is 19 h 05.
EVENING = datetime(2026, 11, 30, 18, 5, tzinfo=UTC)


@pytest.fixture
def came(app: Flask, people: People) -> None:
    """Zoé came to the canteen with a booking; Adam and his sister came without; Jules did not."""
    with app.app_context(), db.transaction() as session:
        bookings, zoe = booked_by(session, people.moreau)
        bookings.enrol(zoe, date(2026, 9, 1))
        bookings.book(zoe, [MONDAY], NOON)
        home, adam = booked_by(session, people.ines)
        sofia = session.scalars(select(Child).where(Child.source_id == "e4")).one()
        other, jules = booked_by(session, people.claire)
        other.enrol(jules, date(2026, 9, 1))
        canteen = session.scalars(select(Service).where(Service.slug == "cantine")).one()
        for child in (adam, sofia):
            home.enrol(child, date(2026, 9, 1))
        for child in (zoe, adam, sofia, jules):
            state = AttendanceState.ABSENT if child is jules else AttendanceState.PRESENT
            session.add(
                Attendance(
                    child_id=child.id, service_id=canteen.id, day=MONDAY, state=state, at=NOON,
                    client_key="0" * 32,
                )
            )  # fmt: skip


def told(app: Flask) -> list[str]:
    """List who has a mail."""
    mails = select(OutboxMail.identifier).where(OutboxMail.kind == MailKind.UNBOOKED_PRESENCE)
    with app.app_context():
        return sorted(db.session().scalars(mails))


def tell(app: Flask, now: datetime) -> int:
    """Do what is done every ten minutes."""
    with app.app_context():
        return unbooked.tell(now)


@pytest.mark.both_databases
@pytest.mark.usefixtures("came")
def test_both_parents_are_told_once_in_the_evening(app: Flask, people: People) -> None:
    """A mail each for two children; whoever booked, or was absent, has none."""
    assert tell(app, NOON) == 0
    assert tell(app, EVENING) == 1
    assert tell(app, EVENING + timedelta(minutes=10)) == 0
    assert told(app) == [people.ines.identifier, people.karim.identifier]
    with app.app_context():
        acts = select(JournalEntry.event).where(JournalEntry.event == "presence_told")
        assert len(db.session().scalars(acts).all()) == 1


@pytest.mark.usefixtures("came")
def test_whoever_wants_no_such_mail_has_none(app: Flask, people: People) -> None:
    with app.app_context(), db.transaction() as session:
        his = update(Account).where(Account.identifier == people.karim.identifier)
        session.execute(his.values(mail_requests=False))
    assert tell(app, EVENING) == 1
    assert told(app) == [people.ines.identifier]


@pytest.mark.usefixtures("came")
def test_after_an_evening_without_the_portal_the_morning_tells(app: Flask) -> None:
    """The day after, whatever the hour; two days later it is too late to be of use."""
    assert tell(app, NOON + timedelta(hours=19)) == 1


@pytest.mark.usefixtures("came")
def test_two_days_later_nobody_is_told(app: Flask) -> None:
    assert tell(app, EVENING + timedelta(days=2)) == 0


@pytest.mark.usefixtures("came")
def test_the_page_of_the_child_says_which_service(app: Flask, people: People) -> None:
    with time_machine.travel(EVENING, tick=False):
        parent = Browser(app)
        parent.sign_in(people.ines)
        page = parent.get("family.child", public_id=public_id("e3"))
        assert "Venu sans réservation Lundi 30 novembre : Cantine" in " ".join(page.text.split())
    with time_machine.travel(EVENING + timedelta(days=40), tick=False):
        parent = Browser(app)
        parent.sign_in(people.ines)
        assert "sans réservation" not in parent.get("family.child", public_id=public_id("e3")).text
