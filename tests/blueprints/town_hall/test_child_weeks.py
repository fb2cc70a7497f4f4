"""« Semaines de ce foyer », from the file of a family: the weeks of both homes of Jules."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from app import db
from app.booking_kinds import CustodyPattern
from app.models import Child, Custody, Family, FamilyChild, JournalEntry
from app.testing import Outbox
from tests.support.browser import Browser, Page
from tests.support.people import People, public_id
from tests.support.services import booked_by

NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
JULES = public_id("e5")
ANSWERS = (
    "Toutes les semaines", "Les semaines paires", "Les semaines impaires", "Une semaine sur deux",
)  # fmt: skip


@pytest.fixture
def claire_id(app: Flask, people: People) -> str:
    return number(app, people.claire.family_number)


def number(app: Flask, family_number: str) -> str:
    with app.app_context():
        wanted = select(Family.id).where(Family.number == family_number)
        return str(db.session().scalars(wanted).one())


def say(page: Page, weeks: str, handover: str = "lundi", **more: str) -> Page:
    page = page.fill({each: each == weeks for each in ANSWERS})
    page = page.fill({"Jour du passage d’un foyer à l’autre": handover}, **more)
    return page.submit("Voir les dix prochaines", _refused=200)


def kept(app: Flask) -> dict[str, tuple[CustodyPattern, int, date]]:
    with app.app_context():
        rows = db.session().execute(
            select(Family.number, Custody.pattern, Custody.handover, Custody.anchor).join(
                Custody, Custody.family_id == Family.id
            )
        )
        return {row.number: (row.pattern, row.handover, row.anchor) for row in rows}


def test_both_homes_are_said_at_once(
    app: Flask, nadia: Browser, people: People, claire_id: str
) -> None:
    """Read over side by side, with the week 53 and what is booked; then in both files."""
    with app.app_context(), db.transaction() as session:
        bookings, jules = booked_by(session, people.claire)
        bookings.enrol(jules, date(2026, 9, 1))
        # Monday of an odd week, then of an even one.
        bookings.book(jules, [date(2026, 11, 30), date(2026, 12, 7)], NOW)
    with time_machine.travel(NOW, tick=False):
        page = nadia.get("town_hall.family", family_id=claire_id)
        page = page.link("Semaines de ce foyer avec Jules").click()
        assert page.soup.select_one("#for_both[checked]")
        page = say(page, "Les semaines impaires")
        assert "Famille n° 520004 Semaines impaires" in page.text
        assert "Famille n° 530005 Semaines paires" in page.text
        assert "Les semaines 53 (28 décembre) et 1 (4 janvier)" in page.text
        assert "1 jour qu’elle a réservé n’est pas dans ses semaines" in page.text
        assert not kept(app)
        page = page.submit("Modifier", _refused=200)
        page = say(page, "Les semaines impaires", "vendredi").submit("Enregistrer")
        assert "Les semaines de chaque foyer avec Jules sont enregistrées." in page.text
    found = kept(app)
    assert found["520004"][:2] == (CustodyPattern.ISO_ODD, 4)
    assert found["530005"][:2] == (CustodyPattern.ISO_EVEN, 4)
    with app.app_context():
        said = select(JournalEntry.family_id).where(JournalEntry.event == "custody_said")
        assert len(set(db.session().scalars(said))) == 2


def test_every_other_week_needs_one_of_them(app: Flask, nadia: Browser, claire_id: str) -> None:
    with time_machine.travel(NOW, tick=False):
        page = nadia.get("town_hall.child_weeks", family_id=claire_id, public_id=JULES)
        page = say(page, "Une semaine sur deux")
        assert page.errors == ["Donnez un jour d’une semaine de ce foyer, comme 07/12/2026."]
        page = say(page, "Une semaine sur deux", anchor="07/12/2026")
        say(page.submit("Modifier", _refused=200), "Une semaine sur deux", anchor="07/12/2026")
        page.submit("Enregistrer")
        assert kept(app) == {
            "520004": (CustodyPattern.ALTERNATE, 0, date(2026, 12, 7)),
            "530005": (CustodyPattern.ALTERNATE, 0, date(2026, 12, 14)),
        }
        page = nadia.get("town_hall.child_weeks", family_id=claire_id, public_id=JULES)
        assert page.value("anchor") == "2026-12-07"
        say(page, "Toutes les semaines").submit("Enregistrer")
    assert not kept(app)


def test_one_home_alone_leaves_days_to_nobody(app: Flask, nadia: Browser, claire_id: str) -> None:
    """Not ticked, the other home keeps what it has: the page says what nobody could book."""
    marc = number(app, "530005")
    with time_machine.travel(NOW, tick=False):
        page = nadia.get("town_hall.child_weeks", family_id=claire_id, public_id=JULES)
        say(page, "Les semaines impaires").submit("Enregistrer")
        page = nadia.get("town_hall.child_weeks", family_id=marc, public_id=JULES)
        page = say(page.fill(for_both=False), "Les semaines impaires")
        assert "Des jours ne sont d’aucun foyer" in page.text
        page.submit("Enregistrer")
    assert {each[0] for each in kept(app).values()} == {CustodyPattern.ISO_ODD}


def test_of_three_homes_each_is_said_from_its_file(
    app: Flask, nadia: Browser, people: People, claire_id: str
) -> None:
    with app.app_context(), db.transaction() as session:
        jules = session.scalars(select(Child).where(Child.source_id == "e5")).one()
        third = select(Family.id).where(Family.number == people.zest.family_number)
        session.add(FamilyChild(family_id=session.scalars(third).one(), child_id=jules.id))
    with time_machine.travel(NOW, tick=False):
        page = nadia.get("town_hall.child_weeks", family_id=claire_id, public_id=JULES)
        assert "Jules a 3 foyers" in page.text
        say(page, "Les semaines impaires").submit("Enregistrer")
    assert set(kept(app)) == {"520004"}


def test_what_is_no_answer_is_refused(app: Flask, nadia: Browser, claire_id: str) -> None:
    """Another family's child too."""
    page = nadia.get("town_hall.child_weeks", family_id=claire_id, public_id=JULES)
    path = nadia.address("town_hall.child_weeks", family_id=claire_id, public_id=JULES)
    sent = {"csrf_token": page.csrf_token, "weeks": "souvent", "handover": "7", "step": "send"}
    nadia.client.post(path, data=sent, base_url=nadia.base_url)
    assert not kept(app)
    page = nadia.get(
        "town_hall.child_weeks", family_id=claire_id, public_id=JULES, etape="correction"
    )
    assert page.errors == ["Choisissez les semaines de ce foyer.", "Choisissez le jour du passage."]
    nadia.get("town_hall.child_weeks", 404, family_id=claire_id, public_id=public_id("e1"))
    nadia.get("town_hall.child_weeks", 404, family_id="99999", public_id=JULES)


