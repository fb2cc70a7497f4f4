"""Who is reminded of a week to book, when, of how much, and once."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

import config
from app import db
from app.models import Account, Custody, CustodyPattern, OutboxMail, QuietWeek, Service
from app.services.actors import NOWHERE
from app.services.bookings import coming
from app.services.bookings.reminders import quiet_weeks, reminding
from app.services.jobs.kinds import JobKind
from app.services.jobs.running import Workshop
from app.services.mail.kinds import MailKind
from app.services.tokens import quiet_links
from tests.conftest import StartAgain
from tests.services.bookings.conftest import LIMIT, MONDAY, WEDNESDAY_BEFORE, capacity, tick
from tests.services.bookings.test_typical import say
from tests.services.requests.conftest import signed_in
from tests.support.job_room import workshop_of
from tests.support.people import People
from tests.support.services import booked_by

# The limit of the week is on Thursday at midnight: the first mail is of Wednesday morning.
WEDNESDAY, THURSDAY = WEDNESDAY_BEFORE, datetime(2026, 11, 26, 17, 30, tzinfo=UTC)
WEEK = "2026-W49"


@pytest.fixture
def usual(town: People) -> People:
    """Zest's child came to the canteen two weeks ago, and nobody else's ever did."""
    with db.transaction() as session:
        bookings, child = booked_by(session, town.zest)
        bookings.book(child, [date(2026, 11, 16)], WEDNESDAY - timedelta(days=20))
    return town


def mails() -> list[tuple[str, str]]:
    """Read who is reminded of how much."""
    session = db.session()
    session.rollback()
    found = session.scalars(
        select(OutboxMail)
        .where(OutboxMail.kind == MailKind.BOOKING_REMINDER)
        .order_by(OutboxMail.id)
    )
    return [(mail.identifier, mail.context["missing"]) for mail in found]


def test_who_usually_comes_is_reminded_once_of_each_kind(usual: People) -> None:
    """The first time two days before, the last time the same evening; twice is once."""
    zest = usual.zest.identifier
    assert reminding.remind(WEDNESDAY - timedelta(days=1)) == 0
    assert reminding.remind(WEDNESDAY) == 1
    assert reminding.remind(WEDNESDAY) == 0
    assert reminding.remind(WEDNESDAY + timedelta(hours=6)) == 0
    assert reminding.remind(THURSDAY - timedelta(hours=2)) == 0
    assert reminding.remind(THURSDAY) == 1
    assert reminding.remind(THURSDAY + timedelta(hours=1)) == 0
    # The canteen is closed on Tuesday, and nobody comes on Wednesday.
    assert mails() == [(zest, "3"), (zest, "3")]
    mail = db.session().scalars(select(OutboxMail)).first()
    assert mail is not None
    assert mail.context == {
        "week": WEEK,
        "monday": "30\u00a0novembre",
        "missing": "3",
        "until": "jeudi 26\u00a0novembre à minuit",
        "short": "jeudi minuit",
    }


@pytest.mark.parametrize("hour", [0, 5, 20, 22])
@pytest.mark.usefixtures("usual")
def test_nobody_is_woken(hour: int) -> None:
    """Between nine in the evening and seven in the morning, by the town's clock."""
    assert reminding.remind(datetime(2026, 11, 25, hour, tzinfo=UTC)) == 0


def test_who_said_something_of_the_week_is_not_reminded(usual: People) -> None:
    """One day is enough, or one that was given back; a typical week says more."""
    tick(usual.zest, "30 cantine")
    assert reminding.remind(WEDNESDAY) == 0
    tick(usual.zest)
    assert reminding.remind(WEDNESDAY) == 0
    say(usual.zest, "e1", "all.3.cantine")
    assert reminding.remind(WEDNESDAY) == 1
    assert mails() == [(usual.zest.identifier, "1")]


def test_a_typical_week_is_what_is_missing(town: People) -> None:
    """Of weeks of its kind; who never comes to anything else is not asked about it."""
    say(town.zest, "e1", "odd.0.garderie-de-midi", "odd.4.cantine", "even.0.cantine")
    assert reminding.remind(WEDNESDAY) == 1
    assert mails() == [(town.zest.identifier, "2")]
    assert reminding.remind(WEDNESDAY + timedelta(weeks=1)) == 1
    assert mails()[1:] == [(town.zest.identifier, "1")]


def test_what_is_booked_waited_for_or_impossible_is_not_missing(town: People) -> None:
    say(town.zest, "e1", "all.0.cantine", "all.3.cantine", "all.4.cantine")
    tick(town.zest, "30 cantine")
    capacity(1)
    tick(town.moreau, "3 cantine", "4 cantine")
    tick(town.zest, "30 cantine", "3 cantine")
    assert reminding.remind(WEDNESDAY) == 1
    # One may wait for Friday.
    assert mails() == [(town.zest.identifier, "1")]
    capacity(1, waiting="none")
    assert reminding.remind(THURSDAY) == 0


