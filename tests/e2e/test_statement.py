"""« Relevé de compte », from the menu to an invoice and to files to keep."""

import csv
import io

from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.e2e.conftest import PASSWORD, follow_menu, sign_in, whole
from tests.e2e.live import Portal

# The family of sixty invoices.
IDENTIFIER = "38162469"
YEAR = "2021-2022"


def test_a_parent_finds_an_invoice_and_keeps_the_account(window: Page, live: Portal) -> None:
    """Page after page, then one school year: on the screen, in a spreadsheet and on paper."""
    live.give_password(IDENTIFIER, PASSWORD)
    sign_in(window, IDENTIFIER)
    follow_menu(window, "Relevé de compte")
    window.get_by_role("link", name="Page suivante").click()
    expect(window).to_have_url(f"{live.url}/releve?page=2")
    window.get_by_role("link", name=YEAR, exact=True).click()
    expect(window.locator("h2").first).to_contain_text(YEAR)
    expect(window.locator("main")).to_contain_text("Solde au 1er\u00a0septembre 2021")
    balances = figures(whole(window).locator("tbody td[data-label=Solde]").all_inner_texts())
    rows = spreadsheet(window)
    assert figures([row["Solde"] for row in reversed(rows)]) == balances
    paper = opened(window, "Imprimer ce relevé (PDF)")
    for row in rows:
        assert row["N° ou référence"] in paper
    window.locator("tbody a").first.click()
    expect(window.locator("h1")).to_contain_text("Facture n°\u00a0")
    number = window.locator("h1").inner_text().split("\u00a0")[-1]
    expect(window.locator("main")).to_contain_text("Règlements reçus")
    assert number in opened(window, "Ouvrir le PDF")


def spreadsheet(page: Page) -> list[dict[str, str]]:
    """Download the year for a spreadsheet, and read its rows."""
    with page.expect_download() as saved:
        page.get_by_role("link", name="Ouvrir dans un tableur (CSV)").click()
    assert saved.value.suggested_filename == f"relevé de compte {YEAR}.csv"
    text = saved.value.path().read_text("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def opened(page: Page, words: str) -> str:
    """Open a PDF by its link, and read it."""
    address = page.get_by_role("link", name=words).get_attribute("href")
    document = PdfReader(io.BytesIO(page.context.request.get(str(address)).body()))
    return "\n".join(paper.extract_text() for paper in document.pages)


def figures(amounts: list[str]) -> list[str]:
    """Write amounts alike, from the screen or from a file."""
    return ["".join(sign for sign in amount if sign in "-,0123456789") for amount in amounts]
