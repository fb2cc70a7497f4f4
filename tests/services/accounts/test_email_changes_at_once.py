"""Two at the same moment, on the way to another address."""

from functools import partial

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
    db.let_go()

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
    db.let_go()

    def asking(address: str) -> None:
        with app.app_context():
            email_changes.ask(account, address, people.zest.password or "")

    in_parallel(lambda: asking("un@exemple.fr"), lambda: asking("deux@exemple.fr"))
    waiting = select(EmailChange.address).where(EmailChange.ended_at.is_(None))
    assert len(db.session().scalars(waiting).all()) == 1


def test_of_fourteen_at_once_six_leave(app: Flask, people: People, server: Scripted) -> None:
    """Fourteen windows, as many addresses of strangers: no more mails than on any other day."""
    account = signed_in(people.zest)
    db.let_go()
    told: list[str | None] = []

    def asking(number: int) -> None:
        with app.app_context():
            address = f"quelqu-un-{number}@exemple.fr"
            told.append(email_changes.ask(account, address, people.zest.password or ""))

    in_parallel(*[partial(asking, number) for number in range(14)])
    kinds = [row.kind for row in rows()]
    assert kinds.count("email_confirmation") == email_changes.MAILS_A_DAY
    assert told.count(email_changes.TOO_MANY_MAILS) == 14 - email_changes.MAILS_A_DAY
