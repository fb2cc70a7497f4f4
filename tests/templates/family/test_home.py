"""« Accueil » answers « que dois-je faire ? », whatever the state of the account."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask, render_template

from app.models import RequestState
from app.services.billing.ledger import UnpaidInvoice
from app.services.counts import MenuCounts
from app.services.families.children import ChildCard
from app.services.home import Home
from app.services.inbox.listing import LatestMessage
from app.services.requests.latest import LatestRequest
from app.services.requests.registrations import RegisteredChild, Registration
from tests.support.page_checks.text import visible_text

TODAY = date(2018, 7, 12)
LATE = date(2018, 6, 30)
SOON = date(2018, 8, 1)
DAY = date(2018, 7, 11)
PIECE_MISSING = LatestRequest("a" * 16, 7, "canteen", RequestState.PIECE_MISSING, DAY)
SENT = LatestRequest("b" * 16, 9, "other", RequestState.SENT, DAY - timedelta(days=2))
QUIET = Home(
    title="Madame",
    family_number="3816231",
    direct_debit=False,
    balance=Decimal("0.00"),
    email="pays.zest@exemple.fr",
    address_refused=False,
    address_waits=False,
    counts=MenuCounts(0, 0, takes_bookings=False),
    unpaid=[],
    children=[],
    messages=[],
    requests=[],
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
    """Return what each part reads under its heading, in order; the file's blocks after it."""
    visitor = SimpleNamespace(
        display_name="PAYS ZEST", account=SimpleNamespace(first_name="PAYS", last_name="ZEST")
    )
    with app.test_request_context("/accueil"):
        html = render_template("family/home.html", home=home, current_user=visitor)
    read: dict[str, str] = {}
    for section in BeautifulSoup(html, "html5lib").select("main section"):
        found = section.find(["h2", "h3"])
        assert isinstance(found, Tag)
        heading = visible_text(found)
        # « Mes enfants » is there twice: whom to act for, then what the printed guides show.
        read.setdefault(heading, visible_text(section).removeprefix(heading).strip())
    assert next(iter(read)) == "À faire"
    return read


def to_do(app: Flask, home: Home) -> str:
    """Return what the first card reads."""
    return cards(app, home)["À faire"].removeprefix("jeudi 12 juillet 2018 ")


def operations(app: Flask, home: Home) -> str:
    """Return what « Opérations en cours » reads."""
    return cards(app, home)["Opérations en cours"]


def test_an_invoice_to_come_says_until_when(app: Flask) -> None:
    home = owing("-61.50", (SOON, "61.50"))
    assert to_do(app, home) == (
        "61,50 € à régler Au plus tard le mercredi 1er août 2018. Comment payer"
    )
    assert "un solde de -61,50 €, soit 61,50 € à régler." in operations(app, home)


def test_a_late_invoice_says_since_when_and_leads_to_how_to_pay(app: Flask) -> None:
    text = to_do(app, owing("-81.50", (LATE, "20.00"), (SOON, "61.50")))
    assert text == "81,50 € à régler Échéance dépassée depuis le 30 juin 2018. Comment payer"


def test_direct_debit_asks_for_nothing(app: Flask) -> None:
    home = owing("-61.50", (SOON, "61.50"), direct_debit=True)
    assert to_do(app, home) == (
        "Rien à faire Votre solde de -61,50 € sera prélevé le 1er août 2018."
    )
    assert "un solde de -61,50 €, qui sera prélevé le 1er août 2018." in operations(app, home)


def test_debits_of_several_days_begin_on_the_first(app: Flask) -> None:
    home = owing("-81.50", (SOON, "20.00"), (SOON + timedelta(days=9), "61.50"), direct_debit=True)
    assert "sera prélevé à partir du 1er août 2018." in to_do(app, home)


