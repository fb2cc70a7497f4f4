"""A parent reads the account, an invoice, and takes them away on paper or in a spreadsheet."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine
from bs4 import BeautifulSoup
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import select
from werkzeug.test import TestResponse

from app import db
from app.calendar import school_years
from app.models import Family, Invoice, InvoiceKind, JournalEntry, Payment
from app.services.billing import statement
from app.web import printing
from tests.conftest import skip_or_fail
from tests.support.browser import Browser, Page
from tests.support.page_checks.text import plain
from tests.support.people import People, Person, public_id
from tests.support.screens.statement import INVOICES, two_years

TODAY = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
# Invoice and payment each, from September 2024: 39 invoices are of the first school year.
FIRST_YEAR, SECOND_YEAR = "2024-2025", "2025-2026"


@pytest.fixture
def karim(app: Flask, people: People) -> Browser:
    """A father with two years of invoices, all paid, in direct debit."""
    two_years(app, people)
    browser = Browser(app)
    browser.sign_in(people.karim)
    return browser


def rows(page: Page) -> list[str]:
    return [" ".join(row.get_text(" ").split()) for row in page.soup.select("tbody tr")]


def test_the_newest_comes_first_and_says_the_balance(karim: Browser) -> None:
    page = karim.get("family.statement")
    assert "0,00 €" in page.text
    assert len(rows(page)) == 50
    assert rows(page)[0].startswith("11/06/2026 Règlement Prélèvement automatique SEPA 69")
    assert rows(page)[0].endswith("10,00 € 0,00 €")


def test_the_pages_hold_every_line_once(karim: Browser) -> None:
    page = karim.get("family.statement")
    seen = rows(page)
    while "Page suivante" in page.text:
        page = page.link("Page suivante").click()
        seen += rows(page)
    assert len(seen) == len(set(seen)) == 2 * INVOICES


def test_a_year_begins_with_what_the_one_before_left(karim: Browser) -> None:
    page = karim.get("family.statement").link(SECOND_YEAR).click()
    assert "Solde au 1er septembre 2025" in page.text
    assert "Solde au 31 août 2026" in page.text
    assert all("/2025" in row or "/2026" in row for row in rows(page))
    page = page.link("Page suivante").click()
    assert page.response.request.args["annee"] == SECOND_YEAR
    assert "Solde au 1er septembre 2025" in plain(page.soup.select("tfoot")[0].text)


@pytest.mark.parametrize("day", [date(1016, 9, 1), date(2016, 8, 31), date(9999, 8, 31)])
def test_only_years_with_movements_are_offered(app: Flask, karim: Browser, day: date) -> None:
    """A lone payment of long ago, or a slip of the town's software, adds one year to the choice."""
    with app.app_context(), db.transaction() as session:
        family = session.query(Family).filter_by(number=People().karim.family_number).one()
        session.add(Payment(source_id="p", family_id=family.id, paid_on=day, amount=Decimal(1)))
    page = karim.get("family.statement")
    offered = [
        item.text.strip() for item in page.soup.select("nav[aria-label='Année scolaire'] li")
    ]
    year = school_years.of(day).label
    assert offered == ["Toutes", *sorted([SECOND_YEAR, FIRST_YEAR, year], reverse=True)]
    assert len(rows(page.link(year).click())) == 1


@pytest.mark.parametrize("asked", ["2019-2020", "2025-2027", "9999-0000", "x", "²", "2025"])
def test_a_year_without_movements_shows_them_all(karim: Browser, asked: str) -> None:
    assert karim.get("family.statement", annee=asked).text == karim.get("family.statement").text


def test_on_one_day_invoices_come_before_payments(app: Flask, people: People) -> None:
    """Whatever was handed over first: the balance never shows money before the debt."""
    with app.app_context(), db.transaction() as session:
        family = session.query(Family).filter_by(number=people.zest.family_number).one()
        day = date(2016, 11, 8)
        session.add(Payment(source_id="p", family_id=family.id, paid_on=day, amount=Decimal(1)))
        session.add(invoice(family, "late", day, "2.00"))
    browser = Browser(app)
    browser.sign_in(people.zest)
    assert [row.split()[1] for row in rows(browser.get("family.statement"))] == [
        "Règlement",
        "Facture",
        "Facture",
    ]


