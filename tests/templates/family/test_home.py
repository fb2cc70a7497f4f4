"""« Accueil » answers « que dois-je faire ? », whatever the state of the account."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import count
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from flask import Flask, render_template

from app.models import RequestState
from app.services.billing.ledger import UnpaidInvoice
from app.services.counts import MenuCounts
from app.services.home import Home
from app.services.inbox.listing import MessageLine
from app.services.requests.reading import OpenRequest, OpenRequests
from tests.support.page_checks.text import visible_text

TODAY = date(2018, 7, 12)
LATE = date(2018, 6, 30)
SOON = date(2018, 8, 1)
NO_REQUEST = OpenRequests([], 0, 0)
PIECE_MISSING = OpenRequest("a" * 16, 7, "Inscrire à la cantine", RequestState.PIECE_MISSING)
SENT = OpenRequest("b" * 16, 9, "Autre demande", RequestState.SENT)
QUIET = Home(
    title="Madame",
    family_number="3816231",
    direct_debit=False,
    balance=Decimal("0.00"),
    address_waits=False,
    counts=MenuCounts(0, 0),
    unpaid=[],
    children=[],
    messages=[],
    requests=NO_REQUEST,
    takes_requests=True,
    today=TODAY,
)


def owing(balance: str, *unpaid: tuple[date, str], direct_debit: bool = False) -> Home:
    """Return the home page of an account with this balance and these invoices left to pay."""
    numbers = count(1)
    invoices = [
        UnpaidInvoice(f"{number:016x}", str(number), LATE, due_on, Decimal(amount))
        for number, (due_on, amount) in zip(numbers, unpaid, strict=False)
    ]
    return replace(QUIET, balance=Decimal(balance), unpaid=invoices, direct_debit=direct_debit)


def cards(app: Flask, home: Home) -> dict[str, str]:
    """Return what each card reads under its heading, in order."""
    visitor = SimpleNamespace(
        display_name="PAYS ZEST", account=SimpleNamespace(first_name="PAYS", last_name="ZEST")
    )
    with app.test_request_context("/accueil"):
        html = render_template("family/home.html", home=home, current_user=visitor)
    read = {}
    for section in BeautifulSoup(html, "html5lib").select("main section"):
        assert section.h2 is not None
        heading = visible_text(section.h2)
        read[heading] = visible_text(section).removeprefix(heading).strip()
    assert next(iter(read)) == "Que dois-je faire ?"
    return read


def to_do(app: Flask, home: Home) -> str:
    """Return what the first card reads."""
    return cards(app, home)["Que dois-je faire ?"]


def operations(app: Flask, home: Home) -> str:
    """Return what « Opérations en cours » reads."""
    return cards(app, home)["Opérations en cours"]


def test_an_invoice_to_come_says_until_when(app: Flask) -> None:
    home = owing("-61.50", (SOON, "61.50"))
    assert to_do(app, home) == "Régler 61,50 € Au plus tard le mercredi 1er août 2018."
    assert "un solde de -61,50 €, soit 61,50 € à régler." in operations(app, home)


def test_a_late_invoice_says_since_when_and_whom_to_call(app: Flask) -> None:
    text = to_do(app, owing("-81.50", (LATE, "20.00"), (SOON, "61.50")))
    assert text.startswith("Régler 81,50 € Échéance dépassée depuis le samedi 30 juin 2018")
    assert "Une difficulté ? Appelez la mairie au 04 76 00 00 00." in text


def test_direct_debit_asks_for_nothing(app: Flask) -> None:
    home = owing("-61.50", (SOON, "61.50"), direct_debit=True)
    assert to_do(app, home).startswith("Rien à faire")
    assert "cette somme sera prélevée, vous n’avez rien à faire." in operations(app, home)


def test_a_late_direct_debit_is_not_called_fine(app: Flask) -> None:
    home = owing("-20.00", (LATE, "20.00"), direct_debit=True)
    text = to_do(app, home)
    assert text.startswith("Vérifier le prélèvement de 20,00 €")
    assert "Le prélèvement automatique n’est pas encore arrivé" in text
    assert "vous n’avez rien à faire" not in operations(app, home)


@pytest.mark.parametrize(
    ("balance", "sentence"),
    [
        ("0.00", "votre compte présente un solde de 0,00 €. Rien à régler."),
        ("42.50", "un solde de 42,50 €, soit 42,50 € en votre faveur. Cette somme sera déduite"),
    ],
)
def test_nothing_to_do_is_said_first(app: Flask, balance: str, sentence: str) -> None:
    home = owing(balance)
    assert to_do(app, home) == "Rien à faire La mairie n’attend rien de vous pour le moment."
    assert sentence in operations(app, home)


def test_a_payment_that_no_invoice_got_is_explained(app: Flask) -> None:
    text = operations(app, owing("-49.50", (SOON, "61.50")))
    assert "même de ceux qui ne sont pas encore affectés à une facture" in text


def test_what_presses_most_comes_first(app: Flask) -> None:
    """Late money, a missing piece, an address to confirm, then what is not pressed."""
    home = replace(
        owing("-20.00", (LATE, "20.00")),
        requests=OpenRequests([PIECE_MISSING, SENT], 2, 1),
        address_waits=True,
        counts=MenuCounts(1, 0),
    )
    acts = ["Régler", "Compléter", "Confirmer", "Lire votre nouveau message"]
    text = to_do(app, home)
    assert sorted(acts, key=text.index) == acts
    assert "Pièce manquante – Inscrire à la cantine, N° 7." in text
    later = to_do(app, replace(home, unpaid=owing("-20.00", (SOON, "20.00")).unpaid))
    assert sorted(acts, key=later.index) == [acts[1], acts[2], acts[0], acts[3]]


def test_several_missing_pieces_are_one_thing_to_do(app: Flask) -> None:
    other = replace(PIECE_MISSING, public_id="c" * 16, number=8)
    home = replace(QUIET, requests=OpenRequests([PIECE_MISSING, other], 2, 2))
    assert to_do(app, home) == "Compléter 2 demandes Pièces manquantes"


def test_more_requests_than_shown_are_counted(app: Flask) -> None:
    """Each with its state in words; how many there are only when some are not shown."""
    first = [PIECE_MISSING, SENT, replace(SENT, number=8)]
    text = cards(app, replace(QUIET, requests=OpenRequests(first, 5, 1)))["Demandes en cours"]
    assert text.startswith("Inscrire à la cantine Pièce manquante · N° 7 Autre demande Envoyée")
    assert "Voir vos 5 demandes en cours" in text
    text = cards(app, replace(QUIET, requests=OpenRequests(first, 3, 1)))["Demandes en cours"]
    assert "Voir vos" not in text


def test_a_town_that_takes_no_request_offers_none(app: Flask) -> None:
    assert "Nouvelle demande" in cards(app, QUIET)["Demandes en cours"]
    text = cards(app, replace(QUIET, takes_requests=False))["Demandes en cours"]
    assert text == "Aucune demande en cours Pour une demande, appelez la mairie au 04 76 00 00 00."


def test_the_latest_messages_say_who_when_and_whether_they_were_read(app: Flask) -> None:
    assert cards(app, QUIET)["Derniers messages"].startswith("Aucun message pour le moment")
    message = MessageLine(
        "d" * 16, "Service enfance", "Marché de Noël", LATE, False, 0, None, None
    )  # fmt: skip
    text = cards(app, replace(QUIET, messages=[message, replace(message, read=True)]))
    assert text["Derniers messages"].startswith(
        "Marché de Noël Non lu – Service enfance – samedi 30 juin 2018 "
        "Marché de Noël Service enfance – samedi 30 juin 2018"
    )
