"""A mail that may have arrived is tried again: few copies, known for copies, with one secret."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from app import db
from app.mailer.delivery import LEASE
from app.mailer.failures import PerhapsSent, TemporaryFailure
from app.mailer.message import Message
from app.models import Account, EmailChange, MailState
from app.services.accounts import email_changes
from app.services.mail import outbox
from app.services.mail.kinds import MailKind
from app.services.tokens import email_links, temporary_passwords
from tests.services.conftest import NOON
from tests.support.mail_room import Scripted, ask, courier_of, deliver, rows, states
from tests.support.people import People

LATER = TemporaryFailure("Plus tard")


class TakesAndHangsUp(Scripted):
    """A server that keeps each mail and never says so."""

    def send(self, message: Message) -> None:
        """Keep it, and drop the line."""
        self.sent.append(message)
        raise PerhapsSent("a coupé la connexion")


class Killed(BaseException):
    """The system ends the worker at once: nothing of ours runs any more."""


class KillsAt(Scripted):
    """A server that takes mails; at the last one the worker dies, before it can note it."""

    at = 0

    def send(self, message: Message) -> None:
        """Keep it."""
        self.sent.append(message)
        if len(self.sent) == self.at:
            raise Killed


def account_id(identifier: str) -> int:
    found = db.session().scalars(select(Account.id).filter_by(identifier=identifier)).one()
    db.session().rollback()
    return found


def test_few_copies_of_what_may_have_arrived(
    app: Flask, people: People, server: Scripted, clock: time_machine.Traveller
) -> None:
    """A day of a server that drops the line: five copies, one name, one secret."""
    taking = courier_of(app).backend = TakesAndHangsUp()
    ask(people.zest.identifier)
    while states() == [MailState.QUEUED]:
        clock.move_to(rows()[0].due_at)
        deliver(app)
    assert rows()[0].state is MailState.ABANDONED
    assert 2 <= len(taking.sent) <= 6
    assert len({mail.parsed["Message-ID"] for mail in taking.mails}) == 1
    assert len({mail.temporary_password for mail in taking.mails}) == 1
    assert len({mail.parsed["References"] for mail in taking.mails}) == 1


def test_another_mail_has_another_name_and_secret(
    app: Flask, people: People, server: Scripted, clock: time_machine.Traveller
) -> None:
    """So does one that is sent again on purpose: nothing hides it behind the first."""
    ask(people.zest.identifier)
    deliver(app)
    clock.shift(timedelta(minutes=3))
    ask(people.zest.identifier)
    deliver(app)
    assert len({mail.parsed["Message-ID"] for mail in server.mails}) == 2
    assert len({mail.temporary_password for mail in server.mails}) == 2


def test_a_used_secret_is_not_mailed_again(
    app: Flask, people: People, server: Scripted, clock: time_machine.Traveller
) -> None:
    """The first copy did arrive, and she chose a password with it: no second copy leaves."""
    taking = courier_of(app).backend = TakesAndHangsUp()
    ask(people.zest.identifier)
    deliver(app)
    zest = account_id(people.zest.identifier)
    with db.transaction() as session:
        secret = taking.mails[0].temporary_password
        row = temporary_passwords.find_by_secret(session, zest, secret)
        assert row is not None
        assert temporary_passwords.consume(session, row.id)
    clock.shift(timedelta(hours=1))
    deliver(app)
    assert len(taking.sent) == 1
    assert states() == [MailState.LIMITED]
    assert "a déjà servi" in rows()[0].last_error


@pytest.mark.parametrize("over", ["ended", "too old"])
def test_a_link_that_confirms_nothing_is_not_mailed(
    app: Flask, people: People, server: Scripted, clock: time_machine.Traveller, over: str
) -> None:
    """She gave the new address up while the server was down, or a day went by."""
    server.failures = [LATER]
    with db.transaction() as session:
        change = EmailChange(
            account_id=account_id(people.zest.identifier),
            address="autre@exemple.fr",
            created_at=NOON,
            expires_at=NOON + email_changes.VALIDITY,
        )
        session.add(change)
        session.flush()
        context = {
            "change": str(change.id),
            "mark": email_links.mark_of(change),
            "expires_at": change.expires_at.isoformat(),
        }
        outbox.enqueue(
            session,
            MailKind.EMAIL_CONFIRMATION,
            people.zest.identifier,
            address=change.address,
            **context,
        )
    deliver(app)
    assert states() == [MailState.QUEUED]
    if over == "ended":
        with db.transaction() as session:
            email_changes.end_pending(session, account_id(people.zest.identifier))
        clock.shift(timedelta(minutes=1))
    else:
        clock.move_to(NOON + email_changes.VALIDITY + timedelta(seconds=1))
    deliver(app)
    assert server.sent == []
    assert states() == [MailState.LIMITED]


@pytest.mark.parametrize("at", [1, 4, 9])
def test_a_killed_worker_doubles_one_mail_at_most(
    app: Flask, people: People, server: Scripted, clock: time_machine.Traveller, at: int
) -> None:
    """It dies at the worst moment: between the server's yes and our note of it."""
    told = [person for person in people if person not in {people.archived, people.no_address}]
    for person in (*told, *told):
        ask(person.identifier, MailKind.NEW_MESSAGE)
    dying = courier_of(app).backend = KillsAt()
    dying.at = at
    with pytest.raises(Killed):
        deliver(app)
    clock.shift(LEASE + timedelta(seconds=1))
    courier_of(app).backend = server
    deliver(app)
    names = [message.message_id for message in (*dying.sent, *server.sent)]
    assert len(set(names)) == 2 * len(told)
    assert len(names) == 2 * len(told) + 1
    assert set(states()) == {MailState.SENT}
