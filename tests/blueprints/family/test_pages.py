"""What a guardian sees of the family, and what nobody else does."""

from datetime import UTC, datetime

import pytest
import time_machine
from flask import Flask

from tests.support.browser import Browser, Page
from tests.support.people import People, public_id

GUIDES_DAY = datetime(2018, 7, 12, 13, 5, tzinfo=UTC)
PAGES = ("home", "account", "children", "statement", "messages", "requests", "documents")


def test_the_home_page_of_the_guides(browser: Browser, people: People) -> None:
    """Madame ZEST sees what the printed guides show, word for word."""
    with time_machine.travel(GUIDES_DAY, tick=False):
        page = browser.sign_in(people.zest)
    assert page.h1 == "Bienvenue sur le portail famille"
    for words in (
        "Bienvenue PAYS ZEST, vous avez 2 nouveaux messages",
        "jeudi 12 juillet 2018",
        "Madame", "3816231", "ZEST", "PAYS",
        "À la date du jeudi 12 juillet 2018, votre compte présente un solde de -891,35 €",
        "soit 891,35 € à régler",
        "N° facture", "Date facture", "Date échéance", "Montant", "Total",
        "59", "08/11/2016", "891,35 €",
        "Photo", "Nom", "Prénom", "Sexe", "Date de naissance",
    ):  # fmt: skip
        assert words in page.text, words


def test_the_menu_keeps_its_names_and_order(browser: Browser, people: People) -> None:
    """The order on the printed guides."""
    page = browser.sign_in(people.zest)
    names = [
        "Accueil", "Mon compte", "Mes enfants", "Relevé de compte", "Boîte de réception",
        "Liste des demandes", "Déconnexion", "Changer mot de passe", "Infos/Documents",
    ]  # fmt: skip
    text = page.text
    positions = [text.index(name) for name in names]
    assert positions == sorted(positions)


def test_the_unread_count_goes_down_with_reading(browser: Browser, people: People) -> None:
    """Two, one, none: singular and plural are French, and each guardian reads for themselves."""
    page = browser.sign_in(people.zest)
    assert "vous avez 2 nouveaux messages" in page.text
    browser.get("family.message", public_id=public_id("m1"))
    assert "vous avez 1 nouveau message" in browser.get("family.home").text
    browser.get("family.message", public_id=public_id("m2"))
    assert "Aucun nouveau message" in browser.get("family.home").text
    assert "1 nouveau message" in Browser(browser.app).sign_in(people.karim).text


def test_nothing_to_pay_says_so(browser: Browser, people: People) -> None:
    """A family that paid up sees that at once."""
    page = browser.sign_in(people.moreau)
    assert "0,00 €" in page.text
    assert "Rien à régler" in page.text
    assert "84,20" not in page.text


def test_a_balance_in_favour_is_named(browser: Browser, people: People) -> None:
    """Marc is 12 € ahead."""
    page = browser.sign_in(people.marc)
    assert "12,00 €" in page.text
    assert "en votre faveur" in page.text


def test_two_guardians_of_one_family_share_its_account(browser: Browser, people: People) -> None:
    """Inès and Karim see the same children, each with their own identifiant."""
    for person in (people.ines, people.karim):
        page = Browser(browser.app).sign_in(person)
        assert "Adam" in page.text
        assert "Sofia" in page.text
        assert person.display_name in page.text


def test_separated_parents_share_their_child_and_nothing_else(app: Flask, people: People) -> None:
    """Jules is in both homes; no name, address, phone, figure of one is in the other."""
    claire, marc = everything(app, people, "claire"), everything(app, people, "marc")
    assert "Jules" in claire
    assert "Jules" in marc
    for secret in ("Marc", "marc@exemple.fr", "0653000055", "Famille Lefèvre", "12,00"):
        assert secret not in claire.replace("DUBOIS-LEFÈVRE", "")
    for secret in ("Claire", "claire@exemple.fr", "0652000048", "Famille Dubois", "30,00"):
        assert secret not in marc.replace("DUBOIS-LEFÈVRE", "")


def everything(app: Flask, people: People, name: str) -> str:
    """Read every page of the menu."""
    browser = Browser(app)
    browser.sign_in(getattr(people, name))
    return " ".join(browser.get(f"family.{page}").text for page in PAGES)


@pytest.mark.parametrize(
    ("endpoint", "source_id"),
    [
        ("family.invoice", "f59"),
        ("family.invoice_file", "f59"),
        ("family.message", "m2"),
        ("family.document", "d1"),
        ("family.child", "e1"),
        ("family.child_photo", "e1"),
    ],
)
def test_another_family_s_object_does_not_exist(
    app: Flask, browser: Browser, people: People, endpoint: str, source_id: str
) -> None:
    """Another family's id and a made-up one give the same 404, however they are asked for."""
    browser.sign_in(people.moreau)
    theirs = browser.address(endpoint, public_id=public_id(source_id))
    nobody_s = browser.address(endpoint, public_id="0" * 16)
    assert without_reference(browser.visit(theirs, 404)) == without_reference(
        browser.visit(nobody_s, 404)
    )
    for method in ("HEAD", "POST", "PUT", "DELETE"):
        statuses = {browser.client.open(path, method=method).status_code
                    for path in (theirs, nobody_s)}  # fmt: skip
        assert statuses == {404 if method == "HEAD" else 405}
    ranged = browser.client.get(theirs, headers={"Range": "bytes=0-10"})
    assert ranged.status_code == 404


def without_reference(page: Page) -> str:
    """Return the text of an error page without its number."""
    return page.text.replace(page.soup.select("main strong")[-1].text, "")


def test_extra_fields_and_arguments_change_nothing(browser: Browser, people: People) -> None:
    """Nobody becomes another family by asking for it."""
    home = browser.sign_in(people.moreau).text
    assert browser.visit("/accueil?family_id=1&account_id=1&role=admin").text == home


def test_every_page_of_the_menu_opens_for_everybody(app: Flask, people: People) -> None:
    """Whatever the family's file holds, or lacks."""
    for person in (people.zest, people.moreau, people.ines, people.marc, people.no_address):
        browser = Browser(app)
        browser.sign_in(person)
        for page in PAGES:
            browser.get(f"family.{page}")


def test_an_invoice_and_its_statement(browser: Browser, people: People) -> None:
    """Monsieur MOREAU follows a line of his statement to the invoice and what paid it."""
    browser.sign_in(people.moreau)
    statement = browser.get("family.statement")
    for words in ("84,20 €", "80,00 €", "4,20 €", "0,00 €"):
        assert words in statement.text
    invoice = browser.get("family.invoice", public_id=public_id("f60"))
    assert "84,20 €" in invoice.text
    assert "80,00 €" in invoice.text
