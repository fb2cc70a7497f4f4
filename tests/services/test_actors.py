"""Who acted is named: a guardian by their account, the town hall by whoever it was there."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from app import db
from app.models import JournalEntry, Message, MessageReply, RequestEvent
from app.services.actors import PORTAL, Actor, Clerk, Command, Origin, Stranger
from app.services.inbox import answering
from app.services.inbox import desk as letters_desk
from app.services.requests import desk
from tests.services.requests.conftest import send, signed_in
from tests.support.browser import Browser
from tests.support.people import People

ALINE = Clerk("Aline MAIRE", Origin(address="192.0.2.9", request_id="0123456789abcdef"))


@pytest.fixture
def inside(app: Flask, people: People) -> Iterator[None]:
    """The cast is settled, and a context for services."""
    with app.app_context():
        yield


def entry(event: str) -> JournalEntry:
    """Read the one line of the journal about an act."""
    return db.session().scalars(select(JournalEntry).where(JournalEntry.event == event)).one()


@pytest.mark.usefixtures("inside")
def test_a_clerk_who_answers_a_request_is_named(people: People) -> None:
    """In its history and in the journal, with where they were."""
    sent = send(signed_in(people.zest))
    desk.take(sent.number, ALINE)
    taken = entry("request_taken")
    assert (taken.acted_by, taken.address, taken.account_id) == ("Aline MAIRE", "192.0.2.9", None)
    events = db.session().execute(
        select(RequestEvent.account_id, RequestEvent.acted_by).order_by(RequestEvent.id)
    )
    [(sender, nobody), (no_account, clerk)] = events
    assert (sender is not None, nobody) == (True, "")
    assert (no_account, clerk) == (None, "Aline MAIRE")


@pytest.mark.usefixtures("inside")
def test_a_clerk_who_answers_a_message_is_named(people: People) -> None:
    zest = signed_in(people.zest)
    message = db.session().scalars(select(Message).where(Message.source_id == "m2")).one()
    assert answering.answer(zest, message.public_id, "Merci.", "1" * 32)
    assert letters_desk.answer(message.id, people.zest.family_number, "Je vous en prie.", ALINE)
    replies = db.session().execute(
        select(MessageReply.account_id, MessageReply.acted_by).order_by(MessageReply.id)
    )
    assert list(replies) == [(zest.account_id, ""), (None, "Aline MAIRE")]
    assert entry("message_answered").account_id == zest.account_id
    assert entry("message_answered_by_town").acted_by == "Aline MAIRE"


def test_the_family_reads_the_town_hall_not_who(app: Flask, people: People) -> None:
    """Who answered is the town hall's own business."""
    with app.app_context():
        sent = send(signed_in(people.zest))
        desk.refuse(sent.number, "La garderie est complète.", ALINE)
    parent = Browser(app)
    parent.sign_in(people.zest)
    page = parent.get("family.request", public_id=sent.public_id)
    assert "La garderie est complète." in page.text
    assert "Aline" not in page.html


@pytest.mark.parametrize(
    ("actor", "account_id", "acted_by"),
    [
        (Stranger(Origin("192.0.2.1")), None, ""),
        (Clerk("Aline MAIRE"), None, "Aline MAIRE"),
        (Command("jdupont"), None, "jdupont"),
        (PORTAL, None, "portail"),
    ],
)
def test_only_the_town_hall_has_a_name(actor: Actor, account_id: int | None, acted_by: str) -> None:
    assert (actor.account_id, actor.acted_by) == (account_id, acted_by)
