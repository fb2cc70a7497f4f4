"""Whether an identifiant is somebody's does not show in the work of delivering, pages beside it."""

from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from app import db
from app.mailer.message import Message
from app.models import Guardian, JournalEntry, MailState, TemporaryPassword
from app.services.mail import letters, outbox
from app.services.mail.kinds import MailKind
from tests.support.databases import statements_of
from tests.support.mail_room import Scripted, ask, deliver, rows, states
from tests.support.people import People

UNKNOWN = "99999999"


def work_for(app: Flask, server: Scripted, identifier: str) -> list[list[str]]:
    """Ask, ask again at once, and after two minutes; return the statements of each delivery."""
    done = []
    with time_machine.travel("2026-11-22T12:00:00+00:00", tick=False) as clock:
        for _ in range(3):
            ask(identifier)
            with statements_of(app) as statements:
                deliver(app)
            done.append(statements)
            clock.shift(61)
    return done


def test_delivering_to_nobody_is_as_much_work(
    app: Flask, people: People, server: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same statements in the same order, the same mails written, asked again or not."""
    written: list[str] = []
    write = letters.write

    def note(kind: MailKind, *arguments: Any) -> Message:
        written.append(kind)
        return write(kind, *arguments)

    monkeypatch.setattr(letters, "write", note)
    known = work_for(app, server, people.zest.identifier)
    assert len(written) == len(server.sent) == 2
    for identifier in (UNKNOWN, people.archived.identifier, people.no_address.identifier):
        written.clear()
        assert work_for(app, server, identifier) == known
        assert len(written) == 2
    assert len(server.sent) == 2


def test_nothing_is_kept_for_nobody(app: Flask, people: People, server: Scripted) -> None:
    """No temporary password, no mail; the journal says that somebody asked."""
    ask(UNKNOWN)
    tally = deliver(app)
    assert states() == [MailState.UNKNOWN]
    assert tally.complete
    assert not tally.fates
    assert db.session().scalars(select(TemporaryPassword)).all() == []
    assert db.session().scalars(select(JournalEntry.event)).all() == ["mail_for_nobody"]


def test_who_gets_an_address_today_gets_a_mail_today(
    app: Flask, people: People, server: Scripted, clock: time_machine.Traveller
) -> None:
    """What was asked while nothing could leave does not count."""
    for _ in range(7):
        ask(people.no_address.identifier)
        deliver(app)
        clock.shift(125)
    with db.transaction() as session:
        session.execute(
            update(Guardian).where(Guardian.email == "").values(email="jean@exemple.fr")
        )
    ask(people.no_address.identifier)
    deliver(app)
    assert states()[-1] == MailState.SENT


def test_what_the_town_hall_sends_is_not_written_for_nobody(
    app: Flask, people: People, server: Scripted
) -> None:
    """A hundred families without address cost a hundred rows, not a hundred letters."""
    with db.transaction() as session:
        outbox.send_all(session, MailKind.ACTIVATION, [people.no_address.identifier])
    deliver(app)
    [row] = rows()
    assert (row.state, row.attempts) == (MailState.NO_ADDRESS, 0)
