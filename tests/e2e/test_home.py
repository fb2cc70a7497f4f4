"""« Accueil »: what there is to do, and the way to it."""

from playwright.sync_api import Page, expect

from tests.e2e.conftest import follow_menu


def test_a_parent_sees_what_she_owes_and_opens_the_invoice(parent: Page) -> None:
    """Late since 2016: the amount, the words, the invoice, and back home by the menu."""
    main = parent.locator("main")
    expect(main).to_contain_text("891,35\u00a0€ à\u00a0régler")
    expect(main).to_contain_text("Échéance dépassée")
    unpaid = parent.get_by_role("table", name="Factures impayées")
    unpaid.get_by_role("link", name="59", exact=True).click()
    expect(parent.locator("h1")).to_have_text("Facture n°\u00a059")
    expect(main).to_contain_text("891,35\u00a0€ à\u00a0régler")
    follow_menu(parent, "Accueil")
    expect(parent.locator("h1")).to_have_text("Bienvenue sur le portail famille")
