"""A parent finds the town hall's documents, sees which ones are new, and keeps them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

import config
from app import db
from app.models import Document
from app.services.documents import publishing
from app.services.documents.publishing import Notice
from tests.blueprints.family.archives import download
from tests.conftest import StartAgain
from tests.services.importing.town import PDF
from tests.support.browser import Browser, Page
from tests.support.databases import selects, statements_of
from tests.support.people import TOWN_HALL, People, Person

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
NEW = "Nouveau"


@pytest.fixture
def menu(tmp_path: Path) -> Path:
    """A PDF of the town hall."""
    path = tmp_path / "menu.pdf"
    path.write_bytes(PDF)
    return path


def give(app: Flask, file: Path, title: str, category: str = "Cantine", **said: str) -> str:
    """The town hall adds a document."""
    with app.app_context():
        assert publishing.add(file, Notice(title, category, **said), TOWN_HALL)
        found = db.session().scalars(select(Document).where(Document.title == title))
        return found.one().public_id


def visit(app: Flask, person: Person, at: datetime) -> Page:
    """Somebody signs in at that hour, and looks at the documents."""
    with time_machine.travel(at, tick=False):
        browser = Browser(app)
        browser.sign_in(person)
        return browser.get("family.documents")


def rows_of(page: Page) -> dict[str, str]:
    """Each document's title, and what is said below."""
    return {
        row.a.get_text(): " ".join(row.p.get_text(" ").replace("\u00a0", " ").split())
        for row in page.soup.select("main .rows li")
        if row.a and row.p
    }


def test_documents_are_under_their_categories(app: Flask, people: People, menu: Path) -> None:
    """Headings in the French order, the latest document first, kind, size and date with each."""
    give(app, menu, "Tarifs", "Tarifs", day="01/09/2026")
    give(app, menu, "Octobre", "Cantine", day="01/10/2026")
    give(app, menu, "Novembre", "Cantine", day="26/10/2026")
    give(app, menu, "Sortie", "Événements", day="02/09/2026")
    page = visit(app, people.moreau, MONDAY)
    headings = [heading.get_text() for heading in page.soup.select("main h2")]
    assert headings == ["Cantine", "Événements", "Tarifs", "Autres documents"]
    rows = rows_of(page)
    assert list(rows)[:2] == ["Novembre", "Octobre"]
    assert rows["Novembre"] == "PDF, 1 Ko – 26 octobre 2026"
    assert "réservé à votre famille" in rows["Attestation de paiement"]


def test_new_means_since_the_last_visit(app: Flask, people: People, menu: Path) -> None:
    """At the first visit nothing is; at the next, what came meanwhile; then it no longer is."""
    with time_machine.travel(MONDAY - timedelta(days=2), tick=False):
        give(app, menu, "Avant")
    first = visit(app, people.ines, MONDAY)
    assert NEW not in first.text
    assert "dernière visite" not in first.text
    with time_machine.travel(MONDAY + timedelta(hours=1), tick=False):
        give(app, menu, "Après")
        give(app, menu, "Pour les GARNIER", family_number=people.ines.family_number)
        give(app, menu, "Pour les MOREAU", family_number=people.moreau.family_number)
    second = visit(app, people.ines, MONDAY + timedelta(days=1))
    rows = rows_of(second)
    assert set(rows) == {"Avant", "Après", "Pour les GARNIER"}
    assert {title for title, said in rows.items() if said.startswith(NEW)} == {
        "Après", "Pour les GARNIER",
    }  # fmt: skip
    assert "2 nouveaux documents depuis votre dernière visite" in second.text
    assert NEW not in visit(app, people.ines, MONDAY + timedelta(days=2)).text
    # The other guardian of the family has their own visits.
    assert NEW not in visit(app, people.karim, MONDAY + timedelta(days=2)).text


def test_new_stays_so_during_the_visit(app: Flask, people: People, menu: Path) -> None:
    """Until the parent comes back another day; one that arrives while they look is new too."""
    visit(app, people.zest, MONDAY)
    with time_machine.travel(MONDAY + timedelta(hours=2), tick=False):
        give(app, menu, "Menus")
    with time_machine.travel(MONDAY + timedelta(hours=3), tick=False) as clock:
        browser = Browser(app)
        browser.sign_in(people.zest)
        for _ in range(3):
            assert "1 nouveau document depuis" in browser.get("family.documents").text
            clock.shift(timedelta(minutes=20))
        give(app, menu, "Tarifs")
        assert "2 nouveaux documents depuis" in browser.get("family.documents").text


