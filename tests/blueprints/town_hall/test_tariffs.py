"""« Tarifs »: Nadia says what the canteen costs; families read an estimate, and no page a price."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from app import db
from app.models import BookingBatch, Late, Service, Tariff
from app.services.bookings import reading
from app.services.bookings.judge.judging import judge
from app.services.bookings.judge.verdicts import Act
from app.services.bookings.prices import priced
from tests.services.bookings.conftest import MONDAY
from tests.services.requests.conftest import signed_in
from tests.support.browser import Browser
from tests.support.people import People
from tests.support.services import booked_by

WEDNESDAY = datetime(2026, 11, 25, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def offered(app: Flask, people: People) -> None:
    """The town has a canteen, to which PAYS ZEST is enrolled."""
    with app.app_context(), db.transaction() as session:
        booked, child = booked_by(session, people.zest)
        booked.enrol(child, WEDNESDAY.date().replace(month=9, day=1))


@time_machine.travel(WEDNESDAY, tick=False)
def test_nadia_says_what_it_costs(app: Flask, nadia: Browser) -> None:
    """A line for the same families takes the place of the other; what is too dear is told."""
    page = nadia.get("town_hall.offered").link("Cantine").click().link("Tarifs").click()
    assert "Aucun tarif." in page.text
    page = page.submit("Enregistrer", _refused=200)
    assert page.errors == ["Écrivez le prix, comme 4,20."]
    page = page.fill({
        "À partir du": "01/09/2026", "Prix du jour": "4,20",
        "Réservé hors délai (facultatif)": "6,30 €",
        "Quotient, de (facultatif)": "801",
        "Ce que le jour coûte à la commune (facultatif)": "5,49",
    }).submit("Enregistrer")  # fmt: skip
    assert "Les familles lisent leurs estimations" in page.text
    assert "Quotient à partir de 801 dès le 01/09/2026" in page.text
    assert "Au-dessus du prix de revient (5,49 €)" in page.text
    page = page.fill({
        "À partir du": "01/09/2026", "Jusqu’au (facultatif)": "31/08/2027", "Prix du jour": "4",
        "Quotient, de (facultatif)": "801",
        "À partir de quel enfant de la famille (facultatif)": "",
    }).submit("Enregistrer")  # fmt: skip
    assert "du 01/09/2026 au 31/08/2027" in page.text
    assert "prix de revient (" not in page.text
    with app.app_context():
        assert db.session().scalars(select(Tariff.amount)).all() == [Decimal(4)]
    page = page.submit("Retirer Quotient à partir de 801 du 01/09/2026 au 31/08/2027")
    assert "Ligne retirée." in page.text
    assert "Aucun tarif." in page.text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"Prix du jour": "cher"}, "Prix du jour : écrivez un nombre"),
        ({"Jusqu’au (facultatif)": "bientôt"}, "choisissez un dernier jour"),
        ({"Jusqu’au (facultatif)": "01/01/2020"}, "avant le premier"),
        ({"À partir de quel enfant de la famille (facultatif)": "deux"}, "rang de l’enfant"),
        ({"Quotient, de (facultatif)": "9", "Quotient, à (facultatif)": "8"}, "la tranche finit"),
    ],
)
def test_what_cannot_be_is_said(nadia: Browser, typed: dict[str, str], said: str) -> None:
    page = nadia.get("town_hall.offered").link("Cantine").click().link("Tarifs").click()
    page = page.fill({"Prix du jour": "4,20"} | typed).submit("Enregistrer", _refused=200)
    assert any(said.lower() in each.lower() for each in page.errors), page.errors


def say(app: Flask) -> None:
    """Have the canteen cost 4,20 €, its midday nothing."""
    with app.app_context(), db.transaction() as session:
        for service in session.scalars(select(Service).order_by(Service.id)):
            is_canteen = service.source_id == "cantine"
            session.add(
                Tariff(
                    service_id=service.id,
                    first=WEDNESDAY.date().replace(month=9, day=1),
                    amount=Decimal("4.20") if is_canteen else Decimal(0),
                    late_amount=Decimal("6.30") if is_canteen else None,
                )
            )
            service.late = Late.SURCHARGE


@time_machine.travel(WEDNESDAY, tick=False)
def test_a_parent_reads_what_changes(app: Flask, browser: Browser, people: People) -> None:
    """Two days more, one less; a price that is sent with them changes nothing."""
    say(app)
    browser.sign_in(people.zest)
    monday, tuesday = (f"Cantine, PAYS, {day} décembre" for day in ("jeudi 3", "vendredi 4"))
    page = browser.get("family.bookings_week", week="2026-W49")
    page = page.fill({monday: True, tuesday: True}).submit("Continuer", _refused=200)
    assert "Différence estimée : 8,40 € de plus." in page.text
    assert "seule la facture de la mairie compte" in page.text
    page = page.submit("Enregistrer")
    with app.app_context():
        assert db.session().scalars(select(BookingBatch.added)).one() == 2
    page = browser.get("family.bookings_month", month="2026-12")
    assert "Estimation de ce qui est réservé : 8,40 €." in page.text
    page = browser.get("family.bookings_week", week="2026-W49")
    page = page.fill({monday: False}).submit("Continuer", _refused=200)
    assert "Différence estimée : 4,20 € de moins." in page.text
    with app.app_context(), db.transaction() as session:
        session.execute(update(Tariff).values(amount=Decimal(0)))
    assert (
        "Différence estimée : aucune."
        in page.submit("Modifier", _refused=200).submit("Continuer", _refused=200).text
    )


def test_past_the_limit_one_is_told_both_prices(app: Flask, people: People) -> None:
    say(app)
    friday = WEDNESDAY.replace(day=27)
    with time_machine.travel(friday, tick=False), app.app_context():
        known = priced(reading.known(signed_in(people.zest).family_id, MONDAY, MONDAY))
        cell = next(each for each in known.world.prices if known.may_have_box(each))
        verdict = judge(Act.BOOK, cell, known.world, friday)
        assert verdict.remedy is not None
        words = verdict.remedy.words
        assert words == "Réserver hors délai\u00a0: 6,30\u00a0€ au lieu de 4,20\u00a0€"
