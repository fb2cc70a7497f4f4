"""« Mes enfants », from the menu to the page of a child, and to a mistake told."""

from playwright.sync_api import Page, expect

from tests.e2e.conftest import follow_menu


def test_a_parent_reads_the_page_of_a_child_and_reports_an_error(parent: Page) -> None:
    """The form knows which child; what is sent waits in « Liste des demandes »."""
    follow_menu(parent, "Mes enfants")
    parent.get_by_role("link", name="Voir la fiche de PAYS").click()
    expect(parent.locator("h1")).to_have_text("PAYS ZEST")
    expect(parent.locator("main")).to_contain_text("8\u00a0novembre 2016")
    parent.get_by_role("link", name="Signaler une erreur").click()
    expect(parent.locator("h1")).to_have_text("Signaler une erreur sur la fiche d’un enfant")
    expect(parent.get_by_role("radio", name="PAYS ZEST")).to_be_checked()
    parent.get_by_role("textbox").fill("PAYS est en CM1.")
    parent.get_by_role("button", name="Continuer").click()
    expect(parent.locator("h1")).to_have_text("Vérifiez vos réponses")
    expect(parent.locator("main")).to_contain_text("PAYS est en CM1.")
    parent.get_by_role("button", name="Envoyer ma demande").click()
    expect(parent.locator("main")).to_contain_text("Demande n°")
    expect(parent.locator("main")).to_contain_text("PAYS est en CM1.")
