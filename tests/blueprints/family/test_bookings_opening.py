"""« Me prévenir »: Madame ZEST comes before the bookings open, and is written to when they do."""

from datetime import UTC, datetime, timedelta

import time_machine
from flask import Flask
from sqlalchemy import select, update

from app import HANDLERS, db
from app.models import Account, Job, JournalEntry, Service
from app.services.jobs import queue, running
from app.services.jobs.kinds import JobKind
from app.testing import Outbox
from tests.support.browser import Browser, Page
from tests.support.people import People

OPENS = datetime(2026, 11, 30, 6, 0, tzinfo=UTC)
LATER = datetime(2026, 12, 2, 6, 0, tzinfo=UTC)
WEEK = "2026-W50"
TOLD = "Cantine : les réservations ouvrent le lundi 30 novembre à 7 h."
SUBJECT = "Les réservations sont ouvertes"


def opens(app: Flask, at: datetime | None) -> None:
    """Have the canteen open then."""
    with app.app_context(), db.transaction() as session:
        session.execute(update(Service).where(Service.slug == "cantine").values(opens_at=at))


def asked(parent: Browser) -> Page:
    """Go from the week to the button, and press it."""
    page = parent.get("family.bookings_week", week=WEEK)
    assert TOLD in page.text
    page = page.link("Me prévenir, Cantine").click()
    assert "les réservations ouvrent le lundi 30 novembre à 7 h" in page.text
    page = page.submit("Me prévenir")
    assert "C’est noté : un courriel vous le dira à l’ouverture." in page.text
    return page


def work(app: Flask) -> None:
    """Do the jobs that are due."""
    with app.app_context():
        while job := queue.claim():
            HANDLERS[job.kind](running.Task(job, running.workshop()))
            queue.finish(job)


def mails(app: Flask, people: People) -> list[str]:
    return [each.subject for each in Outbox(app).to(people.zest.email)]


def test_whoever_comes_too_early_is_written_to_once(
    app: Flask, parent: Browser, people: People
) -> None:
    """At the minute it opens, not before; asking twice is asking once."""
    opens(app, OPENS)
    page = asked(parent)
    page.submit("Ne plus me prévenir").submit("Me prévenir")
    parent.post("/reservations/ouverture/cantine/prevenir", {"csrf_token": page.csrf_token})
    work(app)
    assert mails(app, people) == []
    with time_machine.travel(OPENS, tick=False):
        work(app)
        assert mails(app, people) == [SUBJECT]
        (mail,) = Outbox(app).to(people.zest.email)
        assert "Cantine" in mail.text
        assert "PAYS" not in mail.text.replace("Madame PAYS ZEST", "")
        work(app)
        assert mails(app, people) == [SUBJECT]
        parent.sign_in(people.zest)
        assert "Me prévenir" not in parent.get("family.bookings_week", week=WEEK).text
    with app.app_context():
        wanted = select(JournalEntry.event).where(JournalEntry.event.like("opening%"))
        told = db.session().scalars(wanted.order_by(JournalEntry.id)).all()
        assert told == ["opening_asked", "opening_unasked", "opening_asked"]


def test_a_meal_opens_with_the_midday_hour_that_it_brings(app: Flask, parent: Browser) -> None:
    """On the day of the canteen alone nobody could book it: the later one is told."""
    opens(app, OPENS)
    with app.app_context(), db.transaction() as session:
        midday = update(Service).where(Service.slug == "garderie-de-midi")
        session.execute(midday.values(opens_at=LATER))
    page = parent.get("family.bookings_week", week=WEEK)
    assert TOLD not in page.text
    later = "les réservations ouvrent le mercredi 2 décembre à 7 h"
    assert f"Cantine : {later}." in page.text
    assert f"Garderie de midi : {later}." in page.text
    assert later in page.link("Me prévenir, Cantine").click().text


def test_a_job_that_is_done_again_tells_nobody_twice(
    app: Flask, parent: Browser, people: People
) -> None:
    """Its process was killed after the mail, before it said that it was done."""
    opens(app, OPENS)
    asked(parent)
    with time_machine.travel(OPENS, tick=False), app.app_context():
        job = queue.claim()
        assert job is not None
        HANDLERS[job.kind](running.Task(job, running.workshop()))
    with time_machine.travel(OPENS + queue.LEASE + timedelta(minutes=1), tick=False):
        work(app)
    assert mails(app, people) == [SUBJECT]


def test_it_is_called_off(app: Flask, parent: Browser, people: People) -> None:
    opens(app, OPENS)
    page = asked(parent).submit("Ne plus me prévenir")
    assert "C’est noté : aucun courriel ne partira." in page.text
    with time_machine.travel(OPENS, tick=False):
        work(app)
    assert mails(app, people) == []


def test_a_town_that_opens_later_tells_later(app: Flask, parent: Browser, people: People) -> None:
    """The promise is the opening, not the hour that was read."""
    opens(app, OPENS)
    asked(parent)
    opens(app, LATER)
    with time_machine.travel(OPENS, tick=False):
        work(app)
        assert mails(app, people) == []
    with time_machine.travel(LATER, tick=False):
        work(app)
    assert mails(app, people) == [SUBJECT]


def test_what_is_no_more_is_not_told(app: Flask, parent: Browser, people: People) -> None:
    """Neither a service that the town gave up, nor to whom its access was closed."""
    opens(app, OPENS)
    asked(parent)
    with app.app_context(), db.transaction() as session:
        session.execute(update(Account).values(archived_at=OPENS))
    with time_machine.travel(OPENS, tick=False):
        work(app)
    with app.app_context(), db.transaction() as session:
        session.execute(update(Account).values(archived_at=None))
        session.execute(update(Service).values(archived_at=OPENS))
        account = session.scalars(
            select(Account.id).where(Account.identifier == people.zest.identifier)
        ).one()
        service = session.scalars(select(Service.id).where(Service.slug == "cantine")).one()
        wish = {"account": str(account), "service": str(service)}
        queue.enqueue(session, JobKind.OPENING, wish, OPENS)
    with time_machine.travel(OPENS, tick=False):
        work(app)
    assert mails(app, people) == []


def test_once_it_is_open_the_address_leads_to_the_bookings(
    app: Flask, parent: Browser, people: People
) -> None:
    """From a page left open, or kept: nothing waits any more."""
    opens(app, OPENS)
    page = parent.get("family.bookings_week", week=WEEK).link("Me prévenir, Cantine").click()
    opens(app, None)
    page = page.submit("Me prévenir")
    assert page.endpoint == "family.bookings"
    assert "Les réservations sont ouvertes." in page.text
    assert parent.visit("/reservations/ouverture/cantine").endpoint == "family.bookings"
    assert parent.visit("/reservations/ouverture/piscine").endpoint == "family.bookings"
    with app.app_context():
        assert db.session().scalars(select(Job).where(Job.kind == "opening")).all() == []
