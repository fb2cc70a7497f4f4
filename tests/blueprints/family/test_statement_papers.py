"""The statement for a spreadsheet and on paper, invoices and attestations on paper."""

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
from app.models import Family, Invoice, JournalEntry, Payment
from app.services.billing import statement
from app.web import printing
from tests.blueprints.family.conftest import FIRST_YEAR, SECOND_YEAR, TODAY, invoice
from tests.conftest import skip_or_fail
from tests.support.browser import Browser
from tests.support.page_checks.text import plain
from tests.support.people import People, Person, public_id
from tests.support.screens.statement import INVOICES


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
    for expected in (
        "Facture n° G3",
        "Adam",
        "Sofia",
        "Avant de régler autrement",
        "Famille n° 510002",
    ):
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
    sent = browser.fetch("/attestations/2026", "POST", {"csrf_token": home.csrf_token})
    shown = browser.fetch(sent.location)
    assert shown.mimetype == "text/html"
    assert "la somme de 80,00 €" in plain(BeautifulSoup(shown.text, "html5lib").get_text())
