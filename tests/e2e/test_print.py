"""What a parent prints from the browser: no sheet for one line of the town's address."""

import io
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page
from pypdf import PdfReader

from tests.e2e.conftest import IDENTIFIER, sign_in, whole
from tests.e2e.gallery import DESKTOP
from tests.e2e.live import Portal

# Whom to be, the page that lists them, and a link to each.
PAGES = {
    "invoices of one child": ("38162485", "/releve", "tbody a"),
    "invoices of three children": ("38162469", "/releve", "tbody a"),
    "requests": (IDENTIFIER, "/demandes", "main .rows a"),
    "messages": (IDENTIFIER, "/messages", "main .rows a"),
    "children": ("38162394", "/enfants", "main .card .way"),
}
MOST_OF_EACH = 4


@pytest.fixture
def printer(chromium: Chromium, demonstration: Portal) -> Iterator[Page]:
    """A window of the headless shell, which alone prints to a file."""
    context = chromium.new_context(viewport=DESKTOP, base_url=demonstration.url, locale="fr-FR")
    yield context.new_page()
    context.close()


def sheets(page: Page) -> list[str]:
    """Print the page, and read each sheet."""
    document = PdfReader(io.BytesIO(whole(page).pdf(prefer_css_page_size=True)))
    return [sheet.extract_text() for sheet in document.pages]


@pytest.mark.parametrize("which", PAGES)
def test_one_of_something_is_one_sheet(printer: Page, which: str) -> None:
    """An invoice, a request, a message, a child: with whom to call, without what is pressed."""
    identifier, listed_on, links = PAGES[which]
    sign_in(printer, identifier)
    printer.goto(listed_on)
    addresses = [str(link.get_attribute("href")) for link in printer.locator(links).all()]
    assert addresses
    for address in addresses[:MOST_OF_EACH]:
        printer.goto(address)
        [sheet] = sheets(printer)
        assert "04\xa076\xa000\xa000\xa000" in sheet, address
        assert "Déconnexion" not in sheet, address


def test_a_month_of_bookings_is_one_sheet(printer: Page) -> None:
    """Of two children, every day: it hangs on the fridge."""
    sign_in(printer, "38162394")
    printer.goto("/reservations")
    printer.get_by_role("link", name="Voir le mois entier").click()
    [sheet] = sheets(printer)
    assert "Inaya" in sheet


def test_a_year_of_statement_wastes_no_sheet(printer: Page) -> None:
    """Fifty lines take two; none holds the foot of the page alone."""
    sign_in(printer, "38162469")
    printer.goto("/releve")
    found = sheets(printer)
    assert len(found) <= 3
    assert all(len(sheet.split()) > 40 for sheet in found)


def test_a_certificate_is_one_sheet(printer: Page) -> None:
    """The page that stands in where no PDF can be made."""
    sign_in(printer, "38162469")
    printer.goto("/attestations")
    forms = printer.locator("main form[action^='/attestations/']").all()
    years = [str(form.get_attribute("action")) for form in forms]
    assert years
    for year in years:
        printer.goto(f"{year}/a-imprimer")
        [sheet] = sheets(printer)
        assert "Signature et cachet" in sheet
