"""« Factures », « En retard de paiement », « Règlements »: the money of every family, read only."""

import io
import re
from typing import Any

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import select

from app import db
from app.models import JournalEntry, Message, MessageSending
from app.services.town_hall import long_lists
from app.services.town_hall.money import invoices, late_payers
from tests.blueprints.town_hall.conftest import come
from tests.support.browser import Browser, Page
from tests.support.databases import selects, statements_of
from tests.support.people import People, public_id
from tests.support.screens.families import search
from tests.support.screens.family_file import number_of
from tests.support.screens.invoices import settle_money

LISTS = ("factures", "impayes", "reglements")


@pytest.fixture
def office(app: Flask, people: People, nadia: Browser) -> Browser:
    """Nadia sees amounts; there is an invoice of each state."""
    settle_money(app)
    return nadia


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two are many."""
    monkeypatch.setattr(long_lists, "MOST", 2)
    for each in (invoices, late_payers):
        monkeypatch.setattr(each, "_long_list", each._long_list.__wrapped__)
    monkeypatch.setattr(long_lists, "MOST_IN_A_FILE", 2)


def rows(page: Page) -> list[str]:
    """Read what each row says."""
    return [row.get_text(" ", strip=True) for row in page.soup.select("tbody tr")]


def first_words(page: Page) -> list[str]:
    """Read the number of each invoice, or the name of each family."""
    return [link.get_text(strip=True) for link in page.soup.select("tbody tr td:first-of-type a")]


def payers(page: Page) -> list[str]:
    """Read whose each row is."""
    return [link.get_text(strip=True) for link in page.soup.select("td[data-label=Famille] a")]


@pytest.mark.both_databases
def test_each_filter_finds_its_invoices(office: Browser) -> None:
    """By where they stand, the school, their day, whose they are."""
    for asked, found in (
        ("etat=a-regler&famille=zest", ["59", "RETARD-26", "A-VENIR-26"]),
        ("etat=en-retard", ["59", "PARTIE-26", "RETARD-26", "62", "REJETEE-26", "SANS-NOM-26"]),
        ("etat=en-retard&tri=-reste&famille=zest", ["59", "RETARD-26"]),
        (
            "etat=reglees&famille=garnier&tri=emise",
            ["PAYEE-26", "PAYEE-2-26", "PAYEE-3-26", "PAYEE-4-26"],
        ),
        ("etat=avoirs", ["AVOIR-26", "61"]),
        ("etat=annulees", ["ANNULEE-26"]),
        ("etat=annulees&ecole=École du Bourg", ["ANNULEE-26"]),
        ("du=2016-11-08&au=2016-11-08", ["59"]),
        ("du=2016-11-09&au=2016-12-31", []),
        ("famille=xylophone", []),
    ):
        assert first_words(office.visit(f"/mairie/factures?{asked}")) == found, asked


@pytest.mark.both_databases
def test_who_is_late_the_oldest_debt_first(office: Browser) -> None:
    """With what is left, since when, a telephone, and whether the bank pays."""
    page = office.get("town_hall.late_payers")
    assert payers(page) == ["ZEST", "BERNARD", "DUBOIS", "GARNIER", "Famille V1"]
    zest = rows(page)[0]
    assert "931,35\u00a0€" in zest
    assert "2\u00a0factures" in zest
    assert "08/11/2016" in zest
    assert zest.endswith("Oui")
    assert "partie" in rows(page)[1]
    for asked, found in (
        ("depuis=30", ["ZEST", "BERNARD"]),
        ("prelevement=oui", ["ZEST"]),
        ("prelevement=non&depuis=30", ["BERNARD"]),
        ("famille=garnier", ["GARNIER"]),
        ("ecole=École du Bourg&tri=reste", ["GARNIER", "DUBOIS", "ZEST"]),
        ("famille=moreau", []),
    ):
        assert payers(office.visit(f"/mairie/impayes?{asked}")) == found, asked


@pytest.mark.both_databases
def test_a_payment_says_which_invoices_it_paid(office: Browser) -> None:
    page = office.visit("/mairie/reglements?famille=garnier")
    assert [row.split(" ", 1)[1] for row in rows(page)] == [
        "GARNIER n° 510002 -30,00\u00a0€ Rejet de prélèvement – REJETEE-26",
        "GARNIER n° 510002 30,00\u00a0€ Prélèvement automatique – REJETEE-26",
        "GARNIER n° 510002 27,50\u00a0€ Carte bancaire A12 "
        "PAYEE-26 , PAYEE-2-26 , PAYEE-3-26 et 1\u00a0autre",
    ]
    assert len(rows(office.visit("/mairie/reglements?sens=retours"))) == 1
    assert rows(office.visit("/mairie/reglements?du=2026-10-12&au=2026-10-12&tri=date")) == [
        "12/10/2026 MOREAU n° 500001 80,00\u00a0€ Chèque – 60 , DEDUITE-26"
    ]


def test_an_invoice_is_read_whole(app: Flask, office: Browser, people: People) -> None:
    """Found by its number; looking at it is in the journal, once; its paper is the family's."""
    page = search(office, "REJETEE-26")
    assert page.h1 == "Facture n° REJETEE-26"
    assert "Un règlement a été rejeté ou remboursé." in page.text
    assert "Corrigez dans votre logiciel" in page.text
    office.visit(page.path)
    page = office.visit(page.link("GARNIER").href).link("N° REJETEE-26").click()
    with app.app_context():
        opened = select(JournalEntry.family_id).where(JournalEntry.event == "family_opened")
        families = db.session().scalars(opened).all()
    assert families == [number_of(app, people.ines)]
    paper = office.fetch(page.link("Ouvrir le PDF").href)
    assert "REJETEE-26" in PdfReader(io.BytesIO(paper.data)).pages[0].extract_text()
    assert first_words(page.link("Ses factures").click())[0] == "REJETEE-26"
    assert office.fetch(f"/mairie/factures/{public_id('rien')}").status_code == 404


