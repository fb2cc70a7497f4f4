"""« Relevé de compte », from the menu to an invoice and to files to keep."""

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import ViewportSize, expect

from tests.e2e.live import Portal
from tests.e2e.parent import EVERYWHERE, at_home

# The family of sixty invoices.
IDENTIFIER = "38162469"


@pytest.mark.parametrize("device", EVERYWHERE)
def test_a_parent_finds_an_invoice_and_keeps_the_account(
    chromium: Chromium, live: Portal, device: tuple[ViewportSize, bool]
) -> None:
    with at_home(chromium, live, IDENTIFIER, device) as parent:
        parent.get_by_role("link", name="Relevé de compte", exact=True).first.click()
        expect(parent.locator("h1")).to_have_text("Relevé de compte")
        parent.get_by_role("link", name="Page suivante").click()
        expect(parent).to_have_url(f"{live.url}/releve?page=2")
        parent.get_by_role("link", name="2021-2022", exact=True).click()
        expect(parent.locator("h2").first).to_contain_text("2021-2022")
        expect(parent.locator("main")).to_contain_text("Solde au 1er\u00a0septembre 2021")
        with parent.expect_download() as saved:
            parent.locator("a[href^='/releve/csv']").first.click()
        assert saved.value.suggested_filename == "relevé de compte 2021-2022.csv"
        paper = parent.context.request.get("/releve/pdf?annee=2021-2022")
        assert paper.body().startswith(b"%PDF-")
        parent.locator("tbody a").first.click()
        expect(parent.locator("h1")).to_contain_text("Facture n°")
        expect(parent.locator("main")).to_contain_text("Règlements reçus")