@pytest.mark.both_databases
def test_a_day_is_given_and_given_back(
    app: Flask, nadia: Browser, people: People, claire_id: str, outbox: Outbox
) -> None:
    """Whatever the week; both homes are told, and what one has booked stays its own."""
    marc = number(app, "530005")
    with time_machine.travel(NOW, tick=False):
        page = nadia.get("town_hall.child_weeks", family_id=claire_id, public_id=JULES)
        assert "Un jour à l’autre foyer" not in page.text
        say(page, "Les semaines impaires").submit("Enregistrer")
        page = nadia.get("town_hall.child_weeks", family_id=marc, public_id=JULES)
        assert "Aucun n’est laissé." in page.text
        page = give(page, "03/12/2026")
        assert "Le jeudi 3 décembre est à ce foyer. Chaque foyer est prévenu." in page.text
        assert "Jeudi 3 décembre : famille n° 530005" in page.text
        told = [each for each in outbox if each.subject == "Du nouveau sur vos semaines de garde"]
        assert {each.parsed["To"] for each in told} == {"claire@exemple.fr", "marc@exemple.fr"}
        assert "Ce jour est déjà de ce foyer." in give(page, "03/12/2026").text
        assert "Choisissez une date" in give(page, "bientôt").text
        page = nadia.get("town_hall.child_weeks", family_id=claire_id, public_id=JULES)
        back = {"csrf_token": page.csrf_token, "day": "2026-12-03", "answer": "back"}
        page = page.submit("Rendre le jeudi 3 décembre")
        assert "Le jeudi 3 décembre est de nouveau au foyer dont c’est la semaine." in page.text
        address = nadia.address("town_hall.give_day", family_id=claire_id, public_id=JULES)
        assert "Ce jour n’est laissé à aucun foyer." in nadia.post(address, back).text
        give(nadia.get("town_hall.child_weeks", family_id=marc, public_id=JULES), "03/12/2026")
        with app.app_context(), db.transaction() as session:
            bookings, jules = booked_by(session, people.marc)
            bookings.enrol(jules, date(2026, 9, 1))
            bookings.book(jules, [date(2026, 12, 3)], NOW)
        page = nadia.get("town_hall.child_weeks", family_id=claire_id, public_id=JULES)
        assert "famille n° 530005 Elle l’a réservé." in page.text
        assert "Rendre" not in page.text
        assert "annulez d’abord ce qui est réservé" in nadia.post(address, back).text
        for wrong in ({"family_id": "99999", "public_id": JULES}, {"public_id": public_id("e1")}):
            asked = {"family_id": claire_id} | wrong
            nadia.post(nadia.address("town_hall.give_day", **asked), back, 404)


def give(page: Page, day: str) -> Page:
    return page.fill(day=day).submit("Donner ce jour")
