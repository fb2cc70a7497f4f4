"""« Nos semaines »: one home of Jules proposes, the other answers; neither learns of the other."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from app import db
from app.booking_kinds import CustodyPattern
from app.models import Child, Custody, CustodyProposal, Family, FamilyChild, JournalEntry
from tests.support.browser import Browser, Page
from tests.support.people import People, Person, public_id
from tests.support.services import booked_by

NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
JULES = public_id("e5")
CHECK = "Voir les dix prochaines"


@pytest.fixture(autouse=True)
def _services(app: Flask, people: People) -> None:
    with app.app_context(), db.transaction() as session:
        for person in (people.claire, people.marc):
            bookings, jules = booked_by(session, person)
            bookings.enrol(jules, date(2026, 9, 1))


def signed_in(app: Flask, person: Person) -> Browser:
    browser = Browser(app)
    browser.sign_in(person)
    return browser


def propose(parent: Browser, weeks: str = "Les semaines impaires", **more: str) -> Page:
    page = parent.get("family.our_weeks", public_id=JULES)
    page = page.fill({weeks: True}, **more).submit(CHECK, _refused=200)
    return page.submit("Proposer")


def kept(app: Flask) -> dict[str, tuple[CustodyPattern, int]]:
    with app.app_context():
        rows = db.session().execute(
            select(Family.number, Custody.pattern, Custody.handover).join(
                Custody, Custody.family_id == Family.id
            )
        )
        return {row.number: (row.pattern, row.handover) for row in rows}


def waiting(app: Flask) -> int:
    with app.app_context():
        return db.session().scalars(select(func.count(CustodyProposal.child_id))).one()


def test_one_home_proposes_and_the_other_accepts(app: Flask, people: People) -> None:
    """Both read their weeks then, and the journal of both files says so; nobody is named."""
    with time_machine.travel(NOW, tick=False):
        claire, marc = signed_in(app, people.claire), signed_in(app, people.marc)
        page = claire.get("family.child", public_id=JULES).link("Nos semaines").click()
        page = page.fill({"Les semaines impaires": True})
        page = page.fill({"Jour du passage d’un foyer à l’autre": "vendredi"})
        page = page.submit(CHECK, _refused=200)
        assert "Les semaines 53 (28 décembre) et 1 (4 janvier)" in page.text
        assert "Semaines impaires." in page.text
        assert "Semaines paires." in page.text
        page = page.submit("Proposer")
        said = "Vous proposez : les semaines impaires pour vous, les paires pour l’autre foyer"
        assert said in page.text
        assert not kept(app)
        home = marc.get("family.home")
        assert (
            "L’autre foyer propose : les semaines impaires pour eux, les paires pour vous, "
            "passage le vendredi." in home.text
        )
        page = marc.get("family.our_weeks", public_id=JULES)
        assert "DUBOIS " not in page.text.replace("DUBOIS-LEFÈVRE", "")
        assert "Claire" not in page.text
        page = page.submit("Accepter")
        assert "C’est convenu" in page.text
        assert "Semaines paires" in page.text
        assert kept(app) == {
            "520004": (CustodyPattern.ISO_ODD, 4),
            "530005": (CustodyPattern.ISO_EVEN, 4),
        }
        assert "Semaines impaires" in claire.get("family.child", public_id=JULES).text
    assert not waiting(app)
    with app.app_context():
        entries = db.session().scalars(
            select(JournalEntry).where(JournalEntry.event == "custody_agreed")
        )
        # Of the other home, nobody and from nowhere.
        told = {(each.account_id is None, each.family_id is None, each.address) for each in entries}
        assert (True, False, "") in told
        assert len(told) == 2


def test_it_is_refused_or_withdrawn_and_nothing_changes(app: Flask, people: People) -> None:
    with time_machine.travel(NOW, tick=False):
        claire, marc = signed_in(app, people.claire), signed_in(app, people.marc)
        propose(claire)
        page = marc.get("family.our_weeks", public_id=JULES).submit("Refuser")
        assert "La proposition est refusée : rien ne change." in page.text
        propose(claire, "Une semaine sur deux", anchor="07/12/2026")
        assert "une semaine sur deux pour chacun" in marc.get("family.home").text
        seen = marc.get("family.our_weeks", public_id=JULES)
        page = claire.get("family.our_weeks", public_id=JULES).submit("Retirer la proposition")
        assert "La proposition est retirée : rien ne change." in page.text
        propose(claire)
        # Whoever reads one proposal never accepts another.
        assert "Cette proposition n’attend plus de réponse." in seen.submit("Accepter").text
    assert not kept(app)
    assert waiting(app) == 1


def test_one_waits_at_a_time_for_thirty_days(app: Flask, people: People) -> None:
    with time_machine.travel(NOW, tick=False):
        claire, marc = signed_in(app, people.claire), signed_in(app, people.marc)
        late = marc.get("family.our_weeks", public_id=JULES)
        late = late.fill({"Les semaines paires": True}).submit(CHECK, _refused=200)
        propose(claire)
        assert "Une proposition attend déjà une réponse." in late.submit("Proposer").text
    with time_machine.travel(NOW + timedelta(days=30), tick=False):
        marc = signed_in(app, people.marc)
        assert "L’autre foyer propose" not in marc.get("family.home").text
        page = marc.get("family.our_weeks", public_id=JULES)
        page = page.fill({"Les semaines paires": True}).submit(CHECK, _refused=200)
        assert "Vous proposez" in page.submit("Proposer").text
    assert waiting(app) == 1


def test_what_the_town_hall_says_meanwhile_counts(app: Flask, people: People) -> None:
    with time_machine.travel(NOW, tick=False):
        claire, marc = signed_in(app, people.claire), signed_in(app, people.marc)
        propose(claire)
        page = marc.get("family.our_weeks", public_id=JULES)
        said = ["garde", "dire", "Jules", "520004", "paires"]
        assert app.test_cli_runner().invoke(args=said).exit_code == 0
        assert "Cette proposition n’attend plus de réponse." in page.submit("Accepter").text
    assert kept(app) == {"520004": (CustodyPattern.ISO_EVEN, 0)}


def test_nobody_else_sees_or_answers_it(app: Flask, people: People) -> None:
    """Not another family; not whoever proposed it, by a forged answer."""
    with time_machine.travel(NOW, tick=False):
        claire, paul = signed_in(app, people.claire), signed_in(app, people.moreau)
        page = propose(claire)
        hidden = page.soup.select_one("[name=proposal]")
        assert hidden
        number = str(hidden["value"])
        paul.get("family.our_weeks", 404, public_id=JULES)
        path = paul.address("family.answer_weeks", public_id=JULES)
        for browser, status in ((paul, 404), (claire, 302)):
            token = browser.get("auth.change_password").csrf_token
            for answer in ("accept", "refuse"):
                sent = {"csrf_token": token, "proposal": number, "answer": answer}
                sent_to = browser.client.post(path, data=sent, base_url=browser.base_url)
                assert sent_to.status_code == status
        sent = {"csrf_token": token, "proposal": number, "answer": "x"}
        assert claire.client.post(path, data=sent, base_url=claire.base_url).status_code == 404
    assert not kept(app)
    assert waiting(app) == 1


def test_of_three_homes_the_town_hall_says(app: Flask, people: People) -> None:
    """A proposal that waited is of nobody any more."""
    with time_machine.travel(NOW, tick=False):
        claire, marc = signed_in(app, people.claire), signed_in(app, people.marc)
        late = claire.get("family.our_weeks", public_id=JULES)
        late = late.fill({"Les semaines paires": True}).submit(CHECK, _refused=200)
        propose(marc)
        with app.app_context(), db.transaction() as session:
            jules = session.scalars(select(Child).where(Child.source_id == "e5")).one()
            third = select(Family.id).where(Family.number == people.zest.family_number)
            session.add(FamilyChild(family_id=session.scalars(third).one(), child_id=jules.id))
        assert "la mairie les dit" in marc.get("family.our_weeks", public_id=JULES).text
        assert "Ces semaines se disent à la mairie." in late.submit("Proposer").text
        assert "L’autre foyer propose" not in claire.get("family.home").text
        assert "Nos semaines" not in marc.get("family.child", public_id=JULES).text
