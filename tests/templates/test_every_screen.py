"""Every screen, opened as people open it: `tests/browser.py` checks each page whole on its way."""

import pytest

from tests.browser import Browser
from tests.people import People, public_id

PUBLIC = [
    "auth.sign_in",
    "auth.forgotten_password",
    "auth.forgotten_password_sent",
    "site.site_map",
    "site.guide",
    "site.legal_notice",
    "site.personal_data",
    "site.accessibility",
]
FAMILY = [
    "family.home",
    "family.account",
    "family.children",
    "family.statement",
    "family.messages",
    "family.requests",
    "family.documents",
    "auth.change_password",
]
MENU = [
    "Accueil", "Mon compte", "Mes enfants", "Relevé de compte", "Boîte de réception",
    "Liste des demandes", "Déconnexion", "Changer mot de passe", "Infos/Documents",
]  # fmt: skip


@pytest.mark.parametrize("endpoint", PUBLIC)
def test_a_public_screen_is_whole_and_says_whom_to_call(browser: Browser, endpoint: str) -> None:
    page = browser.get(endpoint)
    assert "04 76 00 00 00" in page.text
    assert "1 place de la Mairie, 38000 Saint-Exemple" in page.text
    assert "du lundi au vendredi, de 9 h à 12 h" in page.text


@pytest.mark.parametrize("name", ["zest", "moreau", "karim", "marc", "no_address"])
def test_every_screen_of_a_family_is_whole(browser: Browser, people: People, name: str) -> None:
    browser.sign_in(getattr(people, name))
    for endpoint in FAMILY:
        page = browser.get(endpoint)
        menu = [entry.get_text(strip=True) for entry in page.soup.select("nav#menu li")]
        assert menu == MENU
        [current] = page.soup.select("nav#menu [aria-current]")
        assert current["href"] == page.path


def test_an_invoice_and_a_message_open_from_their_lists(browser: Browser, people: People) -> None:
    browser.sign_in(people.zest)
    invoice = browser.get("family.invoice", public_id=public_id("f59"))
    assert invoice.h1 == "Facture n° 59"
    assert "891,35 € à régler" in invoice.text
    message = browser.get("family.message", public_id=public_id("m2"))
    assert message.h1 == "Votre dossier d’inscription est complet"


def test_an_unknown_address_says_what_to_do(browser: Browser, people: People) -> None:
    browser.sign_in(people.zest)
    page = browser.visit("/nulle-part", status=404)
    assert page.h1 == "Page introuvable"
    assert "Revenir à l’accueil" in page.text