def test_the_week_of_the_other_home_is_not_missing(town: People) -> None:
    with db.transaction() as session:
        bookings, jules = booked_by(session, town.claire)
        bookings.take_turns(jules, CustodyPattern.ISO_EVEN, MONDAY)
        bookings.say_typical(jules, 0, 3)
    assert reminding.remind(WEDNESDAY) == 0
    with db.transaction() as session:
        session.execute(update(Custody).values(pattern=CustodyPattern.ISO_ODD))
    assert reminding.remind(WEDNESDAY) == 1


def test_both_guardians_are_told_and_who_wants_none_is_not(town: People) -> None:
    with db.transaction() as session:
        bookings, child = booked_by(session, town.ines)
        bookings.say_typical(child, 0)
        session.execute(
            update(Account)
            .where(Account.identifier == town.karim.identifier)
            .values(mail_reminders=False)
        )
    assert reminding.remind(WEDNESDAY) == 1
    assert mails() == [(town.ines.identifier, "1")]
    with db.transaction() as session:
        session.execute(update(Account).values(mail_reminders=True))
    assert reminding.remind(WEDNESDAY + timedelta(minutes=10)) == 1
    assert mails()[1:] == [(town.karim.identifier, "1")]


def test_one_mail_a_day_even_for_two_services(town: People) -> None:
    """The garderie may be booked until the day before: its own mail comes when that is near."""
    with db.transaction() as session:
        session.execute(
            update(Service).where(Service.slug == "garderie-de-midi").values(book_rule="J-1 18:00")
        )
    say(town.zest, "e1", "all.0.garderie-de-midi", "all.4.cantine")
    assert reminding.remind(WEDNESDAY) == 1
    tick(town.zest, "4 cantine")
    # Three days later the limit of Monday is near, and the canteen is booked.
    assert reminding.remind(datetime(2026, 11, 28, 9, tzinfo=UTC)) == 1
    assert mails() == [(town.zest.identifier, "2"), (town.zest.identifier, "1")]


def test_it_is_as_it_should_be(usual: People) -> None:
    """One press for that week, of either guardian; home asks no more either, the next week does."""
    family_id = signed_in(usual.zest).family_id
    token = quiet_links.token_for(usual.zest.identifier, WEEK)
    to_book = coming.to_book(family_id)
    assert to_book is not None
    assert to_book.name == WEEK
    quiet_weeks.let_be(token, NOWHERE)
    quiet_weeks.let_be(token, NOWHERE)
    [quiet] = db.session().scalars(select(QuietWeek)).all()
    assert (quiet.family_id, quiet.monday) == (family_id, MONDAY)
    assert reminding.remind(WEDNESDAY) == 0
    assert coming.to_book(family_id) is None
    assert reminding.remind(WEDNESDAY + timedelta(weeks=1)) == 1


def test_a_link_ends_with_its_week(usual: People, clock: time_machine.Traveller) -> None:
    token = quiet_links.token_for(usual.zest.identifier, WEEK)
    for forged in ("", "x", token[:-1], quiet_links.token_for("0", WEEK)):
        assert quiet_weeks.linked(forged) is None
        quiet_weeks.let_be(forged, NOWHERE)
    assert quiet_weeks.linked(quiet_links.token_for(usual.zest.identifier, "2026-49")) is None
    assert quiet_weeks.linked(token) is not None
    clock.move_to(datetime(2026, 12, 7, 9, tzinfo=UTC))
    quiet_weeks.let_be(token, NOWHERE)
    assert db.session().scalars(select(QuietWeek)).all() == []


@pytest.mark.usefixtures("people")
def test_a_town_without_services_reminds_nobody(app: Flask) -> None:
    with app.app_context():
        assert reminding.remind(WEDNESDAY) == 0


@pytest.mark.usefixtures("usual")
def test_once_it_is_too_late_nobody_is_told() -> None:
    assert reminding.remind(LIMIT + timedelta(hours=9)) == 0


@pytest.mark.usefixtures("town")
def test_who_never_comes_is_left_alone() -> None:
    """All of them are enrolled; none has ever been to the canteen."""
    assert reminding.remind(WEDNESDAY) == 0


def test_whoever_watches_reminds(
    app: Flask, settings: config.Settings, usual: People, start_again: StartAgain
) -> None:
    """In a thread or a worker, of one town or of many: every ten minutes, and once in all."""
    db.session().rollback()
    for watching in (app, start_again(settings)):
        workshop = workshop_of(watching)
        workshop.mode = "worker"
        assert workshop.make_pass()
        assert workshop.make_pass()
    assert mails() == [(usual.zest.identifier, "3")]


def test_a_chore_that_breaks_keeps_no_job(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    broken = Workshop(app, "worker", dict.fromkeys(JobKind, print), [lambda: 1 // 0])
    assert broken.make_pass()
    assert [record.message for record in caplog.records if "bug" in record.message] == ["jobs.bug"]