def test_a_late_direct_debit_is_not_called_fine(app: Flask) -> None:
    home = owing("-20.00", (LATE, "20.00"), direct_debit=True)
    text = to_do(app, home)
    assert text.startswith("20,00 € à vérifier")
    assert "Le prélèvement automatique n’est pas encore arrivé" in text
    assert "un solde de -20,00 €, en attente de prélèvement." in operations(app, home)


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
        requests=[PIECE_MISSING, SENT],
        address_waits=True,
        counts=MenuCounts(1, 1, takes_bookings=False),
    )
    acts = ["20,00 € à régler", "Compléter votre demande n° 7", "Confirmer votre nouvelle adresse"]
    text = to_do(app, home)
    assert sorted(acts, key=text.index) == acts
    assert text.count("20,00 €") == 1
    later = to_do(app, replace(home, unpaid=owing("-20.00", (SOON, "20.00")).unpaid))
    assert sorted(acts, key=later.index) == [acts[1], acts[2], acts[0]]
    assert later.startswith("Compléter votre demande n° 7 Ajouter la pièce")


def test_several_missing_pieces_are_one_thing_to_do(app: Flask) -> None:
    other = PIECE_MISSING._replace(public_id="c" * 16, number=8)
    home = replace(
        QUIET, requests=[PIECE_MISSING, other], counts=MenuCounts(0, 2, takes_bookings=False)
    )
    assert to_do(app, home) == "Compléter 2 demandes Voir les demandes"


def test_messages_and_requests_are_told_together_the_newest_first(app: Flask) -> None:
    """Each with its day, whether it was read or where it stands; three at most."""
    text = cards(app, QUIET)["Dernières nouvelles"]
    assert text.startswith("Aucune nouvelle pour le moment")
    message = LatestMessage("d" * 16, "Marché de Noël", TODAY, read=False)
    old = message._replace(day=LATE, read=True)
    home = replace(QUIET, messages=[message, old], requests=[PIECE_MISSING, SENT])
    assert cards(app, home)["Dernières nouvelles"] == (
        "Marché de Noël Non lu – jeudi 12 juillet 2018 "
        "Inscrire à la cantine Pièce manquante – mercredi 11 juillet 2018 "
        "Autre demande Envoyée – lundi 9 juillet 2018"
    )


def test_a_town_that_takes_no_request_offers_none(app: Flask) -> None:
    assert "Nouvelle demande" in cards(app, QUIET)["Mes enfants"]
    text = cards(app, replace(QUIET, takes_requests=False))
    assert "Nouvelle demande" not in text["Mes enfants"]
    assert "Pour une demande, appelez la mairie au 04 76 00 00 00." in text["Dernières nouvelles"]


def test_an_absence_is_one_touch_away(app: Flask) -> None:
    child = ChildCard("c" * 16, "ZEST", "PAYS", None, None, "", "CM2", "")
    text = cards(app, replace(QUIET, children=[RegisteredChild(child, [])]))["Mes enfants"]
    assert text.endswith("PAYS CM2 Signaler une absence de PAYS")


def test_what_was_accepted_stands_by_the_child(app: Flask) -> None:
    child = ChildCard("c" * 16, "ZEST", "PAYS", None, None, "", "CM2", "")
    canteen = Registration("Cantine", "lundi, jeudi", date(2018, 9, 3))
    text = cards(app, replace(QUIET, children=[RegisteredChild(child, [canteen])]))["Mes enfants"]
    assert "Cantine : lundi, jeudi" in text


def test_many_unpaid_invoices_are_counted_not_listed(app: Flask) -> None:
    """The three most urgent, the sum of all, and where the others are."""
    text = cards(app, owing("-60.00", *[(SOON, "10.00")] * 6))["Factures impayées"]
    assert text.count("10,00 €") == 3
    assert text.endswith("Total 60,00 € Voir les 6 factures non soldées")


def test_an_address_that_refuses_our_mails_is_told_calmly(app: Flask) -> None:
    """With what to do; not while a new one waits to be confirmed."""
    refused = replace(QUIET, address_refused=True)
    text = to_do(app, refused)
    assert "Nos courriels à pays.zest@exemple.fr nous reviennent." in text
    assert "Donner une adresse" in text
    assert "nous reviennent" not in to_do(app, replace(refused, address_waits=True))
