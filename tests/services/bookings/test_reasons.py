"""A reason is typed as people type; families read it at the end of a sentence that ends once."""

from datetime import date

import pytest
from sqlalchemy import select

from app import db
from app.models import BookingEvent, Closing, Message
from app.services.bookings import drawing
from app.services.bookings.closings import closing
from app.services.bookings.closings.closing_extent import Extent
from app.services.bookings.waiting_list import answering_waiters, waiting_lists
from tests.services.bookings.conftest import MONDAY, capacity, tick
from tests.services.requests.conftest import signed_in
from tests.support.people import TOWN_HALL, People

NBSP = "\u00a0"


def last_message() -> str:
    found = select(Message.body).order_by(Message.id.desc())
    body = db.session().scalars(found).first()
    assert body is not None
    return body.replace(NBSP, " ")


def last_event() -> str:
    found = select(BookingEvent.sentence).order_by(BookingEvent.id.desc())
    sentence = db.session().scalars(found).first()
    assert sentence is not None
    return sentence.replace(NBSP, " ")


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("Neige !", "Neige !"), ("grève du personnel.", "grève du personnel."),
        ("chaudière en panne", "chaudière en panne."), ("sortie à la mer…", "sortie à la mer…"),
    ],
)  # fmt: skip
def test_why_it_is_closed_is_one_sentence(town: People, typed: str, told: str) -> None:
    """In the message, in the history, in the week; of several closings at once too."""
    tick(town.zest, "30 cantine", "3 cantine")
    closing.close(Extent((MONDAY,), ("cantine",)), typed, TOWN_HALL)
    assert f"\nMotif : {told}\n\n" in last_message()
    assert last_event() == f"Fermé : {told}"
    week = drawing.week(signed_in(town.zest).family_id, MONDAY)
    [line] = [
        line
        for day in week.days
        if day.day == MONDAY
        for child in day.children
        for line in child.lines
        if line.service == "Cantine"
    ]
    assert line.words.replace(NBSP, " ").startswith(f"Fermé : {told} Rien ne vous sera facturé.")
    kept = db.session().scalars(select(Closing.reason)).one()
    assert not kept.endswith(".")
    closing.close(Extent((date(2026, 12, 3),), ("cantine",)), typed, TOWN_HALL)
    assert f"Motif : {told}\n\n" in last_message()


def test_why_there_is_no_place_is_one_sentence(town: People) -> None:
    capacity(1)
    tick(town.zest, "30 cantine")
    tick(town.moreau, "30 cantine")
    [queue] = waiting_lists.queues()
    answering_waiters.refuse(queue.waiters[0], "le réfectoire est plein !", TOWN_HALL)
    assert "Motif : le réfectoire est plein !\n\n" in last_message()
    assert last_event() == (
        "La mairie ne peut pas vous donner de place : le réfectoire est plein !"
    )
