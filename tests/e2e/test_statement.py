"""« Relevé de compte », from the menu to an invoice and to files to keep."""

from playwright.sync_api import Page, expect

from tests.e2e.conftest import PASSWORD, sign_in
from tests.e2e.live import Portal

# The family of sixty invoices.
IDENTIFIER = "38162469"


def test_a_parent_finds_an_invoice_and_keeps_the_account(window: Page, live: Portal) -> None:
    live.give_password(IDENTIFIER, PASSWORD)
    sign_in(window, IDENTIFIER)
    window.get_by_role("link", name="Relevé de compte", exact=True).first.click()
    expect(window.locator("h1")).to_have_text("Relevé de compte")
    window.get_by_role("link", name="Page suivante").click()
    expect(window).to_have_url(f"{live.url}/releve?page=2")
    window.get_by_role("link", name="2021-2022", exact=True).click()
    expect(window.locator("h2").first).to_contain_text("2021-2022")
    expect(window.locator("main")).to_contain_text("Solde au 1er\u00a0septembre 2021")
    with window.expect_download() as saved:
        window.locator("a[href^='/releve/csv']").first.click()
    assert saved.value.suggested_filename == "relevé de compte 2021-2022.csv"
    paper = window.context.request.get("/releve/pdf?annee=2021-2022")
    assert paper.body().startswith(b"%PDF-")
    window.locator("tbody a").first.click()
    expect(window.locator("h1")).to_contain_text("Facture n°")
    expect(window.locator("main")).to_contain_text("Règlements reçus")