def test_a_reminder_is_a_draft_to_those_that_are_ticked(app: Flask, office: Browser) -> None:
    """Or to all that are late; who left gets none, and nothing leaves by itself."""
    page = office.get("town_hall.late_payers")
    chosen = [str(each["value"]) for each in page.soup.select("[name=choix]")]
    begun = _dun(office, page, choix=chosen[:3])
    assert begun.h1 == "Écrire aux familles"
    assert begun.value("Objet") == "Rappel\u00a0: une facture à régler"
    assert begun.value("Numéros des familles").split() == ["3816231", "520004"]
    begun = _dun(office, office.visit("/mairie/impayes?depuis=30"), tout="oui")
    assert begun.value("En retard de plus de (jours)") == "30"
    begun = _dun(office, office.visit("/mairie/impayes?prelevement=oui"), tout="oui")
    assert begun.value("Numéros des familles") == "3816231"
    nobody = _dun(office, page, choix=[chosen[1]])
    assert "quitté la commune" in nobody.text
    with app.app_context():
        told = db.session().execute(select(Message.unsent, MessageSending.target_words).join(
            MessageSending, MessageSending.message_id == Message.id)).all()  # fmt: skip
    assert sorted(told) == [
        (True, "En retard de paiement de plus de 30\u00a0jours"),
        (True, "Liste de 1\u00a0famille"),
        (True, "Liste de 2\u00a0familles"),
    ]


def test_the_regie_reminds_all_and_chooses_nobody(app: Flask, office: Browser) -> None:
    remi = come(app, "remi@commune.fr", "Rémi Cuvier", "regie")
    page = remi.visit("/mairie/impayes?depuis=30")
    assert page.soup.select("[name=choix]") == []
    begun = page.submit("Écrire un rappel à toutes")
    assert begun.value("En retard de plus de (jours)") == "30"
    page = remi.visit("/mairie/impayes?prelevement=oui")
    assert "Écrire un rappel" not in page.text
    sent = {"csrf_token": page.csrf_token, "tout": "oui"}
    remi.post("/mairie/impayes/rappel?prelevement=oui", sent, status=403)


