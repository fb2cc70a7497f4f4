"""« Historique des réservations »: who changed what and when, to read and to keep as proof."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import select

from app import db
from app.models import BookingBatch
from app.services.actors import PORTAL
from app.services.bookings.closings import closing
from app.services.bookings.closings.closing_extent import Extent
from app.web import printing
from tests.services.bookings.conftest import LIMIT, WEDNESDAY_BEFORE, capacity, enrol, tick
from tests.support.browser import Browser
from tests.support.databases import selects, statements_of
from tests.support.people import People, public_id
from tests.support.services import booked_by

MOST_STATEMENTS = 8
MONDAY = date(2026, 11, 30)


def test_each_change_is_told_with_what_was_said(
    app: Flask, parent: Browser, people: People
) -> None:
    """Booked at nine, given back an hour later: both stand there, the latest first."""
    with app.app_context():
        tick(people.zest, "30 cantine")
        with time_machine.travel(WEDNESDAY_BEFORE + timedelta(hours=1), tick=False):
            tick(people.zest)
    page = parent.get("family.bookings").link("Voir l’historique").click()
    booked = (
        "Lundi 30 novembre 2026 – PAYS, Cantine, Garderie de midi Rien →, puis Réservé Vous,"
        " mercredi 25 novembre 2026 à 10 h 00, dans les temps. Vous pouvez réserver jusqu’au jeudi"
        " 26 novembre à minuit."
    )
    assert booked in page.text
    assert page.text.index("Réservé →, puis Annulé Vous") < page.text.index(booked)


def test_who_acted_is_said_without_a_name(app: Flask, parent: Browser, people: People) -> None:
    """The other guardian, the town hall, a place of the waiting list."""
    with app.app_context():
        enrol(people.moreau)
        capacity(1)
        tick(people.zest, "3 cantine")
        tick(people.moreau, "4 cantine")
        tick(people.zest, "3 cantine", "4 cantine")
        tick(people.moreau)
        closing.close(Extent((date(2026, 12, 3),), ("cantine",)), "grève", PORTAL)
        with db.transaction() as session:
            batch = session.scalars(select(BookingBatch).order_by(BookingBatch.id).limit(1)).one()
            batch.account_id, batch.acted_by = None, "Nadia"
    text = parent.get("family.bookings_history").text
    assert "Sur liste d’attente →, puis Réservé Liste d’attente, mercredi" in text
    assert "Réservé →, puis Fermé par la mairie La mairie, mercredi" in text
    assert "Fermé : grève." in text
    assert "Rien →, puis Réservé La mairie, mercredi" in text
    assert "Nadia" not in text


def test_a_day_that_was_refused_is_told_with_why(
    app: Flask, parent: Browser, people: People
) -> None:
    """Nothing else was written of it; no other family reads it."""
    with app.app_context():
        tick(people.zest, "30 cantine", asked_at=LIMIT)
        tick(people.zest, "3 cantine")
        tick(people.zest, asked_at=datetime(2026, 12, 3, 12, tzinfo=UTC))
    text = parent.get("family.bookings_history", enfant=public_id("e1")).text
    assert (
        "Lundi 30 novembre 2026 – PAYS, Cantine Réservation refusée Vous, mercredi 25 novembre"
        " 2026 à 10 h 00. Trop tard : on réservait la cantine du lundi 30 novembre jusqu’au jeudi"
        " 26 novembre à minuit."
    ) in text
    assert "Jeudi 3 décembre 2026 – PAYS, Cantine Annulation refusée Vous" in text
    other = Browser(app)
    other.sign_in(people.moreau)
    assert "refusée" not in other.get("family.bookings_history").text


def test_the_other_guardian_is_the_other_guardian(app: Flask, people: People) -> None:
    """Both have one family; each reads who did it."""
    with time_machine.travel(WEDNESDAY_BEFORE, tick=False):
        with app.app_context(), db.transaction() as session:
            bookings, child = booked_by(session, people.moreau)
            bookings.book(child, [MONDAY], datetime(2026, 11, 2, 9, tzinfo=UTC))
        other = Browser(app)
        other.sign_in(people.moreau)
        assert "Vous, lundi 2 novembre 2026" in other.get("family.bookings_history").text


def test_the_other_home_reads_nothing_of_it(app: Flask, people: People) -> None:
    """One child, two homes: each has its own part."""
    with time_machine.travel(WEDNESDAY_BEFORE, tick=False):
        with app.app_context(), db.transaction() as session:
            bookings, child = booked_by(session, people.claire)
            bookings.book(child, [MONDAY], datetime(2026, 11, 2, 9, tzinfo=UTC))
        father = Browser(app)
        father.sign_in(people.marc)
        text = father.get("family.bookings_history").text
    assert "Aucun changement pour le moment" in text


def test_one_child_or_the_days_of_one_month(app: Flask, parent: Browser, people: People) -> None:
    """What another family's child is asked for asks nothing."""
    with app.app_context():
        tick(people.zest, "30 cantine", "3 cantine")
    page = parent.get("family.bookings_history", mois="2026-11")
    assert "Lundi 30 novembre 2026" in page.text
    assert "Jeudi 3 décembre 2026" not in page.text
    page = page.fill({"Jours réservés en": "décembre 2026"}).submit("Montrer")
    assert "Jeudi 3 décembre 2026" in page.text
    assert "Lundi 30 novembre 2026" not in page.text
    page = parent.get("family.bookings_history", enfant=public_id("e2"), mois="x", page="0")
    assert "Jeudi 3 décembre 2026" in page.text
    page = parent.get("family.bookings_history", mois="2027-03")
    assert "Aucun changement pour ce choix" in page.text


def test_the_paper_says_the_same(
    app: Flask, parent: Browser, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the town on top, and whose it is."""
    papers: list[str] = []

    def to_pdf(html: str) -> bytes:
        papers.append(html)
        return b"%PDF-"

    monkeypatch.setattr(printing, "available", lambda: True)
    monkeypatch.setattr(printing, "to_pdf", to_pdf)
    with app.app_context():
        tick(people.zest, "30 cantine", "3 cantine")
    answer = parent.fetch(f"/reservations/historique/pdf?enfant={public_id('e1')}&mois=2026-11")
    assert answer.mimetype == "application/pdf"
    words = " ".join(BeautifulSoup(papers[0], "html.parser").get_text(" ").split())
    assert "pour PAYS, jours réservés en novembre 2026" in words
    assert "Lundi 30 novembre 2026 PAYS, Cantine, Garderie de midi." in words
    assert "décembre 2026" not in words
    assert "Famille n° 3816231" in words


def test_it_asks_the_database_little(app: Flask, parent: Browser, people: People) -> None:
    with app.app_context():
        tick(people.zest, "30 cantine", "3 cantine")
    parent.get("family.bookings_history")
    with statements_of(app) as sent:
        parent.get("family.bookings_history")
    assert selects(sent) <= MOST_STATEMENTS
