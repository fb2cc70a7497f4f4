"""A service is parted in groups, and power fails between two parts of what follows."""

import signal
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, update

import config
from app import db
from app.models import Job, JobState, JournalEntry, Service
from app.services.bookings import recounting
from app.services.bookings.groups import group_work
from app.services.bookings.groups.service_groups import Told
from app.services.jobs.running import workshop
from tests.support import killed
from tests.support.groups import check, roomy, service_id, states
from tests.support.last_place import FIRST, SCHOOLS, SLUG, Contender, book, prepare

DAYS = (FIRST, FIRST + timedelta(days=7))
MINE, OTHERS = SCHOOLS
# Both children of this school go to it, and leave their places to who waits.
SMALL = Told("Petits", 2, (MINE,))
HAVE = {"race0": ("booked", "Petits"), "race2": ("booked", "Petits")}


@pytest.fixture
def contenders(app: Flask) -> list[Contender]:
    """Two of a school have the two places of two days; two of the other school wait for both."""
    contenders = prepare(app, 4)
    roomy(app)
    with app.app_context():
        with db.transaction() as session:
            session.execute(update(Service).where(Service.slug == SLUG).values(capacity=2))
        for day in DAYS:
            for number in (0, 2, 1, 3):
                book(contenders[number], day, {SLUG: 0}, [SLUG])
    return contenders


def told() -> list[int]:
    """List how many times each family read that a place came free."""
    counted = (
        select(func.count(JournalEntry.id))
        .where(JournalEntry.event == "place_found")
        .group_by(JournalEntry.family_id)
    )
    return list(db.session().scalars(counted).all())


@pytest.mark.usefixtures("contenders")
@pytest.mark.parametrize("parts", range(7))
def test_groups_that_are_killed_go_on(app: Flask, settings: config.Settings, parts: int) -> None:
    """Nobody loses a place, each is told once, and until then the page says that some move."""
    with app.app_context():
        service = service_id()
        assert states(DAYS[0])["race1"] == ("waiting", "")
    where = (settings.instance, settings.database_url)
    status = killed.status_of(killed.part_until, parts, *where, service, SMALL)
    assert status == -signal.SIGKILL
    with app.app_context():
        assert group_work.is_under_way(service) is (parts < 6)
        for day in DAYS:
            check(day)
        if parts < 4:
            assert told() == []
        with time_machine.travel(datetime.now(UTC) + timedelta(minutes=2)):
            workshop().run()
        db.let_go()
        assert not group_work.is_under_way(service)
        for day in DAYS:
            assert states(day) == HAVE | {"race1": ("booked", ""), "race3": ("booked", "")}
            check(day)
        assert told() == [1, 1]
        assert recounting.differences() == []
        # Its job again changes nothing, and tells nobody.
        with db.transaction() as session:
            jobs = session.scalars(select(Job).where(Job.kind == "groups")).all()
            assert [(each.payload, each.state) for each in jobs] == [({}, JobState.DONE)]
            session.execute(update(Job).values(state=JobState.QUEUED))
        workshop().run()
        assert told() == [1, 1]
