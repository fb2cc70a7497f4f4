"""« Accueil » answers « que dois-je faire ? », whatever the state of the account."""

from datetime import date
from decimal import Decimal
from itertools import count
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from flask import Flask, render_template

from app.services.households import Home
from app.services.ledger import UnpaidInvoice
from tests.page_checks.text import visible_text

TODAY = date(2018, 7, 12)
LATE = date(2018, 6, 30)
SOON = date(2018, 8, 1)


def answer(app: Flask, balance: str, *unpaid: tuple[date, str], direct_debit: bool = False) -> str:
    """Return what the first card reads."""
    numbers = count(1)
    invoices = [
        UnpaidInvoice(f"{number:016x}", str(number), LATE, due_on, Decimal(amount))
        for number, (due_on, amount) in zip(numbers, unpaid, strict=False)
    ]
    home = Home(
        title="Madame",
        family_number="3816231",
        direct_debit=direct_debit,
        balance=Decimal(balance),
        unread_count=0,
        unpaid=invoices,
        children=[],
        today=TODAY,
    )
    visitor = SimpleNamespace(
        display_name="PAYS ZEST", account=SimpleNamespace(first_name="PAYS", last_name="ZEST")
    )
    with app.test_request_context("/accueil"):
        html = render_template("family/home.html", home=home, current_user=visitor)
    card = BeautifulSoup(html, "html5lib").select_one("main section")
    assert card is not None
    return visible_text(card)


def test_an_invoice_to_come_says_until_when(app: Flask) -> None:
    text = answer(app, "-61.50", (SOON, "61.50"))
    assert text.startswith("Opérations en cours 61,50 € à régler")
    assert "votre compte présente un solde de -61,50 €, soit 61,50 € à régler." in text
    assert "À régler au plus tard le mercredi 1er août 2018" in text


def test_a_late_invoice_says_since_when_and_whom_to_call(app: Flask) -> None:
    text = answer(app, "-81.50", (LATE, "20.00"), (SOON, "61.50"))
    assert "Échéance dépassée depuis le samedi 30 juin 2018" in text
    assert "Une difficulté ? Appelez la mairie au 04 76 00 00 00." in text


def test_direct_debit_asks_for_nothing(app: Flask) -> None:
    text = answer(app, "-61.50", (SOON, "61.50"), direct_debit=True)
    assert "Vous êtes en prélèvement automatique : vous n’avez rien à faire." in text


def test_a_late_direct_debit_is_not_called_fine(app: Flask) -> None:
    text = answer(app, "-20.00", (LATE, "20.00"), direct_debit=True)
    assert "vous n’avez rien à faire" not in text
    assert "Le prélèvement automatique n’est pas encore arrivé" in text


@pytest.mark.parametrize(
    ("balance", "sentence"),
    [
        ("0.00", "votre compte présente un solde de 0,00 €."),
        ("42.50", "un solde de 42,50 €, soit 42,50 € en votre faveur."),
    ],
)
def test_nothing_to_pay_is_said_first(app: Flask, balance: str, sentence: str) -> None:
    text = answer(app, balance)
    assert text.startswith("Opérations en cours Rien à régler")
    assert sentence in text


def test_a_payment_that_no_invoice_got_is_explained(app: Flask) -> None:
    text = answer(app, "-49.50", (SOON, "61.50"))
    assert "même de ceux qui ne sont pas encore affectés à une facture" in text
