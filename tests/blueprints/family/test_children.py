"""« Mes enfants »: what a family knows of its child, and nothing of the child's other family."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine
from flask import Flask

from app import db
from app.models import Child, Document, Family, Invoice, InvoiceLine
from tests.support.browser import Browser
from tests.support.people import People, public_id


@pytest.fixture
def jules(app: Flask, people: People) -> str:
    """Jules, of two families: each was invoiced something of its own for him."""
    with app.app_context(), db.transaction() as session:
        child = session.query(Child).filter_by(source_id="e5").one()
        for number, (home, label, day) in enumerate(
            (
                ("520004", "Cantine", date(2026, 9, 30)),
                ("520004", "Cantine", date(2026, 10, 31)),
                ("520004", "Garderie du soir", date(2026, 10, 31)),
                ("530005", "Centre de loisirs", date(2026, 10, 31)),
            )
        ):
            invoice = Invoice(
                source_id=f"j{number}",
                family_id=session.query(Family).filter_by(number=home).one().id,
                kind="FACTURE",
                number=f"J{number}",
                issued_on=day,
                due_on=day,
                amount=Decimal("20.00"),
            )
            session.add(invoice)
            session.flush()
            session.add(
                InvoiceLine(
                    invoice_id=invoice.id,
                    position=1,
                    child_id=child.id,
                    label=label,
                    quantity=Decimal(number + 5),
                    amount=Decimal("20.00"),
                )
            )
    return public_id("e5")


def test_a_child_is_shown_with_birth_date_in_full_and_age(browser: Browser, people: People) -> None:
    with time_machine.travel(date(2026, 11, 23), tick=False):
        browser.sign_in(people.zest)
        page = browser.get("family.children").link("Voir la fiche de PAYS").click()
    assert page.h1.endswith("PAYS ZEST")
    for words in ("8 novembre 2016, 10 ans", "Masculin", "École du Bourg", "CP"):
        assert words in page.text
    assert "Aucune activité pour le moment" in page.text


@pytest.mark.parametrize(
    ("born", "told"),
    [
        (date(2026, 11, 24), "Naissance prévue le 24 novembre 2026"),
        (date(2099, 2, 14), "Naissance prévue le 14 février 2099"),
        (date(2026, 11, 23), "23 novembre 2026, moins d’un mois"),
        (date(2026, 10, 23), "23 octobre 2026, 1 mois"),
        (date(2025, 11, 24), "24 novembre 2025, 11 mois"),
        (date(2025, 11, 23), "23 novembre 2025, 1 an"),
        (date(2024, 2, 29), "29 février 2024, 2 ans"),
    ],
)
def test_the_age_of_the_youngest(
    app: Flask, browser: Browser, people: People, born: date, told: str
) -> None:
    """A child enrolled before birth has none yet; a newborn's is told in months."""
    with app.app_context(), db.transaction() as session:
        session.query(Child).filter_by(source_id="e1").one().birth_date = born
    with time_machine.travel(date(2026, 11, 23), tick=False):
        home = browser.sign_in(people.zest)
        assert ("Prévue le" in home.text) is told.startswith("Naissance")
        page = browser.get("family.children")
    assert f"Date de naissance {told} Sexe" in page.text


def test_each_activity_is_told_by_its_latest_invoice(
    browser: Browser, people: People, jules: str
) -> None:
    browser.sign_in(people.claire)
    page = browser.get("family.child", public_id=jules)
    rows = [
        row.get_text(" ", strip=True) for row in page.soup.select("#activites ~ .across tbody tr")
    ]
    assert rows == [
        "Cantine 31/10/2026 6\xa0repas 20,00\xa0€",
        "Garderie du soir 31/10/2026 7 20,00\xa0€",
    ]


def test_the_other_home_s_activities_stay_there(
    browser: Browser, people: People, jules: str
) -> None:
    browser.sign_in(people.marc)
    page = browser.get("family.child", public_id=jules)
    assert "Centre de loisirs" in page.text
    assert "Cantine" not in page.text
    assert "Garderie" not in page.text


def test_a_family_s_own_documents_are_at_hand(browser: Browser, people: People) -> None:
    browser.sign_in(people.zest)
    page = browser.get("family.child", public_id=public_id("e1"))
    link = page.link("Attestation de paiement")
    assert link.href.endswith(public_id("d1"))
    [row] = page.soup.select("#documents ~ ul li")
    assert row.get_text(" ", strip=True) == "Attestation de paiement PDF"


def test_what_is_new_says_so_on_the_child_s_page_too(
    app: Flask, browser: Browser, people: People
) -> None:
    """The same words as in Infos/Documents: kind, size, date, and « Nouveau »."""
    with time_machine.travel("2026-11-20T10:00:00+00:00", tick=False):
        browser.sign_in(people.zest)
    with app.app_context(), db.transaction() as session:
        mine = session.query(Document).filter_by(public_id=public_id("d1")).one()
        mine.added_at, mine.file_size = datetime(2026, 11, 23, 9, tzinfo=UTC), 2_008
    with time_machine.travel("2026-11-24T10:00:00+00:00", tick=False):
        browser.sign_in(people.zest)
        page = browser.get("family.child", public_id=public_id("e1"))
    [row] = page.soup.select("#documents ~ ul li")
    assert " ".join(row.get_text(" ", strip=True).split()) == (
        "Attestation de paiement Nouveau – PDF, 2 Ko – 23 novembre 2026"
    )
