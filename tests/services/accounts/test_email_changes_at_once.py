"""Two at the same moment, on the way to another address."""

from flask import Flask
from sqlalchemy import select

from app import db
from app.models import EmailChange
from app.services.accounts import (
    email_changes,
)
from tests.services.accounts.conftest import NEW, ORIGIN, ask, guardian, latest_token, signed_in
from tests.support.mail_room import Scripted, in_parallel, rows
from tests.support.people import People


def test_of_simultaneous_confirmations_one_counts(
    app: Flask, people: People, server: Scripted
) -> None:
    """The button pressed in four windows: one notice to the old address."""
    ask(people.zest)
    token = latest_token(app, server)
    db.session().rollback()

    def confirm() -> None:
        with app.app_context():
            email_changes.confirm(token, ORIGIN)

    in_parallel(*[confirm] * 4)
    assert [row.kind for row in rows()].count("email_changed") == 1
    assert guardian(people.zest).email == NEW


def test_two_requests_at_once_leave_one_change(
    app: Flask, people: People, server: Scripted
) -> None:
    """Two windows, two addresses: one of them waits."""
    account = signed_in(people.zest)
    db.session().rollback()

    def asking(address: str) -> None:
        with app.app_context():
            email_changes.ask(account, address, people.zest.password or "")

    in_parallel(lambda: asking("un@exemple.fr"), lambda: asking("deux@exemple.fr"))
    waiting = select(EmailChange.address).where(EmailChange.ended_at.is_(None))
    assert len(db.session().scalars(waiting).all()) == 1
