"""« Exporter toute la commune »: by whoever answers for the portal, and nobody else."""

import io
import zipfile

import pytest
from flask import Flask
from sqlalchemy import select

from app import db
from app.models import JournalEntry
from app.services.exporting import packing
from tests.support.browser import Browser
from tests.support.clerks import give_password, settle
from tests.support.people import People


@pytest.fixture
def camille(app: Flask, browser: Browser, people: People) -> Browser:
    """She answers for the portal."""
    clerk = settle(app, "camille@commune.fr", "Camille Martin", "administration")
    give_password(browser, clerk.email).fill({"Code": clerk.spare[0]}).submit("Valider")
    return browser


def test_camille_takes_the_town_away(app: Flask, camille: Browser) -> None:
    """A click from the imports; the journal says that she did."""
    page = camille.get("town_hall.imports").link("Exporter toute la commune").click()
    answer = camille.fetch(page.path, "POST", {"csrf_token": page.csrf_token})
    assert answer.headers["Cache-Control"] == "no-store"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert "ZEST" in archive.read("famille.csv").decode("utf-8-sig")
        assert "Camille Martin" in archive.read("LISEZMOI.txt").decode()
    with app.app_context():
        signed = select(JournalEntry.acted_by).where(JournalEntry.event == "town_exported")
        assert db.session().scalars(signed).all() == ["Camille Martin"]


def test_a_town_too_large_for_a_page_is_said(
    camille: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packing, "MOST_FAMILIES", 1)
    page = camille.get("town_hall.export").submit("Télécharger l’archive", _refused=200)
    assert "flask export" in page.errors[0]


def test_nadia_sees_no_way_there(nadia: Browser) -> None:
    assert "Exporter" not in nadia.get("town_hall.imports").text
    assert nadia.fetch("/mairie/reglages/export").status_code == 403