def test_the_lines_of_an_invoice_are_grouped_by_child(karim: Browser) -> None:
    page = karim.get("family.invoice", public_id=public_id("g3"))
    assert [row.get_text(strip=True) for row in page.soup.select("tr.group")] == ["Adam", "Sofia"]
    assert "Prélèvement automatique SEPA 3" in page.text
    assert "sur un règlement de 10,00 €" in page.text
    assert "5,00 € à régler" in page.text


def test_direct_debit_says_that_there_is_nothing_to_do(karim: Browser) -> None:
    page = karim.get("family.invoice", public_id=public_id("g3"))
    assert "Vous êtes en prélèvement automatique : vous n’avez rien à faire." in page.text
    assert "Référence à indiquer" not in page.text


def test_the_town_says_how_to_pay(app: Flask, browser: Browser, people: People) -> None:
    browser.sign_in(people.zest)
    page = browser.get("family.invoice", public_id=public_id("f59"))
    assert "Réglez par un moyen indiqué sur la facture." in page.text
    assert "Famille 3816231, facture 59" in page.text
    write_how_to_pay(app)
    for page in (
        browser.get("family.statement"),
        browser.get("family.invoice", public_id=public_id("f59")),
    ):
        assert "Par chèque, à l’ordre du Trésor public." in page.text
        assert "Réglez par un moyen indiqué" not in page.text


def test_a_credit_note_and_what_it_paid_lead_to_each_other(
    browser: Browser, people: People
) -> None:
    browser.sign_in(people.moreau)
    page = browser.get("family.invoice", public_id=public_id("f60"))
    assert "Chèque" in page.text
    page = page.link("Avoir n° 61").click()
    assert "4,20 € en votre faveur" in page.text
    assert page.link("N° 60").click().h1 == "Facture n° 60"


def spreadsheet(answer: TestResponse) -> list[list[str]]:
    """Read a CSV as a French spreadsheet does."""
    assert answer.mimetype == "text/csv"
    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))


def test_a_spreadsheet_of_the_whole_account_or_of_a_year(karim: Browser) -> None:
    whole = karim.fetch("/releve/csv")
    assert "filename*=UTF-8''relev%C3%A9%20de%20compte.csv" in whole.headers["Content-Disposition"]
    lines = spreadsheet(whole)
    assert len(lines) == 1 + 2 * INVOICES
    assert lines[0] == ["Date", "Opération", "N° ou référence", "Libellé", "Montant", "Solde"]
    assert lines[1] == [
        "16/09/2024", "Facture", "G0", "Accueil périscolaire", "-10,00", "-10,00",
    ]  # fmt: skip
    year = karim.fetch(f"/releve/csv?annee={FIRST_YEAR}")
    assert "2024-2025.csv" in year.headers["Content-Disposition"]
    years = spreadsheet(year)[1:], spreadsheet(karim.fetch(f"/releve/csv?annee={SECOND_YEAR}"))[1:]
    assert [*years[0], *years[1]] == lines[1:]


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t=", "\r=", " =", "＝"])
def test_a_spreadsheet_never_calculates_a_text(app: Flask, people: People, sign: str) -> None:
    trap = f"{sign}LIEN(A1;A2)"
    with app.app_context(), db.transaction() as session:
        family = session.query(Family).filter_by(number=people.marc.family_number).one()
        session.add(
            Payment(
                source_id="p", family_id=family.id, paid_on=date(2026, 11, 3),
                amount=Decimal("1.00"), reference=trap,
            )
        )  # fmt: skip
        session.add(invoice(family, "trap", date(2026, 11, 4), "1.00", label=trap))
    browser = Browser(app)
    browser.sign_in(people.marc)
    lines = spreadsheet(browser.fetch("/releve/csv"))
    assert lines[2][2] == lines[3][3] == f"'{trap}"
    assert [line[4] for line in lines[1:]] == ["12,00", "1,00", "-1,00"]


def invoice(family: Family, number: str, day: date, amount: str, label: str = "") -> Invoice:
    return Invoice(
        source_id=f"i{number}", public_id=public_id(number), family_id=family.id,
        kind=InvoiceKind.INVOICE, number=number, issued_on=day, due_on=day,
        amount=Decimal(amount), label=label,
    )  # fmt: skip


