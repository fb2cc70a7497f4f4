"""The one list of the town hall, as the history of imports has it."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from app import db
from app.models import ImportRun, ImportState
from app.testing import Outbox
from tests.support.browser import Browser, Page
from tests.support.clerks import settle, sign_in_by_mail


@pytest.fixture
def office(app: Flask, browser: Browser, outbox: Outbox) -> Browser:
    """Nadia is signed in, and others imported before her, 23 times."""
    sign_in_by_mail(
        browser, settle(app, "nadia@commune.fr", "Nadia Petit", "regie", by_mail=True), outbox
    )
    with app.app_context(), db.transaction() as session:
        for number in range(23):
            session.add(
                ImportRun(
                    source=f"export-{number}.zip",
                    acted_by="Élodie Roy" if number % 2 else "=Camille",
                    received_at=datetime.now(UTC) - timedelta(days=40 - number),
                    state=ImportState.REFUSED if number < 4 else ImportState.IMPORTED,
                )
            )
    return browser


def names(page: Page) -> list[str]:
    """Read the files of each row."""
    return [cell.text.strip() for cell in page.soup.select("td[data-label=Fichiers]")]


def test_a_filtered_list_is_an_address_to_keep(office: Browser) -> None:
    page = office.get("town_hall.imports")
    assert "23 résultats, page 1 sur 2" in page.text
    assert names(page)[0] == "export-22.zip"
    page = page.fill({"État": "Refusé", "Par": "roy"}).submit("Filtrer")
    assert "2 résultats" in page.text
    assert names(page) == ["export-3.zip", "export-1.zip"]
    kept = f"{page.path}?{page.response.request.query_string.decode()}"
    assert names(office.visit(kept)) == names(page)
    assert names(page.link("Tout montrer").click())[0] == "export-22.zip"


def test_headings_sort_and_pages_keep_what_was_asked(office: Browser) -> None:
    page = office.visit("/mairie/imports?etat=importe&par=%3DCam&tri=numero")
    [heading] = page.soup.select("th[aria-sort]")
    assert heading["aria-sort"] == "ascending"
    assert names(page)[0] == "export-4.zip"
    page = page.link("N°").click()
    assert names(page)[0] == "export-22.zip"
    page = office.get("town_hall.imports").link("N°").click().link("Page suivante").click()
    assert names(page) == ["export-20.zip", "export-21.zip", "export-22.zip"]


def test_what_no_list_knows_asks_nothing(office: Browser) -> None:
    """An old address, or one that somebody mended by hand."""
    page = office.visit("/mairie/imports?etat=vendu&tri=couleur&page=quatre&autre=1")
    assert "23 résultats, page 1 sur 2" in page.text
    assert names(page)[0] == "export-22.zip"
    assert page.value("État") == ""


def test_the_same_leaves_as_a_file(office: Browser) -> None:
    """What the filters find, whole, and nothing that a spreadsheet would run."""
    page = office.visit("/mairie/imports?etat=importe&par=cam")
    answer = office.fetch(page.link("CSV").href)
    lines = answer.text.splitlines()
    assert lines[0].lstrip("\ufeff") == "n°;quand;par;fichiers;créés;modifiés;fermés;courriels;état"
    assert len(lines) == 11
    assert all(";'=Camille;" in line for line in lines[1:])