def test_whoever_only_reads_sees_no_amount(app: Flask, office: Browser) -> None:
    paul = come(app, "paul@commune.fr", "Paul Lesage", "lecture")
    assert "Factures" not in paul.get("town_hall.day").text
    for each in LISTS:
        assert (
            "Votre rôle ne permet pas de voir les montants"
            in paul.visit(f"/mairie/{each}", 403).text
        )
    assert search(paul, "REJETEE-26").h1 == "Famille GARNIER, n° 510002"


@pytest.mark.parametrize("place", LISTS)
def test_a_list_asks_the_database_little(app: Flask, office: Browser, place: str) -> None:
    with statements_of(app) as said:
        office.visit(f"/mairie/{place}")
    assert selects(said) <= 8


def test_the_file_has_what_the_filters_find(office: Browser) -> None:
    for asked, heading, lines in (
        ("factures.csv?etat=annulees", "n°;famille;nom;émise;", 1),
        ("impayes.csv?tri=-reste", "n°;famille;téléphones;", 5),
        ("reglements.csv?sens=retours", "date;famille;nom;montant;", 1),
    ):
        found = office.fetch(f"/mairie/{asked}").text.splitlines()
        assert found[0].lstrip("\ufeff").startswith(heading)
        assert len(found) == lines + 1
    assert ";'-30,00;Rejet de prélèvement;" in found[1]


@pytest.mark.both_databases
@pytest.mark.usefixtures("few")
def test_of_many_the_order_is_one_that_an_index_has(office: Browser) -> None:
    """« Reste » sorts no more; a file of too many is refused, and says so on the list."""
    page = office.visit("/mairie/impayes?tri=-reste")
    assert "Plus de 2 résultats" in page.text
    assert payers(page)[:2] == ["ZEST", "BERNARD"]
    assert [each.text for each in page.soup.select("thead a")] == ["Depuis"]
    assert payers(office.visit("/mairie/impayes?tri=-depuis"))[:2] == ["Famille V1", "GARNIER"]
    page = office.visit("/mairie/factures?etat=en-retard&tri=montant")
    assert first_words(page)[:2] == ["59", "PARTIE-26"]
    for each in LISTS:
        assert "ne tiennent pas dans un fichier" in office.visit(f"/mairie/{each}.csv").text


@pytest.mark.usefixtures("few")
def test_many_are_met_by_the_index_of_their_state(app: Flask, office: Browser) -> None:
    """What a great town has, nobody goes through: SQLite says how it would find a page."""
    for asked, index in (
        ("factures", "ix_invoice_issued_on_id"),
        ("factures?etat=a-regler", "ix_invoice_unpaid_due_on"),
        ("factures?etat=en-retard&tri=-echeance", "ix_invoice_unpaid_due_on"),
        ("factures?etat=reglees&tri=emise", "ix_invoice_paid"),
        ("factures?etat=avoirs", "ix_invoice_other"),
        ("impayes", "ix_invoice_unpaid_due_on"),
        ("reglements", "ix_payment_paid_on_id"),
    ):
        with statements_of(app) as said:
            office.visit(f"/mairie/{asked}")
        plans = "\n".join(_plan(app, each) for each in said if "LIMIT" in each)
        assert index in plans, asked
        assert re.search(r"SCAN (invoice|payment)$", plans, re.MULTILINE) is None, (asked, plans)


def _plan(app: Flask, statement: str) -> str:
    with app.app_context():
        connection = db.session().connection()
        asked = f"EXPLAIN QUERY PLAN {statement}"
        found = connection.exec_driver_sql(asked, (None,) * statement.count("?"))
        return "\n".join(row[-1] for row in found)


def _dun(office: Browser, page: Page, **chosen: Any) -> Page:
    address = str(page.soup.select("form.bar button")[0]["formaction"])
    return office.post(address, {"csrf_token": page.csrf_token, **chosen})