def write_how_to_pay(app: Flask) -> None:
    folder = app.extensions["portail.settings"].instance / "textes"
    folder.mkdir(parents=True)
    text = "Par chèque, à l’ordre du Trésor public."
    (folder / "paiement.txt").write_text(text, encoding="utf-8")


# On paper.


@pytest.fixture
def pango() -> None:
    """What WeasyPrint needs of the system."""
    if not printing.available():
        skip_or_fail("Pango is not installed (Debian: libpango-1.0-0 and others)")


def paper(answer: TestResponse) -> PdfReader:
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    document = PdfReader(io.BytesIO(answer.data))
    assert str(document.root_object["/Lang"]) == "fr"
    assert "/StructTreeRoot" in document.root_object
    return document


def words(document: PdfReader) -> str:
    text = " ".join(page.extract_text() for page in document.pages)
    return " ".join(text.replace("\u202f", " ").split())


@pytest.mark.usefixtures("pango")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_year_on_paper(karim: Browser) -> None:
    document = paper(karim.fetch(f"/releve/pdf?annee={SECOND_YEAR}"))
    text = words(document)
    assert document.metadata is not None
    title = f"Relevé de compte {SECOND_YEAR} – Portail famille – Saint-Exemple"
    assert document.metadata.title == title
    for expected in (
        "Saint-Exemple", "Monsieur Karim GARNIER", "Madame Inès GARNIER", "Famille n° 510002",
        "Solde au 1er septembre 2025", "Solde au 31 août 2026", "Facture n° G69",
    ):  # fmt: skip
        assert expected in text, expected
    assert "Déconnexion" not in text
    assert "Facture n° G0" not in text


