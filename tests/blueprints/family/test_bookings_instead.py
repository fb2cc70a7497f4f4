"""What the page of a week leads to where something is not possible, and warns of."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from app import db
from app.models import CustodyPattern, Late, Message, Service
from app.services.actors import PORTAL
from app.services.bookings import invoicing
from app.services.bookings.closings import closing
from app.services.bookings.closings.closing_extent import Extent
from app.services.inbox import sending
from tests.services.bookings.conftest import LIMIT, enrol, tick
from tests.support.browser import Browser
from tests.support.databases import selects, statements_of
from tests.support.page_checks.text import plain
from tests.support.people import People, public_id
from tests.support.services import booked_by

CHECK = "Continuer"
MOST_STATEMENTS = 8
CANTEEN, MIDDAY = "Cantine, PAYS, lundi 30 novembre", "Garderie de midi, PAYS, lundi 30 novembre"


def test_what_comes_along_is_said_once(parent: Browser) -> None:
    """Though both were ticked: nobody wonders whether it is paid twice."""
    page = parent.get("family.bookings").fill({CANTEEN: True, MIDDAY: True})
    page = page.submit(CHECK, _refused=200)
    assert page.text.count("Garderie de midi") == 1
    assert "PAYS, Cantine, avec Garderie de midi" in page.text
    assert "PAYS, Cantine, Garderie de midi Réservé" in page.submit("Enregistrer").text


def test_too_late_to_cancel_leads_to_an_absence(
    app: Flask, parent: Browser, people: People
) -> None:
    with app.app_context():
        tick(people.zest, "30 cantine")
    with time_machine.travel(LIMIT, tick=False):
        parent.sign_in(people.zest)
        page = parent.get("family.bookings_week", week="2026-W49")
        link = page.link("Signaler une absence, Cantine, PAYS, lundi 30 novembre")
        assert link.click().h1 == "Signaler une absence"


def test_a_place_is_asked_for_with_its_day_and_its_child(
    app: Flask, parent: Browser, people: People
) -> None:
    """What no page of ours asks leads to what may be booked."""
    with app.app_context(), db.transaction() as session:
        session.execute(update(Service).values(late=Late.REQUEST))
    with time_machine.travel(LIMIT, tick=False):
        parent.sign_in(people.zest)
        page = parent.get("family.bookings_week", week="2026-W49")
        link = page.link("Demander une place exceptionnelle, Cantine, PAYS, lundi 30 novembre")
        assert link.click().h1 == "Demander une place exceptionnelle"
        other = f"{public_id('e2')}.cantine.2026-11-30"
        for place in ("x", other, "a.b.0001-01-01", f"{public_id('e1')}.cantine.2026-02-30"):
            page = parent.visit(f"/demandes/nouvelle/place?place={place}")
            assert page.path.startswith("/reservations")
            assert "Cette place ne se demande pas, ou plus" in page.text


def test_who_is_not_enrolled_may_ask_for_it(app: Flask, people: People) -> None:
    with time_machine.travel(datetime(2026, 11, 25, 9, tzinfo=UTC), tick=False):
        with app.app_context():
            enrol(people.zest)
        other = Browser(app)
        other.sign_in(people.moreau)
        link = other.get("family.bookings").link("Demander l’inscription de Zoé à la cantine")
        assert link.click().h1 == "Inscrire à la cantine"


def test_what_is_booked_is_not_requested(parent: Browser) -> None:
    """Each line leads to where it is done; who is not enrolled still asks."""
    page = parent.get("family.new_request")
    assert page.link("Réserver la cantine").click().path == "/reservations"
    assert page.link("Signaler une absence").click().path == "/reservations/absence"
    assert page.link("Inscrire à la cantine").click().path == "/demandes/nouvelle/cantine"


@pytest.mark.parametrize(("week", "told"), [("2026-W51", 0), ("2026-W52", 1), ("2027-W01", 1)])
def test_two_odd_weeks_in_a_row_are_warned_of(
    app: Flask, parent: Browser, week: str, told: int, people: People
) -> None:
    """On the weeks around, and on the page of the child with the next ten."""
    warning = "Les semaines 53 (28 décembre) et 1 (4 janvier) sont toutes deux impaires"
    with app.app_context(), db.transaction() as session:
        session.execute(update(Service).values(in_holidays=True))
        bookings, child = booked_by(session, people.zest)
        bookings.take_turns(child, CustodyPattern.ISO_ODD, date(2026, 9, 1))
    assert parent.get("family.bookings_week", week=week).text.count(warning) == told
    text = parent.get("family.child", public_id=public_id("e1")).text
    assert "Semaines impaires. Dans les dix prochaines semaines :" in text
    assert "du lundi 7 décembre au dimanche 13 décembre" not in text
    assert "du lundi 30 novembre au dimanche 6 décembre" in text
    assert warning in text


def test_home_tells_the_limit_of_what_comes_along(app: Flask, parent: Browser) -> None:
    """The midday closes on Wednesday: whoever eats has to book by then."""
    with app.app_context(), db.transaction() as session:
        midday = Service.slug == "garderie-de-midi"
        session.execute(update(Service).where(midday).values(book_rule="S-1 mercredi 24:00"))
    assert "Réserver avant mercredi minuit" in parent.get("family.home").text
    with statements_of(app) as sent:
        parent.get("family.home")
    assert selects(sent) <= MOST_STATEMENTS


def test_a_strike_leads_to_the_message_and_says_what_is_left(
    app: Flask, parent: Browser, people: People
) -> None:
    """The canteen is closed, its midday garderie is not: whoever can may still come to that."""
    with app.app_context():
        tick(people.zest, "30 cantine")
        closing.close(Extent((date(2026, 11, 30),), ("cantine",)), "grève", PORTAL)
    page = parent.get("family.bookings_week", week="2026-W49")
    told = "Fermé : grève. Rien ne vous sera facturé. Sans repas, vous pouvez encore réserver"
    assert f"{told} la garderie de midi." in page.text
    # No word of ours stands against the box of what is open.
    assert page.text.count("Fermé") == 2
    link = f"Lire le message, {CANTEEN}"
    assert link not in page.text
    # Ten minutes later it has left.
    with time_machine.travel(datetime(2026, 11, 25, 9, 11, tzinfo=UTC), tick=False):
        with app.app_context():
            sending.give(db.session().scalars(select(Message.id).where(Message.unsent)).one())
        parent.get("family.bookings_week", week="2026-W49")
        with statements_of(app) as asked:
            page = parent.get("family.bookings_week", week="2026-W49")
        assert selects(asked) <= MOST_STATEMENTS
        assert page.link(link).click().h1 == "Fermeture le lundi 30 novembre 2026"


def test_a_month_that_is_invoiced_is_asked_about_once(
    app: Flask, parent: Browser, people: People
) -> None:
    """Its days are past too, and that is not why nothing changes; nobody reads it ten times."""
    with app.app_context():
        tick(people.zest, "30 cantine")
        invoicing.invoice(date(2026, 11, 1), PORTAL)
    with time_machine.travel(datetime(2026, 12, 3, 9, tzinfo=UTC), tick=False):
        parent.sign_in(people.zest)
        page = parent.get("family.bookings_week", week="2026-W49")
        assert "Novembre 2026 est facturé : ce qui y est réservé ne change plus." in page.text
        assert "Réservé Ce mois est facturé." in page.text
        other = parent.get("family.bookings_week", week="2026-W48")
        assert "Ce mois est facturé" not in other.text
        page = page.link("Poser une question sur cette facture").click()
        assert page.h1 == "Poser une question sur une facture"
        assert plain(page.value("Votre question")) == "Réservations de novembre 2026 :"
        page = parent.get("family.request_form", kind="facture", mois="2026-13")
        assert page.value("Votre question") == ""


@pytest.mark.parametrize(
    ("kind", "where"),
    [("cantine", "/reservations"), ("garderie", "/reservations"),
     ("absence", "/reservations/absence")],
)  # fmt: skip
def test_an_address_that_was_kept_leads_to_the_bookings(
    parent: Browser, kind: str, where: str
) -> None:
    """Whoever asks to be enrolled still has the form, and keeps it when something is missing."""
    assert parent.visit(f"/demandes/nouvelle/{kind}").path == where
    if kind != "absence":
        page = parent.get("family.request_form", kind=kind, inscription="oui")
        page = page.submit(CHECK, _refused=200)
        assert page.path == f"/demandes/nouvelle/{kind}"
