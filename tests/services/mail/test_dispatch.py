"""A mail is due: it leaves, is tried again, or ends; its state says which."""

from datetime import timedelta

import time_machine
from flask import Flask
from sqlalchemy import select, update

from app import db
from app.mailer.failures import (
    DoubtfulFailure,
    PermanentFailure,
    TemporaryFailure,
    Unavailable,
    WrongSettings,
)
from app.models import Account, Family, JournalEntry, MailState
from app.services.clerks import team
from app.services.clerks.rights import Role
from app.services.mail import outbox
from app.services.mail.kinds import MailKind
from app.services.tokens import temporary_passwords
from tests.services.conftest import NOON
from tests.support.clerks import LAUNCHED
from tests.support.mail_room import Scripted, ask, deliver, rows, states
from tests.support.people import People


def test_who_cannot_be_written_to(app: Flask, people: People, server: Scripted) -> None:
    """Nobody, somebody who left, somebody without address: each ends with its state."""
    for identifier in ("99999999", people.archived.identifier, people.no_address.identifier):
        ask(identifier)
    deliver(app)
    assert states() == [MailState.UNKNOWN, MailState.ARCHIVED, MailState.NO_ADDRESS]
    assert server.sent == []


def test_nobody_writes_to_a_family_that_left(app: Flask, people: People, server: Scripted) -> None:
    """The town archived the whole family while the mail waited."""
    ask(people.zest.identifier)
    with db.transaction() as session:
        session.execute(update(Family).values(archived_at=NOON))
    deliver(app)
    assert states() == [MailState.ARCHIVED]
    assert server.sent == []


def test_a_later_please_is_tried_again_with_a_secret_that_works(
    app: Flask, people: People, server: Scripted, clock: time_machine.Traveller
) -> None:
    """The mailbox is full twice: the waits grow, the third try brings a secret that works."""
    server.failures = [TemporaryFailure("Boîte pleine"), TemporaryFailure("Boîte pleine")]
    ask(people.zest.identifier)
    deliver(app)
    first = rows()[0]
    assert (first.state, first.attempts, first.last_error) == (MailState.QUEUED, 1, "Boîte pleine")
    assert first.due_at == NOON + timedelta(seconds=30)
    clock.shift(30)
    deliver(app)
    assert rows()[0].due_at == NOON + timedelta(seconds=30 + 60)
    deliver(app)
    assert rows()[0].attempts == 2
    clock.shift(60)
    deliver(app)
    assert (states(), rows()[0].attempts) == ([MailState.SENT], 3)
    account = db.session().scalars(select(Account).filter_by(identifier=people.zest.identifier))
    (secret,) = [mail.temporary_password for mail in server.mails]
    assert temporary_passwords.find_by_secret(db.session(), account.one().id, secret)


def test_the_waits_grow_to_an_hour_and_end_after_a_day(
    app: Flask, people: People, server: Scripted, clock: time_machine.Traveller
) -> None:
    """A mailbox stays full: about thirty tries in a day, then operators read that we gave up."""
    server.failures = [TemporaryFailure("Boîte pleine")] * 100
    ask(people.zest.identifier)
    while states() == [MailState.QUEUED]:
        clock.move_to(rows()[0].due_at)
        deliver(app)
    (row,) = rows()
    assert row.state is MailState.ABANDONED
    assert row.settled_at is not None
    assert timedelta(hours=24) <= row.settled_at - NOON <= timedelta(hours=25)
    assert 20 <= row.attempts <= 40
    assert row.last_error == "Boîte pleine"


def test_a_refusal_is_final(app: Flask, people: People, server: Scripted) -> None:
    """The server says never: one try, flagged, journalled."""
    server.failures = [PermanentFailure("Adresse inconnue")]
    ask(people.zest.identifier)
    deliver(app)
    (row,) = rows()
    assert (row.state, row.attempts, row.last_error) == (MailState.REFUSED, 1, "Adresse inconnue")
    assert journal() == ["mail_refused"]


def test_a_relay_that_refuses_everybody_refuses_nobody(
    app: Flask, people: People, server: Scripted, clock: time_machine.Traveller
) -> None:
    """550 to each of four for hours, one at a time: all wait, and leave once it is mended."""
    for person in (people.zest, people.moreau, people.ines, people.karim):
        ask(person.identifier)
        server.failures = [DoubtfulFailure("550 Non")]
        deliver(app)
    for _ in range(3):
        clock.shift(timedelta(hours=1))
        server.failures = [DoubtfulFailure("550 Non")] * 4
        deliver(app)
    assert states() == [MailState.QUEUED] * 4
    assert {row.last_error for row in rows()} == {"550 Non"}
    server.failures = []
    clock.shift(timedelta(hours=1))
    deliver(app)
    assert states() == [MailState.SENT] * 4


