"""« Textes »: the town writes its own, reads them as families do, and may think better of it."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app import db
from app.models import JournalEntry
from app.services import town_texts
from app.services.actors import Command
from app.services.town_hall import texts
from tests.support.browser import Browser
from tests.support.clerks import give_password, settle

WRITTEN = "Délégué à la protection des données\n\nÉcrivez à dpo@exemple.fr.\n\n- <b>un</b>\n- deux"
HERE = "personal_data"


@pytest.fixture
def office(app: Flask) -> Browser:
    """Camille, who may do everything, is signed in."""
    browser = Browser(app)
    clerk = settle(app, "camille.martin@commune.fr", "Camille Martin", "administration")
    give_password(browser, clerk.email).fill({"Code": clerk.spare[0]}).submit("Valider")
    return browser


def folder_of(app: Flask) -> Path:
    """Where the texts lie."""
    return Path(app.instance_path) / town_texts.FOLDER


def test_a_text_is_written_read_and_taken_back(office: Browser, app: Flask) -> None:
    """She looks first, saves, thinks better of it twice."""
    page = office.get("town_hall.settings").link("Écrire les textes").click()
    assert page.link("Comment payer").click().h1 == "Comment payer"
    page = office.get("town_hall.text", name="donnees-personnelles")
    assert "À quoi cela sert" in page.text
    page = page.fill({"Texte": WRITTEN}).submit("Voir avant d’enregistrer", 200)
    assert "Ce que liraient les familles" in page.text
    assert "À quoi cela sert" not in page.text
    assert "<b>un</b>" in page.text
    assert not folder_of(app).exists()
    page = page.submit("Enregistrer")
    public = Browser(app).get(f"site.{HERE}")
    assert "Délégué à la protection des données" in [each.text for each in public.soup.select("h2")]
    assert public.soup.select_one("a[href='mailto:dpo@exemple.fr']")
    assert "À quoi cela sert" not in public.text
    with app.app_context():
        event = select(JournalEntry).where(JournalEntry.event == texts.EVENT)
        line = db.session().scalars(event).one()
    assert line.acted_by == "Camille Martin"
    assert line.details == {
        "text": "Données personnelles",
        "length": f"0 → {len(WRITTEN)} signes",
    }
    page = page.submit("Annuler")
    assert "La version d’avant est revenue." in page.text
    assert "À quoi cela sert" in Browser(app).get(f"site.{HERE}").text
    page = page.submit("Revenir à la version d’avant")
    assert "À quoi cela sert" not in Browser(app).get(f"site.{HERE}").text
    page = page.submit("Revenir au texte d’origine")
    assert "À quoi cela sert" in Browser(app).get(f"site.{HERE}").text
    assert "rien n’a changé" in page.submit("Enregistrer").text


def test_two_at_once(office: Browser, app: Flask) -> None:
    """Who saves second is told, keeps what they wrote, and reads the other's."""
    page = office.get("town_hall.text", name="paiement").fill({"Texte": "Par chèque."})
    with app.app_context():
        texts.save("paiement", "Par virement.", texts.mark("paiement"), Command("Alex Rey"))
    page = page.submit("Enregistrer", 200)
    assert page.errors[0].startswith("Entre-temps, Alex Rey a changé ce texte")
    assert page.value("Texte") == "Par chèque."
    assert "Par virement." in page.text
    page.submit("Enregistrer")
    assert (folder_of(app) / "paiement.txt").read_text("utf-8") == "Par chèque.\n"
    assert (folder_of(app) / "paiement.avant").read_text("utf-8") == "Par virement.\n"


def test_what_cannot_be_saved_is_said(
    office: Browser, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Too long, or nowhere to write: nothing typed is lost, and nothing is noted."""
    page = office.get("town_hall.text", name="absence").fill({"Texte": "x" * 16_001})
    page = page.submit("Enregistrer", 200)
    assert page.errors == ["Écrivez 16000 caractères au plus."]

    def refuse(_path: Path, _content: bytes) -> None:
        raise PermissionError

    monkeypatch.setattr("app.whole_files.write", refuse)
    page = page.fill({"Texte": "La veille."}).submit("Enregistrer", 200)
    assert "le serveur ne laisse pas écrire" in page.errors[0]
    assert page.value("Texte") == "La veille."
    with app.app_context():
        event = select(JournalEntry).where(JournalEntry.event == texts.EVENT)
        assert db.session().scalars(event).all() == []


def test_a_text_in_another_encoding_is_mended(office: Browser, app: Flask) -> None:
    """It is shown as it was meant; saved, families read it."""
    folder_of(app).mkdir()
    (folder_of(app) / "absence.txt").write_bytes("Prévenez l’été.".encode("cp1252"))
    assert "Illisible" in office.get("town_hall.texts").text
    page = office.get("town_hall.text", name="absence")
    assert page.value("Texte") == "Prévenez l’été."
    page = page.submit("Enregistrer")
    assert "ne peut pas être montré" not in page.text
    assert (folder_of(app) / "absence.txt").read_text("utf-8") == "Prévenez l’été.\n"


def test_every_text_has_its_place() -> None:
    assert texts.PLACES.keys() == town_texts.NAMES
