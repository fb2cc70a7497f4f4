"""Getting in with an identifiant and a password."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

import config
from app import create_app, db
from app.models import Account, JournalEntry, OutboxMail, TemporaryPassword
from app.services.accounts import password_choice, passwords, sessions, signing_in, throttles
from app.services.accounts.passwords import Cost
from app.services.accounts.signing_in import Expired, MustChoose, Refused, SignedIn
from app.services.actors import Origin
from app.services.tokens import temporary_passwords
from app.settings import EXTENSION
from tests.support.people import People, Person

HOME = Origin(address="192.0.2.1", request_id="test-request", user_agent="Firefox")
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def app_context(app: Flask, people: People) -> Iterator[None]:
    """The cast is settled, and time stands still."""
    with app.app_context(), time_machine.travel(NOW, tick=False):
        yield


def account_of(person: Person) -> Account:
    """Look somebody's account up."""
    query = select(Account).where(Account.identifier == person.identifier)
    return db.session().scalars(query).one()


def temporary_password_for(person: Person) -> str:
    """Make a temporary password as the delivery does."""
    account_id = account_of(person).id
    with db.transaction() as session:
        return temporary_passwords.issue(session, account_id).secret


def sign_in(
    person: Person, clear: str | None = None, device: str = "", origin: Origin = HOME
) -> signing_in.Outcome:
    """Try to sign in."""
    return signing_in.sign_in(person.identifier, clear or person.password or "", origin, device)


def events() -> list[str]:
    """Read the journal."""
    return list(db.session().scalars(select(JournalEntry.event).order_by(JournalEntry.id)))


def test_the_right_password_opens_a_session(people: People) -> None:
    """Madame ZEST signs in: the key in her cookie stands for her, and the journal knows."""
    outcome = sign_in(people.zest)
    assert isinstance(outcome, SignedIn)
    current = sessions.find(outcome.session_key)
    assert current is not None
    assert current.display_name == "PAYS ZEST"
    assert events() == ["signed_in"]


def test_whoever_may_not_come_in_hears_the_same(people: People) -> None:
    """Wrong password, unknown, archived, nothing chosen yet: one answer for all."""
    unknown = replace(people.zest, identifier="99999999")
    for person in (people.zest, unknown, people.newcomer):
        assert sign_in(person, "Faux12345") == Refused()
    assert sign_in(people.archived) == Refused()
    assert set(events()) == {"sign_in_failed"}


def test_every_failure_writes_as_much(people: People) -> None:
    """A known and an unknown identifiant leave rows of the same kind behind."""
    before = db.session().scalar(select(func.count(JournalEntry.id)))
    sign_in(people.zest, "Faux12345")
    sign_in(replace(people.zest, identifier="99999999"), "Faux12345")
    rows = db.session().execute(select(JournalEntry.event, JournalEntry.details)).all()
    assert before == 0
    assert [set(details) for _, details in rows] == [{"identifier"}, {"identifier"}]


def test_a_temporary_password_gives_a_ticket_not_a_session(people: People) -> None:
    """It only opens the page that chooses a password."""
    outcome = sign_in(people.newcomer, temporary_password_for(people.newcomer))
    assert isinstance(outcome, MustChoose)
    assert sessions.find(outcome.ticket) is None


def test_an_expired_temporary_password_is_told_so(people: People) -> None:
    """The right secret, a second late: the hour it ended is no secret to its owner."""
    secret = temporary_password_for(people.zest)
    with time_machine.travel(NOW + timedelta(hours=24, seconds=1), tick=False):
        assert sign_in(people.zest, secret) == Expired(NOW + timedelta(hours=24))
        assert sign_in(people.zest, "0" * 32) == Refused()
        assert sign_in(people.moreau, secret) == Refused()


def test_an_archived_account_has_no_temporary_password_any_more(people: People) -> None:
    """The secret of somebody who left opens nothing and tells nothing."""
    secret = temporary_password_for(people.archived)
    assert sign_in(people.archived, secret) == Refused()


def test_signing_in_normally_ends_the_temporary_passwords(people: People) -> None:
    """Whoever knows their password needs no other one."""
    secret = temporary_password_for(people.zest)
    sign_in(people.zest)
    assert sign_in(people.zest, secret) == Refused()