def test_looking_writes_nothing(app: Flask, people: People, menu: Path) -> None:
    """One statement reads the list, however long it is."""
    for number in range(5):
        give(app, menu, f"Menu {number}")
    parent = Browser(app)
    parent.sign_in(people.zest)
    counts = []
    for more in ("A", "B"):
        with statements_of(app) as statements:
            parent.get("family.documents")
        counts.append(selects(statements))
        assert not [each for each in statements if each.startswith(("INSERT", "UPDATE"))]
        give(app, menu, f"Menu {more}")
    # Who asks, the documents, and what the menu counts.
    assert counts == [3, 3]


def test_no_name_is_read_backwards(app: Flask, people: People, menu: Path) -> None:
    """A mark makes « fdp.exe » read « exe.pdf »: it is neither kept, shown nor downloaded."""
    with app.app_context():
        assert publishing.add(menu, Notice("Menu \u202efdp.exe\u2066\u200f", "Cantine"), TOWN_HALL)
        found = db.session().scalars(select(Document).where(Document.title == "Menu fdp.exe"))
        name = found.one().public_id
    parent = Browser(app)
    parent.sign_in(people.zest)
    assert "Menu fdp.exe" in parent.get("family.documents").text
    with app.app_context(), db.transaction() as session:
        session.execute(update(Document).values(title="Menu \u202efdp.exe"))
    answer = parent.fetch(parent.address("family.document", public_id=name))
    assert answer.headers["Content-Disposition"].endswith('filename="Menu fdp.exe.pdf"')


def test_a_document_is_kept_under_its_title(app: Flask, people: People, menu: Path) -> None:
    """Never under the name of the file, and never shown in the page."""
    name = give(app, menu, "Menus de décembre / Noël")
    parent = Browser(app)
    parent.sign_in(people.zest)
    answer = parent.fetch(parent.address("family.document", public_id=name))
    assert answer.data == PDF
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert "menu.pdf" not in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_title_that_is_a_file_name_keeps_one_ending(
    app: Flask, people: People, menu: Path
) -> None:
    name = give(app, menu, "programme.PDF")
    parent = Browser(app)
    parent.sign_in(people.zest)
    answer = parent.fetch(parent.address("family.document", public_id=name))
    assert answer.headers["Content-Disposition"] == "attachment; filename=programme.PDF"
    assert "documents/programme.pdf" in download(app, people.zest).names


def test_a_document_of_another_family_does_not_exist(
    app: Flask, people: People, menu: Path
) -> None:
    """Not even for the other parent of the same child."""
    name = give(app, menu, "Pour Claire", family_number=people.claire.family_number)
    for person, status in ((people.claire, 200), (people.marc, 404)):
        parent = Browser(app)
        parent.sign_in(person)
        assert ("Pour Claire" in parent.get("family.documents").text) == (status == 200)
        path = parent.address("family.document", public_id=name)
        assert parent.fetch(path).status_code == status


def test_the_server_in_front_sends_what_it_may(
    app: Flask, start_again: StartAgain, settings: config.Settings, people: People, menu: Path
) -> None:
    """nginx is told which file, and by what name; of another family's it hears nothing."""
    behind = start_again(
        config.Test(
            instance=settings.instance,
            database_url=settings.database_url,
            x_accel_prefix="/prive",
        )
    )
    name = give(behind, menu, "Pour Claire", family_number=people.claire.family_number)
    with app.app_context():
        stored = (
            db.session().scalars(select(Document.file).where(Document.title == "Pour Claire")).one()
        )
    for person, status in ((people.claire, 200), (people.marc, 404)):
        parent = Browser(behind)
        parent.sign_in(person)
        answer = parent.fetch(parent.address("family.document", public_id=name))
        assert answer.status_code == status
        found = answer.headers.get("X-Accel-Redirect")
        assert found == (f"/prive/documents/{stored}" if status == 200 else None)
        if found:
            assert answer.data == b""
            assert answer.mimetype == "application/pdf"
            assert answer.headers["Content-Disposition"].endswith('filename="Pour Claire.pdf"')
            assert answer.headers["Cache-Control"] == "no-store"
    kept = settings.instance / "documents" / stored
    assert [oct(path.stat().st_mode)[-3:] for path in (kept, kept.parent)] == ["640", "750"]
