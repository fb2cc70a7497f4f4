"""What a family answers is kept once, is its own, and has an end."""

import pytest
from flask import Flask

from app.formats import today
from app.models import MessageReply
from app.services.accounts.allowances import Allowance
from app.services.inbox import listing
from tests.blueprints.family.test_inbox import M1, count
from tests.services.requests.conftest import signed_in
from tests.support.browser import Browser
from tests.support.people import People


def test_another_answer_under_a_used_key_is_told(app: Flask, people: People) -> None:
    """Back, another text, sent again: it comes back with a sentence, and leaves the second time."""
    parent = Browser(app)
    parent.sign_in(people.zest)
    page = parent.get("family.message", public_id=M1)
    page.fill({"Votre réponse": "Oui"}).submit("Envoyer ma réponse")
    page = page.fill({"Votre réponse": "Non"}).submit("Envoyer ma réponse", _refused=200)
    assert "n’est pas partie" in page.errors[0]
    assert page.value("Votre réponse").strip() == "Non"
    page.submit("Envoyer ma réponse")
    assert count(app, MessageReply) == 2


@pytest.mark.both_databases
def test_a_key_is_each_account_s_own(app: Flask, people: People) -> None:
    """Somebody sends first what a neighbour's form will: theirs is kept all the same."""
    for person in (people.zest, people.moreau):
        parent = Browser(app)
        parent.sign_in(person)
        page = parent.get("family.message", public_id=M1)
        sent = {"csrf_token": page.csrf_token, "key": "f" * 32, "reply": "Bonjour"}
        parent.post(f"{page.path}/repondre", sent)
    assert count(app, MessageReply) == 2


@pytest.mark.both_databases
def test_an_answer_brings_its_message_back_on_top_of_home_too(app: Flask, people: People) -> None:
    """Home shows the first messages of the inbox, and the day on which somebody last wrote."""
    parent = Browser(app)
    parent.sign_in(people.zest)
    for answer in ("Un", "Deux"):
        page = parent.get("family.message", public_id=M1).fill({"Votre réponse": answer})
        page.submit("Envoyer ma réponse")
    with app.app_context():
        account = signed_in(people.zest)
        latest = listing.latest(account)
        inbox = listing.page(account, listing.Wanted()).items
    assert (latest[0].public_id, latest[0].day) == (M1, today())
    firsts = [(each.public_id, each.subject, each.day, each.read) for each in inbox]
    assert [tuple(each) for each in latest] == firsts[: listing.FEW]


def test_there_is_an_end_to_a_day_s_answers(
    app: Flask, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The text is kept in its field, with what to do."""
    monkeypatch.setattr(Allowance.REPLIES, "most", 2)
    parent = Browser(app)
    parent.sign_in(people.zest)
    for answer in ("Un", "Deux"):
        page = parent.get("family.message", public_id=M1).fill({"Votre réponse": answer})
        page.submit("Envoyer ma réponse")
    page = parent.get("family.message", public_id=M1).fill({"Votre réponse": "Trois"})
    page = page.submit("Envoyer ma réponse", _refused=200)
    assert page.errors == [Allowance.REPLIES.words]
    assert page.value("Votre réponse").strip() == "Trois"
    assert count(app, MessageReply) == 2
