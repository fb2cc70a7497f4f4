"""« Qui vient » tells who usually comes that day, and has not booked in time."""

from datetime import date

import pytest
import time_machine
from bs4 import BeautifulSoup
from flask import Flask

from app import db
from app.models import QuietWeek
from tests.blueprints.town_hall.conftest import NADIA, come
from tests.blueprints.town_hall.test_expected import FRIDAY, MONDAY, MORNING
from tests.support.databases import selects, statements_of
from tests.support.people import People
from tests.support.services import booked_by

TOLD = "Attendus d’après la semaine type, non réservés"


@pytest.mark.both_databases
@time_machine.travel(MORNING, tick=False)
def test_who_usually_comes_and_did_not_book_is_told(app: Flask, people: People) -> None:
    """Nobody who cancelled, nor before it is too late; in one statement with what changed since."""
    with app.app_context(), db.transaction() as session:
        for person in (people.zest, people.moreau, people.claire):
            bookings, child = booked_by(session, person)
            bookings.enrol(child, date(2026, 9, 1))
            bookings.say_typical(child, 0)
            if person is not people.claire:
                cancelled = [MONDAY] if person is people.moreau else []
                bookings.book(child, [MONDAY], FRIDAY, cancelled=cancelled)
        name = f"{child.last_name} {child.first_name}"
    nadia = come(app, *NADIA, "secretariat")
    with statements_of(app) as sent:
        page = nadia.get("town_hall.expected", day=str(MONDAY), service="cantine")
    assert selects(sent) <= 6, [each[:90] for each in sent]
    assert page.text.partition(TOLD)[2].strip().startswith(name)
    assert "MOREAU" not in page.text
    # It is not too late yet; and Saturday is no day of the canteen.
    for day in ("2026-12-07", "2026-12-05"):
        assert TOLD not in nadia.get("town_hall.expected", day=day).text
    # With a paper, which is read along.
    nadia.fetch(f"/mairie/jour/{MONDAY}/liste.csv?service=cantine")
    with statements_of(app) as sent:
        page = nadia.get("town_hall.expected", day=str(MONDAY), service="cantine")
    assert selects(sent) <= 6
    assert TOLD in page.text
    with app.app_context(), db.transaction() as session:
        bookings, _ = booked_by(session, people.claire)
        session.add(QuietWeek(family_id=bookings.family_id, monday=MONDAY, said_at=MORNING))
    assert TOLD not in nadia.get("town_hall.expected", day=str(MONDAY)).text


@time_machine.travel(MORNING, tick=False)
def test_papers_tell_them_too(app: Flask, people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever goes through the dining room with a sheet reads it there, with a box to tick."""
    with app.app_context(), db.transaction() as session:
        for person in (people.zest, people.claire):
            bookings, child = booked_by(session, person)
            bookings.enrol(child, date(2026, 9, 1))
            if person is people.zest:
                bookings.book(child, [MONDAY], FRIDAY)
            else:
                bookings.say_typical(child, 0)
        cells = ("Cantine", child.school, child.class_name, child.last_name, child.first_name)
    nadia = come(app, *NADIA, "secretariat")
    list_of = f"/mairie/jour/{MONDAY}/liste"
    *_, last = nadia.fetch(f"{list_of}.csv?service=cantine").text.splitlines()
    assert last == ";".join((*cells, "Attendu d’après la semaine type, non réservé"))
    monkeypatch.setattr("app.web.printing.to_pdf", str.encode)
    paper = BeautifulSoup(nadia.fetch(f"{list_of}.pdf?service=cantine").data, "html.parser")
    [row] = paper.select(f'h2:-soup-contains("{TOLD}") + table tbody tr')
    name = f"{child.last_name} {child.first_name}"
    assert list(row.stripped_strings) == [
        "☐",
        name,
        "Cantine",
        f"{child.school}, {child.class_name}",
    ]
    listed = app.test_cli_runner().invoke(args=["reservations", "liste", "30/11/2026"]).output
    assert "Attendu d’après la semaine type, non réservé" in listed
