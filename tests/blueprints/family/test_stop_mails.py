"""The link beside a mail of news stops them; nothing else does, and nothing else stops."""

from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import select

from app import db
from app.models import Account
from app.services.mail.kinds import TO_CLERKS, TO_OUTSIDERS, WISHES, MailKind
from app.testing import Outbox
from tests.support.browser import Browser
from tests.support.mail_room import ask
from tests.support.people import People

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def link_of(app: Flask, identifier: str, kind: MailKind = MailKind.NEW_MESSAGE) -> str:
    """Send somebody a mail of news; return the path of its link."""
    with app.app_context():
        ask(identifier, kind)
    mail = Outbox(app).latest.parsed
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    return urlsplit(str(mail["List-Unsubscribe"]).strip(" <>")).path


def wishes(app: Flask, identifier: str) -> tuple[bool, ...]:
    columns = (
        Account.mail_messages, Account.mail_invoices, Account.mail_requests,
        Account.mail_reminders,
    )  # fmt: skip
    with app.app_context():
        statement = select(*columns).where(Account.identifier == identifier)
        return tuple(db.session().execute(statement).one())


@pytest.mark.parametrize(
    ("kind", "left"),
    [
        (MailKind.NEW_MESSAGE, (False, True, True, True)),
        (MailKind.NEW_INVOICE, (True, False, True, True)),
    ],
)
def test_a_mail_program_stops_them_by_one_press(
    app: Flask, people: People, kind: MailKind, left: tuple[bool, ...]
) -> None:
    """Without a cookie, a page or a token of ours, and at once; those of nobody else."""
    path = link_of(app, people.zest.identifier, kind)
    answer = Browser(app).fetch(path, "POST", ONE_CLICK)
    assert (answer.status_code, answer.data) == (204, b"")
    assert wishes(app, people.zest.identifier) == left
    assert wishes(app, people.moreau.identifier) == (True, True, True, True)
    assert Browser(app).fetch(path, "POST", ONE_CLICK).status_code == 204


def test_who_opens_it_is_asked(app: Flask, people: People) -> None:
    """Scanners open links: looking stops nothing. She may change her mind in her account."""
    path = link_of(app, people.zest.identifier)
    page = Browser(app).visit(path)
    assert page.h1 == "Ne plus recevoir ces courriels ?"
    assert wishes(app, people.zest.identifier) == (True, True, True, True)
    assert page.submit("Ne plus les recevoir").h1 == "C’est fait"
    assert wishes(app, people.zest.identifier) == (False, True, True, True)


def test_another_link_stops_nothing(app: Flask, people: People) -> None:
    path = link_of(app, people.zest.identifier)
    for forged in (path[:-1], path[:-1] + "x" + path[-1], "/compte/courriels/arreter/x"):
        Browser(app).fetch(forged, "POST", ONE_CLICK)
        assert Browser(app).visit(forged).h1 == "Ce lien ne fonctionne plus"
    assert wishes(app, people.zest.identifier) == (True, True, True, True)


@pytest.mark.parametrize(
    "kind",
    sorted(set(MailKind) - set(WISHES) - TO_CLERKS - TO_OUTSIDERS - {MailKind.EMAIL_CONFIRMATION}),
)
def test_only_mails_of_news_have_it(app: Flask, people: People, kind: MailKind) -> None:
    """Nobody does without the mails about their own access."""
    with app.app_context():
        ask(people.zest.identifier, kind, service="Cantine")
    assert Outbox(app).latest.parsed["List-Unsubscribe"] is None
