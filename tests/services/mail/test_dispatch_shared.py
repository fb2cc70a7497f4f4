"""Several workers share the queue, and one of them dies: nothing leaves twice, nothing is lost."""

from collections import Counter
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

import config
from app import create_app, db
from app.mailer.delivery import LEASE, Fate, Outcome
from app.models import Account, Family, Guardian, MailState
from app.services.mail import dispatch, outbox
from app.services.mail.kinds import MailKind
from tests.support.mail_room import Scripted, ask, courier_of, deliver, in_parallel, rows, states
from tests.support.people import People


def test_a_killed_sender_is_replaced(
    app: Flask, people: People, server: Scripted, clock: time_machine.Traveller
) -> None:
    """A worker dies with a mail in its hands: nobody touches it, then another sends it."""
    ask(people.zest.identifier)
    assert len(dispatch.claim(10, LEASE)) == 1
    clock.shift(LEASE - timedelta(seconds=1))
    deliver(app)
    assert server.sent == []
    clock.shift(2)
    deliver(app)
    assert states() == [MailState.SENT]
    assert timedelta(minutes=2) > LEASE + timedelta(seconds=20)


def test_who_lost_the_lease_has_no_say(
    app: Flask, people: People, server: Scripted, clock: time_machine.Traveller
) -> None:
    """A worker was asleep with a mail; another sent it since: its late word changes nothing."""
    ask(people.zest.identifier)
    (late,) = dispatch.claim(10, LEASE)
    clock.shift(LEASE)
    deliver(app)
    dispatch.settle([Outcome(late, Fate.DEFERRED, "Trop tard")])
    assert states() == [MailState.SENT]
    assert len(server.sent) == 1


@pytest.mark.usefixtures("server")
def test_who_lost_the_lease_says_nothing_of_another_s_try(
    people: People, clock: time_machine.Traveller
) -> None:
    """A worker wakes up while another is sending its mail: the other has it still."""
    ask(people.zest.identifier)
    (late,) = dispatch.claim(10, LEASE)
    clock.shift(LEASE)
    assert len(dispatch.claim(10, LEASE)) == 1
    dispatch.settle([Outcome(late, Fate.DEFERRED, "Trop tard")])
    assert states() == [MailState.SENDING]


@pytest.mark.usefixtures("server")
def test_a_released_mail_has_lost_no_try(people: People) -> None:
    """A worker is told to stop: what it had not begun goes back as it was."""
    ask(people.zest.identifier)
    (claimed,) = dispatch.claim(10, LEASE)
    dispatch.settle([Outcome(claimed, Fate.RELEASED)])
    (row,) = rows()
    assert (row.state, row.attempts, row.due_at) == (MailState.QUEUED, 0, row.created_at)


def test_two_workers_never_send_one_mail_twice(
    app: Flask, settings: config.Settings, server: Scripted
) -> None:
    """Two processes' worth of workers empty one queue at once: each mail leaves once."""
    identifiers = add_many_parents(60)
    with db.transaction() as session:
        outbox.send_all(session, MailKind.CREDENTIALS, identifiers)
    other = create_app(settings)
    courier_of(other).backend = server
    in_parallel(*(lambda a=a: deliver(a) for a in (app, other, app, other)))
    other.extensions[db.EXTENSION].dispose()
    assert Counter(mail.recipient for mail in server.sent) == {
        f"parent{identifier}@exemple.fr": 1 for identifier in identifiers
    }
    assert set(states()) == {MailState.SENT}


def add_many_parents(count: int) -> list[str]:
    """Settle a crowd in; return their identifiants."""
    identifiers = [str(70_000_000 + number) for number in range(count)]
    with db.transaction() as session:
        for identifier in identifiers:
            guardian = Guardian(
                family=Family(source_id=identifier, number=identifier),
                rank=1,
                last_name="NOMBREUX",
                first_name="PARENT",
                email=f"parent{identifier}@exemple.fr",
            )
            session.add(Account(guardian=guardian, identifier=identifier))
    return identifiers
