"""Someone asks for credentials: a row waits, a mail leaves, its state says what became of it."""

from datetime import UTC, datetime
from typing import cast

import pytest
from flask import Flask
from sqlalchemy import select

from app import db
from app.models import Account, MailState, OutboxMail, TemporaryPassword
from app.services.mail import outbox as queue
from app.services.mail.kinds import MailKind
from app.services.tokens import temporary_passwords
from app.testing import Outbox
from tests.support.people import People


def ask(kind: MailKind = MailKind.CREDENTIALS, identifier: str = "38162386") -> None:
    """Ask for a mail, as the portal's acts do."""
    with db.transaction() as session:
        queue.enqueue(session, kind, identifier)


def states() -> list[MailState]:
    """Read what became of each mail."""
    db.session().rollback()
    return list(db.session().scalars(select(OutboxMail.state).order_by(OutboxMail.id)))


def test_a_parent_gets_a_secret_that_works(app: Flask, people: People, outbox: Outbox) -> None:
    """The parent asks; the mail brings a temporary password that the portal knows."""
    with app.app_context():
        ask()
        assert states() == [MailState.SENT]
        assert outbox.latest.recipient == people.zest.email
        account = (
            db.session().scalars(select(Account).filter_by(identifier=people.zest.identifier)).one()
        )
        found = temporary_passwords.find_by_secret(
            db.session(), account.id, outbox.latest.temporary_password
        )
        assert found is not None
        token = outbox.latest.link.rpartition("/")[2]
        assert temporary_passwords.find_by_link(db.session(), token) == found


def test_an_unknown_identifiant_gets_nothing(app: Flask, outbox: Outbox) -> None:
    """Someone mistypes: operators see it, no mail leaves, no secret is made."""
    with app.app_context():
        ask()
        assert states() == [MailState.UNKNOWN]
        assert len(outbox) == 0
        assert db.session().scalars(select(TemporaryPassword)).all() == []


@pytest.mark.usefixtures("people")
def test_a_mail_that_has_no_templates_is_refused_at_once(app: Flask) -> None:
    """Whoever asks learns it; the queue keeps nothing that no courier can write."""
    unknown = cast("MailKind", "reminder")
    everybody, now = select(Account.identifier), datetime.now(UTC)
    with app.app_context():
        for asked in (
            lambda session: queue.enqueue(session, unknown, "38162386"),
            lambda session: queue.send_all(session, unknown, ["38162386"]),
            lambda session: queue.send_all(session, unknown, []),
            lambda session: queue.enqueue_selected(session, unknown, everybody, now),
        ):
            with pytest.raises(ValueError, match="reminder"), db.transaction() as session:
                asked(session)
        assert states() == []


def test_a_selection_is_queued_under_its_kind(app: Flask, people: People) -> None:
    """As text that any courier reads back."""
    with app.app_context():
        with db.transaction() as session:
            everybody = select(Account.identifier)
            count = queue.enqueue_selected(
                session, MailKind.NEW_MESSAGE, everybody, datetime.now(UTC)
            )
        assert count == len(list(people))
        db.session().rollback()
        assert set(db.session().scalars(select(OutboxMail.kind))) == {"new_message"}
