"""« Journal »: the Administration reads who did what; that they read it is in it."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select, update

from app import db
from app.models import Family, JournalEntry
from app.services import journal
from app.services.actors import PORTAL, Clerk, Command, Origin, Stranger
from tests.support.browser import Browser, Page
from tests.support.clerks import give_password, settle
from tests.support.databases import selects, statements_of
from tests.support.people import People

LONG_AGO = datetime(2026, 3, 2, 10, tzinfo=UTC)


@pytest.fixture
def camille(app: Flask, browser: Browser, people: People) -> Browser:
    """Camille may do everything, and opened a file; a parent, a stranger and a command acted."""
    somebody = settle(app, "camille@commune.fr", "Camille Martin", "administration")
    page = give_password(browser, somebody.email).fill({"Code": somebody.spare[0]})
    page.submit("Valider")
    Browser(app).sign_in(people.ines)
    with app.app_context(), db.transaction() as session:
        wanted = select(Family.id).where(Family.number == people.zest.family_number)
        family = session.scalars(wanted).one()
        journal.record(session, "purge", Command("root"), None, files="2")
        stranger = Stranger(Origin("192.0.2.7"))
        journal.record(session, "sign_in_failed", stranger, None, identifier="11")
        journal.record_of_family(session, "child_taken_out", Command("root"), family, reason="=1")
        session.execute(
            update(JournalEntry).where(JournalEntry.event == "purge").values(at=LONG_AGO)
        )
    return browser


def rows(page: Page) -> list[str]:
    """Read what each row says."""
    return [row.get_text(" ", strip=True) for row in page.soup.select("tbody tr")]


@pytest.mark.both_databases
def test_each_filter_finds_its_acts(camille: Browser, people: People) -> None:
    """By day, who, what and family; a family's number finds its people and its file."""
    for asked, found in (
        ("acte=purge", ["root (commande)"]),
        ("au=2026-03-02", ["Ménage"]),
        ("du=2026-03-03&acte=purge", []),
        ("acte=sign_in_failed", ["192.0.2.7"]),
        ("acte=sign_in_failed&qui=parent", ["un visiteur"]),
        ("acte=sign_in_failed&qui=commande", []),
        (f"famille={people.zest.family_number}", ["Enfant retiré"]),
        (f"acte=signed_in&famille={people.ines.family_number}", ["un parent"]),
        ("famille=xylophone", []),
    ):
        listed = rows(camille.visit(f"/mairie/journal?{asked}"))
        assert len(listed) == len(found), (asked, listed)
        assert all(word in row for word, row in zip(found, listed, strict=True)), asked


def test_reading_it_is_told_once_a_day_and_for_each_colleague(app: Flask, camille: Browser) -> None:
    page = camille.get("town_hall.journal")
    camille.get("town_hall.journal")
    for _ in range(2):
        page = page.fill({"Qui": "Camille Martin"}).submit("Filtrer")
    assert any("Journal lu à la mairie" in row for row in rows(page))
    signing_in = [row for row in rows(page) if "par un code de secours" in row]
    assert signing_in
    assert "commande" not in signing_in[0]
    with app.app_context():
        told = select(JournalEntry.details).where(JournalEntry.event == "journal_read")
        told = told.order_by(JournalEntry.id)
        assert list(db.session().scalars(told)) == [{}, {"about": "Camille Martin"}]


@pytest.mark.both_databases
def test_what_a_job_did_for_somebody_is_theirs(app: Flask, camille: Browser) -> None:
    """A job has no address, and is no command of theirs."""
    with app.app_context(), db.transaction() as session:
        journal.record(session, "import_undone", Clerk("Camille Martin"), None, run="2")
    page = camille.get("town_hall.journal").fill({"Quoi": "Import annulé"}).submit("Filtrer")
    assert "Camille Martin Import annulé" in rows(page)[0]
    page = page.fill({"Qui": "Camille Martin"}).submit("Filtrer")
    assert len(rows(page)) == 1
    page = page.fill({"Qui": "Une commande"}).submit("Filtrer")
    assert not rows(page)


@pytest.mark.both_databases
def test_what_the_portal_does_by_itself_is_its_own(app: Flask, camille: Browser) -> None:
    """Nobody launched it: it is no command's."""
    with app.app_context(), db.transaction() as session:
        journal.record(session, "purge", PORTAL, None)
    page = camille.get("town_hall.journal").fill({"Qui": "Le portail"}).submit("Filtrer")
    told = rows(page)
    assert any("le portail Ménage" in row for row in told)
    assert all("le portail" in row for row in told)
    page = page.fill({"Qui": "Une commande"}).submit("Filtrer")
    assert not any("le portail" in row for row in rows(page))


def test_a_file_holds_what_the_filters_find(camille: Browser, people: People) -> None:
    """No cell of it is run by a spreadsheet."""
    answer = camille.fetch(f"/mairie/journal.csv?famille={people.zest.family_number}")
    heading, line = answer.get_data().decode("utf-8-sig").splitlines()
    assert heading.startswith("quand;qui;quoi")
    assert "root (commande);enfant retiré d’une famille par la mairie" in line
    assert "raison\u00a0: =1" in line


def test_it_asks_the_database_little(app: Flask, camille: Browser) -> None:
    camille.get("town_hall.journal")
    with statements_of(app) as said:
        camille.get("town_hall.journal")
    assert selects(said) <= 8
