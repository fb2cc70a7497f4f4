"""A parent reads when an invoice is due, and whom to call when its date has passed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
import time_machine
from flask import Flask
from sqlalchemy.orm import Session

from app import create_app, db
from app.models import Child, Family, Invoice, InvoiceKind, InvoiceLine
from app.services.billing import sharing
from app.settings import EXTENSION
from tests.support.browser import Browser
from tests.support.people import People, Person, public_id
from tests.support.screens.money import reject
from tests.support.screens.statement import two_years


@pytest.mark.parametrize(
    ("day", "said", "look"),
    [
        (8, "Échéance : mardi 8 novembre 2016. Une difficulté ?", "answer-due"),
        (9, "Échéance dépassée depuis le mardi 8 novembre 2016. Une difficulté ?", "answer-late"),
    ],
)
def test_an_invoice_says_when_its_date_has_passed(
    browser: Browser, people: People, day: int, said: str, look: str
) -> None:
    with time_machine.travel(datetime(2016, 11, day, 11, 0, tzinfo=UTC), tick=False):
        browser.sign_in(people.zest)
        page = browser.get("family.invoice", public_id=public_id("f59"))
    assert said in page.text
    assert page.soup.select(f".{look}")


def test_a_direct_debit_that_is_late_is_a_matter_for_the_town_hall(
    app: Flask, browser: Browser, people: People
) -> None:
    two_years(app, people)
    browser.sign_in(people.karim)
    page = browser.get("family.invoice", public_id=public_id("g3"))
    assert "Échéance dépassée depuis le mardi 12 novembre 2024." in page.text
    assert "Le prélèvement automatique n’est pas encore arrivé" in page.text
    assert "Une difficulté ?" not in page.text


BEFORE_DUE = datetime(2026, 10, 20, 11, 0, tzinfo=UTC)


def change(app: Flask, person: Person, act: Callable[[Session, Family], object]) -> None:
    """Let something happen to the money of a family, and share it anew."""
    with app.app_context(), db.transaction() as session:
        family = session.query(Family).filter_by(number=person.family_number).one()
        act(session, family)
        session.flush()
        sharing.share_anew(session.connection(), [family.id])


def debit(_session: Session, family: Family) -> None:
    family.direct_debit = True


def test_direct_debit_says_the_same_everywhere(
    app: Flask, browser: Browser, people: People
) -> None:
    """Home, statement and invoice: the day, and nothing to do; nowhere anything to settle."""
    change(app, people.claire, debit)
    with time_machine.travel(BEFORE_DUE, tick=False):
        home = browser.sign_in(people.claire)
        invoice = browser.get("family.invoice", public_id=public_id("f62"))
        pages = [home, browser.get("family.statement"), invoice]
    for page in pages:
        assert "sera prélevé le 31 octobre 2026" in page.text
        assert "à régler" not in page.text
    assert "À venir" in home.text
    assert "Factures impayées" not in home.text
    assert "vous n’avez rien à faire. Ce montant sera prélevé" in invoice.text


def test_what_the_bank_rejected_is_to_be_paid_otherwise(
    app: Flask, browser: Browser, people: People
) -> None:
    """A family in direct debit too: nobody debits it a second time."""
    change(app, people.moreau, debit)

    reject(app)
    home = browser.sign_in(people.moreau)
    assert "80,00 € à régler" in home.text
    assert "Règlement rejeté" in home.text
    page = browser.get("family.invoice", public_id=public_id("f60"))
    assert "80,00 € à régler" in page.text
    assert "elle est de nouveau due" in page.text
    assert "Rejet de prélèvement" in page.text
    statement = browser.get("family.statement")
    assert "14/10/2026 Rejet de prélèvement" in statement.text
    assert "-80,00 €" in statement.text


def test_an_invoice_that_was_cancelled_says_so(
    app: Flask, browser: Browser, people: People
) -> None:
    def cancel(session: Session, _family: Family) -> None:
        session.query(Invoice).filter_by(number="59").one().kind = InvoiceKind.CANCELLED

    change(app, people.zest, cancel)
    home = browser.sign_in(people.zest)
    assert "Rien à faire" in home.text
    page = browser.get("family.statement").link("Facture annulée n° 59").click()
    assert "Facture annulée" in page.text
    assert "Comment payer" not in page.text


def test_payfip_is_one_press_away_with_what_it_asks(app: Flask, people: People) -> None:
    """Three things to copy; the statement, of several invoices, sends to each."""
    with_payfip = create_app(replace(app.extensions[EXTENSION], payfip_client="012345"))
    browser = Browser(with_payfip)
    browser.sign_in(people.zest)
    page = browser.get("family.invoice", public_id=public_id("f59"))
    assert page.link("Payer sur payfip.gouv.fr").href == "https://www.payfip.gouv.fr/"
    copied = [each.get_text() for each in page.soup.select("[id^=payfip-]")]
    assert copied == ["012345", "59", "891,35"]
    assert "Payez chaque facture depuis sa page" in browser.get("family.statement").text
    with_payfip.extensions[db.EXTENSION].dispose()


def test_a_line_does_not_repeat_the_child_and_says_what_it_counts(
    app: Flask, browser: Browser, people: People
) -> None:
    """As precise as the town wrote it."""

    def add_lines(session: Session, _family: Family) -> None:
        invoice = session.query(Invoice).filter_by(number="62").one()
        child = session.query(Child).filter_by(source_id="e5").one()
        for place, (label, quantity, price) in enumerate(
            (("Cantine – Jules", "14", "1.2504"), ("Étude (Jules)", "0.125", "2.00"))
        ):
            session.add(
                InvoiceLine(
                    invoice_id=invoice.id, position=place, child_id=child.id, label=label,
                    quantity=Decimal(quantity), unit_price=Decimal(price), amount=Decimal(15),
                )
            )  # fmt: skip

    change(app, people.claire, add_lines)
    browser.sign_in(people.claire)
    page = browser.get("family.invoice", public_id=public_id("f62"))
    rows = [row.get_text(" ", strip=True) for row in page.soup.select("#detail ~ .across tbody tr")]
    assert rows == [
        "Jules",
        "Cantine 14\xa0repas 1,2504\xa0€ 15,00\xa0€",
        "Étude 0,125 2,00\xa0€ 15,00\xa0€",
    ]
    # With the name or without, it is one activity.
    page = browser.get("family.child", public_id=public_id("e5"))
    assert "Cantine – Jules" not in page.text