@pytest.mark.usefixtures("pango")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_paper_has_an_end(karim: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """Laying out thousands of lines would take a minute: the latest go, from the balance before."""
    monkeypatch.setattr(statement, "MOST_ON_PAPER", 9)
    page = karim.get("family.statement")
    text = words(paper(karim.fetch(page.link("Imprimer les 9 dernières opérations (PDF)").href)))
    assert "Ce papier montre les 9 opérations les plus récentes." in text
    # Four whole pairs, and a payment of what was invoiced before.
    assert "Solde avant ces opérations -10,00 €" in text
    assert "Facture n° G66" in text
    assert "Facture n° G65" not in text
    page = page.link(SECOND_YEAR).click()
    text = words(paper(karim.fetch(page.link("Imprimer les 9 dernières opérations (PDF)").href)))
    assert "les 9 opérations les plus récentes de l’année" in text
    assert "Solde au 1er septembre" not in text
    monkeypatch.undo()
    assert "Imprimer ce relevé (PDF)" in karim.get("family.statement").text


@pytest.mark.usefixtures("pango")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_invoice_on_paper(karim: Browser) -> None:
    page = karim.get("family.invoice", public_id=public_id("g3"))
    answer = karim.fetch(page.link("Ouvrir le PDF").href)
    text = words(paper(answer))
    assert answer.headers["Content-Disposition"] == "inline; filename=facture-G3.pdf"
    for expected in ("Facture n° G3", "Adam", "Sofia", "5,00 € à régler", "Famille n° 510002"):
        assert expected in text, expected
    assert "Boîte de réception" not in text


@pytest.mark.usefixtures("pango")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_town_s_own_invoice_goes_before_ours(
    app: Flask, browser: Browser, people: People
) -> None:
    with app.app_context(), db.transaction() as session:
        session.query(Invoice).filter_by(number="59").one().file = "facture.pdf"
    folder = app.extensions["portail.settings"].instance / "invoices"
    folder.mkdir(parents=True)
    (folder / "facture.pdf").write_bytes(b"%PDF-1.4 of the town")
    browser.sign_in(people.zest)
    page = browser.get("family.invoice", public_id=public_id("f59"))
    assert browser.fetch(page.link("Ouvrir le PDF").href).data == b"%PDF-1.4 of the town"


@pytest.mark.usefixtures("pango")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_attestation_counts_what_was_received_in_the_year(app: Flask, karim: Browser) -> None:
    with time_machine.travel(TODAY, tick=False):
        karim.sign_in(People().karim)
        page = karim.get("family.certificates")
        assert [item.get_text(" ", strip=True) for item in page.soup.select(".rows strong")] == [
            "Année 2026", "Année 2025", "Année 2024",
        ]  # fmt: skip
        answer = karim.fetch("/attestations/2025", "POST", {"csrf_token": page.csrf_token})
    text = words(paper(answer))
    with app.app_context():
        paid = select(Payment).where(
            Payment.paid_on.between(date(2025, 1, 1), date(2025, 12, 31)),
            Payment.reference.startswith("SEPA"),
        )
        payments = db.session().scalars(paid).all()
    total = f"{sum(payment.amount for payment in payments):.2f}".replace(".", ",")
    assert f"la somme de {total} €" in text
    assert text.count("SEPA") == len(payments)
    for expected in (
        "Saint-Exemple",
        "Adam GARNIER, Sofia GARNIER",
        "Karim GARNIER",
        "20 novembre",
    ):
        assert expected in text, expected
    assert journal(app, People().karim) == [{"year": "2025"}]


def journal(app: Flask, person: Person) -> list[dict[str, str]]:
    """Read what the journal says of attestations."""
    with app.app_context():
        made = select(JournalEntry.details).where(JournalEntry.event == "payment_certificate_made")
        return list(db.session().scalars(made))


@pytest.mark.parametrize("year", ["2019", "9999", "0", "20 24", "２０２５", "-1", "9" * 30])
def test_a_year_without_a_payment_has_no_attestation(
    app: Flask, browser: Browser, people: People, year: str
) -> None:
    token = browser.sign_in(people.moreau).csrf_token
    assert browser.fetch(f"/attestations/{year}", "POST", {"csrf_token": token}).status_code == 404
    assert journal(app, people.moreau) == []


def test_what_is_not_received_yet_is_not_attested(
    app: Flask, browser: Browser, people: People
) -> None:
    """Marc's 12 € come on the 2nd of November."""
    with time_machine.travel(datetime(2026, 11, 1, 12, tzinfo=UTC), tick=False):
        browser.sign_in(people.marc)
        assert "Aucun règlement pour le moment" in browser.get("family.certificates").text
    with time_machine.travel(datetime(2026, 11, 2, 12, tzinfo=UTC), tick=False):
        browser.sign_in(people.marc)
        assert "12,00 € reçus" in browser.get("family.certificates").text


def test_without_printing_no_page_speaks_of_pdf(
    browser: Browser, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printing, "available", lambda: False)
    home = browser.sign_in(people.moreau)
    statement = browser.get("family.statement")
    assert "PDF" not in statement.text
    assert browser.fetch("/releve/pdf").status_code == 404
    address = browser.address("family.invoice", public_id=public_id("f60"))
    assert "PDF" not in browser.visit(address).text
    assert browser.fetch(f"{address}/pdf").status_code == 404
    page = browser.get("family.certificates")
    assert "PDF" not in page.text
    shown = browser.fetch("/attestations/2026", "POST", {"csrf_token": home.csrf_token})
    assert shown.mimetype == "text/html"
    assert "la somme de 80,00 €" in plain(BeautifulSoup(shown.text, "html5lib").get_text())


def test_words_of_the_town_are_shown_as_they_are(app: Flask, people: People) -> None:
    """The rows are written without Jinja's own escaping."""
    with app.app_context(), db.transaction() as session:
        family = session.query(Family).filter_by(number=people.marc.family_number).one()
        day = date(2026, 11, 3)
        session.add(invoice(family, "<i>1</i>", day, "1.00", label="<b>Cantine</b> & garderie"))
        session.add(
            Payment(
                source_id="p", family_id=family.id, paid_on=day, amount=Decimal("1.00"),
                mode="<u>Bon</u>", reference="<s>7</s>",
            )
        )  # fmt: skip
    browser = Browser(app)
    browser.sign_in(people.marc)
    page = browser.get("family.statement")
    for words in ("n° <i>1</i>", "<b>Cantine</b> & garderie", "<u>Bon</u> <s>7</s>"):
        assert words in page.text
    assert page.soup.select("table :is(b, i, u, s)") == []
