"""« Mon compte » in a real browser: another address, other devices, one's own data."""

import json
import re
from zipfile import ZipFile

from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect

from tests.e2e.conftest import PASSWORD, follow_menu, sign_in
from tests.e2e.live import Portal, words_of

NEW_ADDRESS = "pays.zest@nouvelle.exemple.fr"
LINK = re.compile(r"^http\S+/compte/courriel/confirmer/\S+$", re.MULTILINE)


def test_a_parent_looks_after_her_account(parent: Page, live: Portal, chromium: Chromium) -> None:
    """A new address, confirmed by its link; the library's computer closed; an archive kept."""
    follow_menu(parent, "Mon compte")
    change_address(parent)
    parent.goto(words_of(live.mail_to(NEW_ADDRESS), LINK))
    parent.get_by_role("button", name="Confirmer cette adresse").click()
    expect(parent.locator("h1")).to_have_text("Adresse confirmée")
    elsewhere = chromium.new_context(base_url=live.url).new_page()
    sign_in(elsewhere)
    parent.get_by_role("link", name="Aller à mon compte").click()
    expect(parent.locator("main")).to_contain_text("Confirmée par vous.")
    expect(parent.locator("main")).to_contain_text("pays.zest@nouvelle.exemple.fr")
    parent.get_by_role("button", name="Déconnecter tous les autres appareils").click()
    expect(parent.locator("main")).to_contain_text("Vos autres appareils sont déconnectés.")
    elsewhere.goto("/accueil")
    expect(elsewhere.locator("h1")).to_have_text("Accès famille")
    elsewhere.context.close()
    ask_for_details(parent)
    choose_mails(parent)
    keep_data(parent)


def change_address(page: Page) -> None:
    """A slip is told; the right address waits for its link."""
    page.get_by_role("link", name="Modifier mon adresse de courriel").click()
    for address in ("pays.zest", NEW_ADDRESS):
        page.get_by_label("Nouvelle adresse de courriel").fill(address)
        page.get_by_label("Mot de passe actuel", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Recevoir le lien").click()
        if address != NEW_ADDRESS:
            expect(page.locator(".error-summary")).to_contain_text("Écrivez une seule adresse")
    expect(page.locator("main")).to_contain_text("En attente de confirmation")


def ask_for_details(page: Page) -> None:
    """A new phone and a new street wait for the town hall; a slip is told."""
    page.get_by_role("link", name="Modifier mes téléphones").click()
    for number in ("06 12", "0698123456"):
        page.get_by_label("Portable").fill(number)
        page.get_by_role("button", name="Envoyer à la mairie").click()
        if number == "06 12":
            expect(page.locator(".error-summary")).to_contain_text("Vérifiez ce numéro")
    expect(page.locator("main")).to_contain_text("En attente de la mairie")
    expect(page.locator("main")).to_contain_text("06\u00a098\u00a012\u00a034\u00a056")
    page.get_by_role("link", name="Modifier mon adresse", exact=True).click()
    page.get_by_label("Numéro et voie").fill("12 rue de la Fontaine")
    page.get_by_role("button", name="Envoyer à la mairie").click()
    expect(page.locator("main")).to_contain_text("12 rue de la Fontaine")


def choose_mails(page: Page) -> None:
    """No mail for a new invoice, from now on."""
    page.get_by_role("link", name="Modifier les courriels que je reçois").click()
    page.get_by_label("Une nouvelle facture").uncheck()
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator("main")).to_contain_text("Vos choix de courriels sont enregistrés.")


def keep_data(page: Page) -> None:
    """The archive opens, and says what the screen says."""
    with page.expect_download() as download:
        page.get_by_role("button", name="Télécharger mes données").click()
    with ZipFile(download.value.path()) as archive:
        data = json.loads(archive.read("donnees.json"))
        assert "LISEZMOI.txt" in archive.namelist()
        assert [name for name in archive.namelist() if name.startswith("documents/")]
    assert data["moi"]["courriel"] == NEW_ADDRESS
    assert data["famille"]["solde"] == "-891.35"