def test_a_password_saved_meanwhile_is_not_undone(
    app: Flask, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thief signs in with the old password at the very moment Madame ZEST saves a new one."""
    ticket = sign_in(people.zest, temporary_password_for(people.zest))
    assert isinstance(ticket, MustChoose)
    verify = passwords.verify

    def verify_then_save(password_hash: str | None, clear: str, costs: frozenset[Cost]) -> bool:
        found = verify(password_hash, clear, costs)
        monkeypatch.setattr(passwords, "verify", verify)
        with app.app_context():
            pending = password_choice.open_ticket(ticket.ticket)
            assert pending is not None
            assert password_choice.choose(pending, "Tramontane66", HOME)
        return found

    monkeypatch.setattr(passwords, "verify", verify_then_save)
    assert sign_in(people.zest) == Refused()
    assert sign_in(people.zest) == Refused()
    assert isinstance(sign_in(people.zest, "Tramontane66"), SignedIn)


def test_asking_for_a_temporary_password_changes_nothing(people: People) -> None:
    """Nobody can lock a parent out by typing their number."""
    signed_in = sign_in(people.zest)
    assert isinstance(signed_in, SignedIn)
    signing_in.request_credentials(people.zest.identifier, HOME)
    temporary_password_for(people.zest)
    assert sessions.find(signed_in.session_key) is not None
    assert isinstance(sign_in(people.zest), SignedIn)


def test_a_stronger_setting_rehashes_at_sign_in(app: Flask, people: People) -> None:
    """The hash follows the settings, without the parent noticing."""
    before = account_of(people.zest).password_hash
    app.extensions[EXTENSION] = replace(app.extensions[EXTENSION], argon2_time_cost=2)
    assert isinstance(sign_in(people.zest), SignedIn)
    after = account_of(people.zest).password_hash
    assert after is not None
    assert after != before
    assert "t=2" in after
    assert isinstance(sign_in(people.zest), SignedIn)


def test_asking_adds_one_row_whoever_asks(settings: config.Settings, people: People) -> None:
    """Known, unknown, archived, without address: the same row, the secret is for the delivery."""
    asked = ["99999999", *(p.identifier for p in (people.zest, people.archived, people.no_address))]
    later = create_app(replace(settings, mail_delivery="worker"))
    with later.app_context():
        for identifier in asked:
            signing_in.request_credentials(identifier, HOME)
        wanted = select(OutboxMail.kind, OutboxMail.identifier).order_by(OutboxMail.id)
        rows = db.session().execute(wanted).all()
        assert [tuple(row) for row in rows] == [("credentials", identifier) for identifier in asked]
        assert db.session().scalar(select(func.count(TemporaryPassword.id))) == 0
    later.extensions["portail.engine"].dispose()


def test_what_was_asked_is_known_by_its_number(people: People) -> None:
    """The button of the confirmation page needs no typing; a made-up number asks nothing."""
    number = signing_in.request_credentials(people.zest.identifier, HOME)
    assert signing_in.identifier_asked(number) == people.zest.identifier
    assert signing_in.identifier_asked(None) is None
    assert signing_in.identifier_asked(10**9) is None


def test_a_flood_of_requests_makes_no_more_mails(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Past the limit the queue is left alone, whoever is asked for."""
    monkeypatch.setattr(throttles, "ADDRESS_REQUESTS", 2)
    numbers = [signing_in.request_credentials(people.zest.identifier, HOME) for _ in range(4)]
    assert [number is None for number in numbers] == [False, False, True, True]


def test_a_flood_of_requests_adds_a_line_a_minute_to_the_journal(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever identifiants it types: with how many there were, and from where."""
    monkeypatch.setattr(throttles, "ADDRESS_REQUESTS", 2)
    elsewhere = replace(HOME, address="198.51.100.9")
    for number in range(40):
        signing_in.request_credentials(str(10_000_000 + number), HOME)
    for _ in range(5):
        signing_in.request_credentials(people.zest.identifier, elsewhere)
    with time_machine.travel(NOW + timedelta(seconds=61), tick=False):
        signing_in.request_credentials(people.zest.identifier, HOME)
    query = select(JournalEntry.event, JournalEntry.address, JournalEntry.details)
    asked = query.where(JournalEntry.event.startswith("credentials_")).order_by(JournalEntry.id)
    noted = db.session().execute(asked).all()
    assert [(event, address, details.get("count")) for event, address, details in noted] == [
        ("credentials_requested", HOME.address, None),
        ("credentials_requested", HOME.address, None),
        ("credentials_flooded", HOME.address, "38"),
        ("credentials_requested", elsewhere.address, None),
        ("credentials_requested", elsewhere.address, None),
        ("credentials_flooded", elsewhere.address, "3"),
        ("credentials_flooded", HOME.address, "1"),
    ]
