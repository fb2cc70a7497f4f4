"""Files of services are undone at the very moment that a family books by them."""

import secrets
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from flask import Flask
from sqlalchemy import exists, func, select

from app import db
from app.models import HOLDING, Booking, Enrolment, Service
from app.services.actors import Command
from app.services.bookings import reading, saving
from app.services.bookings.wishes import Boxes
from app.services.importing import service_files, service_undoing
from app.services.refusals import Refusal
from tests.support.last_place import ALONG, FIRST, SLUG, Contender, prepare
from tests.support.people import TOWN_HALL

pytestmark = pytest.mark.both_databases
BY = Command("ops")
PATIENCE_SECONDS = 30
# After the first reading nothing keeps the undoing, and it ends; after the last it waits, and
# whoever did not would have ended by then.
WAITS = {1: PATIENCE_SECONDS, 2: 1}
ENROLMENTS = {
    "inscription.csv": "enfant_id;service_id;du\n"
    f"race0;{SLUG};01/09/2026\nrace0;{ALONG};01/09/2026\n"
}
# New, of so many places, that nobody booked yet.
A_SERVICE = {
    "service.csv": "id;nom;type;jours;capacite\njudo;Judo;LOISIRS;LMMeJV;12\n",
    "inscription.csv": "enfant_id;service_id;du\nrace0;judo;01/09/2026\n",
}


@pytest.fixture
def contender(app: Flask) -> Contender:
    """Give a family that no service has, of places that are not counted."""
    [one] = prepare(app, 1)
    with app.app_context(), db.transaction() as session:
        for each in session.scalars(select(Enrolment)):
            session.delete(each)
        for service in session.scalars(select(Service)):
            service.capacity = None
    return one


def hand_over(folder: Path, files: dict[str, str]) -> int:
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    return service_files.run(folder, BY).number


def book(one: Contender, slug: str) -> None:
    """Save a day, or be told that it changed meanwhile."""
    name = f"{one.child}.{slug}.{FIRST.isoformat()}"
    boxes = Boxes({name: 0}, frozenset({name}))
    with suppress(Refusal):
        key = secrets.token_hex(16)
        saving.save(one.account, (FIRST, FIRST), boxes, key, datetime.now(UTC))


def undo(app: Flask, number: int) -> bool:
    """Undo the files; tell whether they were, rather than kept for who booked."""
    with app.app_context():
        try:
            service_undoing.whichever(number, TOWN_HALL)
        except Refusal:
            return False
        return True


def stray() -> int:
    """Count the days that are held by whom nothing enrols."""
    there = exists().where(
        Enrolment.child_id == Booking.child_id,
        Enrolment.service_id == Booking.service_id,
        Enrolment.family_id == Booking.family_id,
    )
    held = select(func.count(Booking.id)).where(Booking.state.in_(HOLDING), ~there)
    return db.session().scalar(held) or 0


@pytest.mark.parametrize("said", [(ENROLMENTS, SLUG), (A_SERVICE, "judo")])
@pytest.mark.parametrize("reads", list(WAITS))
def test_nobody_keeps_a_day_of_what_is_gone(
    app: Flask, contender: Contender, tmp_path: Path, said: tuple[dict[str, str], str], reads: int
) -> None:
    """Undone once a family has read what it may book, for the first time or the last.

    The files are undone and it is told, or it has its day and they stay.
    """
    files, slug = said
    with app.app_context(), ThreadPoolExecutor(1) as pool:
        number = hand_over(tmp_path, files)
        undoing: list[Future[bool]] = []
        seen = iter(range(reads, 0, -1))
        real = reading.known

        def known(*details: Any) -> Any:
            read = real(*details)
            if next(seen, 0) == 1:
                undoing.append(pool.submit(undo, app, number))
                wait(undoing, WAITS[reads])
            return read

        with mock.patch.object(reading, "known", known):
            book(contender, slug)
        [undone] = undoing
        was_undone = undone.result(PATIENCE_SECONDS)
        db.session().rollback()
        held = db.session().scalar(select(func.count(Booking.id)))
        assert stray() == 0
        assert bool(held) is not was_undone
        assert was_undone is (reads == 1)
