"""Guardians who ask, and what they ask."""

from collections.abc import Iterator

import pytest
from flask import Flask

from app import db
from app.services.accounts import sessions
from app.services.actors import NOWHERE, Command, CurrentAccount, CurrentClerk
from app.services.clerks import lookup, team
from app.services.clerks import sessions as clerk_sessions
from app.services.files.uploads import CheckedFile
from app.services.requests import sending
from app.services.requests.kinds import BY_KEY
from app.services.requests.sending import Asked, Sent
from tests.support.people import People, Person

PAPER = CheckedFile("Justificatif", ".pdf", b"%PDF-1.7\n%%EOF")


@pytest.fixture
def inside(app: Flask, people: People) -> Iterator[None]:
    """The cast is there, and a context for services."""
    with app.app_context():
        yield


def signed_in(person: Person) -> CurrentAccount:
    """Open a session for somebody."""
    from sqlalchemy import select

    from app.models import Account

    with db.transaction() as session:
        wanted = select(Account.id).where(Account.identifier == person.identifier)
        key = sessions.open_session(session, session.scalars(wanted).one(), NOWHERE)
    account = sessions.find(key)
    assert account is not None
    return account


def send(
    account: CurrentAccount,
    kind: str = "other",
    key: str = "a" * 32,
    files: tuple[CheckedFile, ...] = (),
    **asked: object,
) -> Sent:
    """Send a request of this kind."""
    wanted = Asked({"text": "Bonjour"}) if not asked else Asked(**asked)  # type: ignore[arg-type]
    return sending.send(account, BY_KEY[kind], wanted, key, files)


def at_desk(name: str = "Camille Martin") -> CurrentClerk:
    """Somebody of the town hall who is signed in."""
    first = name.partition(" ")[0].casefold()
    email = f"{first}@commune.fr"
    team.invite(Command("ops"), email, name, ("secretariat",))
    with db.transaction() as session:
        clerk = lookup.by_email(session, email)
        assert clerk is not None
        key = clerk_sessions.open_session(session, clerk, NOWHERE)
    found = clerk_sessions.find(key)
    assert found is not None
    return found
