"""« Import »: what would go against somebody is chosen row by row, before it is done."""

from pathlib import Path

import pytest
from flask import Flask

from app.services.importing import deciding
from tests.blueprints.town_hall.giving import give, packed
from tests.services.importing.test_deciding import FILES, HERE, differing, held
from tests.support.browser import Browser, Page

MOBILE = "Suivre le fichier : Inès GARNIER, portable, famille F1"
TOWN = "Suivre le fichier : Commune, famille F1"
PAYMENT = "Retirer : CHEQUE, du 10/09/2026, 1 000,00 €, famille F1"
CHILD = "Retirer : Maëlle LE GOFF, famille F1"


@pytest.fixture
def read(app: Flask, office: Browser, tmp_path: Path) -> Page:
    """Nadia has given files that differ from the portal, and reads what they would change."""
    return give(office, packed(differing(app, tmp_path / "next"), tmp_path))


def test_what_was_accepted_here_stays_until_she_says_otherwise(app: Flask, read: Page) -> None:
    """Nothing is ticked but the child whom the files put elsewhere; it is done as it is shown."""
    assert "Acceptés ici, et vos fichiers disent autre chose de nouveau (2)" in read.text
    assert f"{HERE['mobile']} {FILES['mobile']}" in " ".join(read.text.split())
    ticked = [str(each["name"]) for each in read.soup.select("td.tick input[checked]")]
    assert ticked == ["enfant"]
    page = read.submit("Importer")
    assert "est importé" in page.h1
    assert held(app) == {
        **HERE, "invoices": {"101", "102"}, "payments": {"500"}, "children": 2,
    }  # fmt: skip


def test_she_reads_again_what_she_chose(app: Flask, read: Page) -> None:
    """Whichever button she presses: one row, a payment, all invoices, and the child stays."""
    page = read.fill({MOBILE: True, PAYMENT: True, CHILD: False, "facture-tous": "Tout retirer"})
    page = page.submit("Importer")
    assert page.h1.startswith("Ce que changerait")
    assert "Vos choix sont pris en compte" in page.text
    assert "2 factures" not in page.text
    ticked = [str(each["name"]) for each in page.soup.select("td.tick input[checked]")]
    assert ticked == ["accepte", "facture", "facture", "reglement"]
    assert held(app)["mobile"] == HERE["mobile"]
    page = page.submit("Importer")
    assert held(app) == {
        **HERE, "mobile": FILES["mobile"], "invoices": set(), "payments": set(), "children": 3,
    }  # fmt: skip
    assert "portable, « 06 39 98 00 99 » devient « 06 39 98 00 77 »" in page.text
    page.link("Annuler cet import").click().submit("Annuler cet import")
    assert held(app) == {
        **HERE, "invoices": {"101", "102"}, "payments": {"500"}, "children": 3,
    }  # fmt: skip


def test_what_is_not_on_the_page_is_not_chosen(app: Flask, read: Page) -> None:
    """A forged row, and a page drawn before a colleague read it otherwise."""
    [reading] = read.soup.select("input[name=reading]")
    forged = {
        "csrf_token": read.csrf_token,
        "act": "read",
        "reading": str(reading["value"]),
        "facture": "200",
    }
    page = read.browser.post(read.path, forged)
    assert page.errors[0].startswith("Entre-temps")
    read.fill({TOWN: True}).submit("Relire avec ces choix")
    page = read.submit("Importer", _refused=200)
    assert page.errors[0].startswith("Entre-temps")
    assert "est importé" in read.browser.visit(read.path).submit("Importer").h1
    assert held(app)["city"] == FILES["city"]


def test_of_many_rows_the_first_are_shown(
    app: Flask,
    office: Browser,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The rest follows what is said of all."""
    monkeypatch.setattr(deciding, "SHOWN", 1)
    folder = differing(app, tmp_path / "next")
    page = give(office, packed(folder, tmp_path))
    assert "Et 1 autre : « Pour toutes les lignes » en décide aussi." in page.text
    assert len(page.soup.select("input[name=facture]")) == 1
    page = page.fill({"facture-tous": "Tout retirer"}).submit("Relire avec ces choix")
    page.fill(facture=False).submit("Relire avec ces choix").submit("Importer")
    assert held(app)["invoices"] == {"101"}