def test_a_refusal_is_believed_of_a_server_that_takes_other_mails(
    app: Flask, people: People, server: Scripted, clock: time_machine.Traveller
) -> None:
    """550 for one, then another leaves: refused again half a minute later, it is refused."""
    server.failures = [DoubtfulFailure("550 Non")]
    ask(people.zest.identifier)
    deliver(app)
    clock.shift(1)
    ask(people.moreau.identifier)
    deliver(app)
    assert states() == [MailState.QUEUED, MailState.SENT]
    clock.shift(30)
    server.failures = [DoubtfulFailure("550 Non")]
    deliver(app)
    assert states() == [MailState.REFUSED, MailState.SENT]
    assert rows()[0].last_error == "550 Non"


def test_wrong_settings_refuse_no_mail(
    app: Flask, people: People, server: Scripted, clock: time_machine.Traveller
) -> None:
    """The sender is refused for a day: no try is counted, each mail says why, and waits."""
    for person in (people.zest, people.moreau, people.ines):
        ask(person.identifier)
    for _ in range(20):
        server.failures = [WrongSettings("Expéditeur refusé")] * 2
        assert deliver(app).unavailable == "Expéditeur refusé"
        clock.shift(timedelta(hours=1))
    assert [(row.state, row.attempts, row.last_error) for row in rows()] == [
        (MailState.QUEUED, 0, "Expéditeur refusé")
    ] * 3
    server.failures = []
    deliver(app)
    assert states() == [MailState.SENT] * 3


def test_those_whom_our_settings_suit_are_not_kept_waiting(
    app: Flask, people: People, server: Scripted, clock: time_machine.Traveller
) -> None:
    """The relay takes the town's own domain only: who comes first does not keep the others."""
    foreign = [people.zest, people.moreau]
    for person in (*foreign, people.ines):
        ask(person.identifier)
    server.failures = [WrongSettings("Pas de relais")] * 2
    deliver(app)
    clock.shift(1)
    deliver(app)
    assert states() == [MailState.QUEUED, MailState.QUEUED, MailState.SENT]


def test_while_the_server_is_down_no_try_is_counted(
    app: Flask, people: People, server: Scripted, clock: time_machine.Traveller
) -> None:
    """Down for hours: the mail waits with the reason, and leaves at once when it is back."""
    ask(people.zest.identifier)
    server.down = True
    for _ in range(3):
        assert deliver(app).unavailable == "Le serveur de courrier est en panne"
        clock.shift(timedelta(hours=1))
    (row,) = rows()
    assert (row.state, row.attempts) == (MailState.QUEUED, 0)
    assert row.last_error == "Le serveur de courrier est en panne"
    server.down = False
    deliver(app)
    assert states() == [MailState.SENT]


def test_a_server_down_for_a_day_ends_the_mail(
    app: Flask, people: People, server: Scripted, clock: time_machine.Traveller
) -> None:
    """Yesterday's request helps nobody any more."""
    ask(people.zest.identifier)
    server.down = True
    clock.shift(timedelta(hours=25))
    ask(people.moreau.identifier)
    deliver(app)
    assert states() == [MailState.ABANDONED, MailState.QUEUED]


def test_a_broken_connection_keeps_the_others_as_new(
    app: Flask, people: People, server: Scripted
) -> None:
    """The line drops at the first mail, then again: the others have lost no try."""
    for person in (people.zest, people.moreau, people.ines, people.karim):
        ask(person.identifier)
    server.failures = [Unavailable("Coupé"), Unavailable("Coupé")]
    assert deliver(app).unavailable == "Coupé"
    assert [row.attempts for row in rows()] == [1, 1, 0, 0]
    deliver(app)
    assert states() == [MailState.QUEUED, MailState.QUEUED, MailState.SENT, MailState.SENT]


def test_one_bad_mail_does_not_keep_the_others(
    app: Flask, people: People, server: Scripted
) -> None:
    """The line drops at one mail only: the pass goes on over a new connection."""
    for person in (people.zest, people.moreau):
        ask(person.identifier)
    server.failures = [Unavailable("Coupé")]
    assert not deliver(app).unavailable
    assert states() == [MailState.QUEUED, MailState.SENT]
    assert server.connections == 2


def test_a_mail_that_misses_what_it_carries_keeps_no_other(
    app: Flask, people: People, server: Scripted
) -> None:
    """Two rows that another version wrote name no change and no code: they end, the next leaves."""
    with db.transaction() as session:
        outbox.enqueue(session, MailKind.EMAIL_CONFIRMATION, people.moreau.identifier)
    team.invite(LAUNCHED, "aline@mairie.fr", "Aline", [Role.READING])
    with db.transaction() as session:
        outbox.enqueue(session, MailKind.CLERK_CODE, "", "aline@mairie.fr")
    ask(people.zest.identifier)
    deliver(app)
    assert states() == [
        MailState.LIMITED, MailState.SENT, MailState.LIMITED, MailState.SENT,
    ]  # fmt: skip


def journal() -> list[str]:
    """Read the journal's events."""
    return list(db.session().scalars(select(JournalEntry.event)))
