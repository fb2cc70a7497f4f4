"""Someone asks again and again: the parent's mailbox does not fill up."""

from collections import Counter
from datetime import timedelta

import time_machine
from flask import Flask

from app import db
from app.mailer.delivery import LEASE, Fate, Outcome
from app.models import MailState
from app.services.mail import dispatch, outbox
from app.services.mail.kinds import MailKind
from tests.support.mail_room import Scripted, ask, deliver, in_parallel, states
from tests.support.people import People


def test_one_mail_in_two_minutes(
    app: Flask, people: People, server: Scripted, clock: time_machine.Traveller
) -> None:
    """A parent asks again after a minute: no second mail; after two: one more."""
    for _ in range(3):
        ask(people.zest.identifier)
        deliver(app)
        clock.shift(60)
    assert states() == [MailState.SENT, MailState.LIMITED, MailState.SENT]
    assert len(server.sent) == 2


def test_six_mails_a_day(
    app: Flask, people: People, server: Scripted, clock: time_machine.Traveller
) -> None:
    """Somebody asks every ten minutes: the seventh mail waits for tomorrow; others get theirs."""
    for _ in range(7):
        ask(people.zest.identifier)
        deliver(app)
        clock.shift(600)
    assert states() == [MailState.SENT] * 6 + [MailState.LIMITED]
    ask(people.moreau.identifier)
    ask(people.zest.identifier, MailKind.PASSWORD_CHANGED)
    deliver(app)
    assert states()[-2:] == [MailState.SENT, MailState.SENT]
    clock.shift(timedelta(days=1))
    ask(people.zest.identifier)
    deliver(app)
    assert states()[-1] == MailState.SENT
    assert len(server.sent) == 9


def test_a_mail_answers_all_that_was_asked_before_it_left(
    app: Flask, people: People, server: Scripted, clock: time_machine.Traveller
) -> None:
    """The server is down, a parent asks every few minutes: one mail comes when it is back."""
    server.down = True
    for _ in range(4):
        ask(people.zest.identifier)
        deliver(app)
        clock.shift(timedelta(minutes=5))
    server.down = False
    deliver(app)
    assert len(server.sent) == 1
    assert Counter(states()) == {MailState.SENT: 1, MailState.LIMITED: 3}


def test_the_town_hall_is_outside_the_limits(
    app: Flask, people: People, server: Scripted, clock: time_machine.Traveller
) -> None:
    """Strangers used up a parent's mails; the clerk on the phone sends one, then another."""
    for _ in range(6):
        ask(people.zest.identifier)
        deliver(app)
        clock.shift(600)
    for _ in range(2):
        with db.transaction() as session:
            outbox.send_all(session, MailKind.CREDENTIALS, [people.zest.identifier])
        deliver(app)
    assert states() == [MailState.SENT] * 8
    ask(people.zest.identifier)
    deliver(app)
    assert states()[-1] is MailState.LIMITED
    assert len(server.sent) == 8


def test_two_workers_count_one_person_s_mails_together(
    app: Flask, people: People, server: Scripted
) -> None:
    """Eight requests for one person, in four workers' hands at once: one mail leaves."""
    for _ in range(8):
        ask(people.zest.identifier)

    def work() -> None:
        with app.app_context():
            while claims := dispatch.claim(1, LEASE):
                dispatch.settle([Outcome(claimed, Fate.SENT) for claimed in claims])

    in_parallel(*[work] * 4)
    assert Counter(states()) == {MailState.SENT: 1, MailState.LIMITED: 7}
    assert server.sent == []


def test_a_clock_that_was_ahead_keeps_no_mail(
    app: Flask, people: People, server: Scripted, clock: time_machine.Traveller
) -> None:
    """It is a day ahead while mails leave and one waits; set right again, all get theirs."""
    ask(people.karim.identifier)
    clock.shift(timedelta(days=1))
    deliver(app)
    ask(people.zest.identifier)
    deliver(app)
    server.down = True
    ask(people.moreau.identifier)
    deliver(app)
    server.down = False
    clock.shift(timedelta(days=-1, minutes=5))
    ask(people.zest.identifier)
    ask(people.karim.identifier)
    deliver(app)
    assert states() == [MailState.SENT] * 5
