"""Choosing a password, with a ticket or with the current one."""

import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from app import db
from app.models import Account, Family, JournalEntry, OutboxMail, TemporaryPassword
from app.services.accounts import (
    current_password,
    password_choice,
    passwords,
    sessions,
    signing_in,
    throttles,
)
from app.services.accounts.password_choice import PendingChoice
from app.services.accounts.signing_in import MustChoose, Refused, SignedIn
from app.services.actors import CurrentAccount, Origin
from app.services.refusals import Refusal
from app.services.tokens import temporary_passwords
from tests.support.people import People, Person

ORIGIN = Origin()
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
GOOD = "Tramontane66"


@pytest.fixture(autouse=True)
def app_context(app: Flask, people: People) -> Iterator[None]:
    """The cast is settled, and time stands still."""
    with app.app_context(), time_machine.travel(NOW, tick=False):
        yield


def issue(person: Person) -> temporary_passwords.IssuedPassword:
    """Make a temporary password as the delivery does."""
    with db.transaction() as session:
        query = select(Account.id).where(Account.identifier == person.identifier)
        return temporary_passwords.issue(session, session.scalars(query).one())


def ticket(person: Person) -> str:
    """Sign in with a temporary password."""
    outcome = signing_in.sign_in(person.identifier, issue(person).secret, ORIGIN)
    assert isinstance(outcome, MustChoose)
    return outcome.ticket


def pending(person: Person) -> PendingChoice:
    """Open the page that chooses a password."""
    opened = password_choice.open_ticket(ticket(person))
    assert opened is not None
    return opened


def signed_in(person: Person, clear: str | None = None) -> CurrentAccount:
    """Sign in with a password."""
    outcome = signing_in.sign_in(person.identifier, clear or person.password or "", ORIGIN)
    assert isinstance(outcome, SignedIn)
    current = sessions.find(outcome.session_key)
    assert current is not None
    return current


def refusal(current: CurrentAccount, old: str, clear: str = GOOD) -> str:
    """Try to change the password; return why not."""
    with pytest.raises(Refusal) as refused:
        password_choice.change(current, old, clear)
    return str(refused.value)


def notices() -> list[tuple[str, str]]:
    """Read which mails wait in the queue."""
    rows = db.session().execute(select(OutboxMail.kind, OutboxMail.identifier))
    return [(kind, identifier) for kind, identifier in rows]


def test_a_chosen_password_signs_in(people: People) -> None:
    """The newcomer's first password: from now on it opens the portal, and a mail says so."""
    assert password_choice.choose(pending(people.newcomer), GOOD, ORIGIN)
    assert signed_in(people.newcomer, GOOD).identifier == people.newcomer.identifier
    assert notices() == [("password_changed", people.newcomer.identifier)]


def test_choosing_ends_everything_before(people: People) -> None:
    """Every session, every other temporary password and the old password die at once."""
    outcome = signing_in.sign_in(people.zest.identifier, people.zest.password or "", ORIGIN)
    assert isinstance(outcome, SignedIn)
    other = issue(people.zest)
    assert password_choice.choose(pending(people.zest), GOOD, ORIGIN)
    assert sessions.find(outcome.session_key) is None
    for old in (people.zest.password or "", other.secret):
        assert signing_in.sign_in(people.zest.identifier, old, ORIGIN) == Refused()


def test_a_ticket_is_good_once(people: People) -> None:
    """After the choice the same page opens nothing."""
    used = ticket(people.zest)
    opened = password_choice.open_ticket(used)
    assert opened is not None
    assert password_choice.choose(opened, GOOD, ORIGIN)
    assert password_choice.open_ticket(used) is None
    assert not password_choice.choose(opened, "Tramontane67", ORIGIN)
    assert signing_in.sign_in(people.zest.identifier, "Tramontane67", ORIGIN) == Refused()


def test_a_ticket_lasts_half_an_hour(people: People) -> None:
    """A page left open on a shared computer closes by itself."""
    left_open = ticket(people.zest)
    with time_machine.travel(NOW + timedelta(minutes=30), tick=False):
        assert password_choice.open_ticket(left_open) is not None
    with time_machine.travel(NOW + timedelta(minutes=30, seconds=1), tick=False):
        assert password_choice.open_ticket(left_open) is None


@pytest.mark.parametrize("forged", ["", "x", "1", "MQ.abc.def", "é\x00"])
def test_a_forged_ticket_opens_nothing(forged: str) -> None:
    """Only the portal signs tickets."""
    assert password_choice.open_ticket(forged) is None


def test_a_link_is_no_ticket_and_a_ticket_no_link(people: People) -> None:
    """Each signature is good for one purpose."""
    link = issue(people.zest).link_token
    assert password_choice.open_ticket(link) is None
    assert password_choice.open_link(ticket(people.zest)).reason == "invalid"


def test_a_ticket_is_for_one_row_not_for_its_number(people: People) -> None:
    """A backup is restored, and somebody else's temporary password gets the number."""
    opened = ticket(people.zest)
    with db.transaction() as session:
        lost = session.scalars(select(TemporaryPassword)).one()
        number = lost.id
        session.delete(lost)
    with db.transaction() as session:
        query = select(Account.id).where(Account.identifier == people.moreau.identifier)
        temporary_passwords.issue(session, session.scalars(query).one())
        session.execute(update(TemporaryPassword).values(id=number))
    assert password_choice.open_ticket(opened) is None


def test_opening_the_link_changes_nothing(people: People) -> None:
    """Mail scanners follow links: ten visits later it still works."""
    token = issue(people.zest).link_token
    for _ in range(10):
        assert password_choice.open_link(token).ticket is not None
    opened = password_choice.open_ticket(password_choice.open_link(token).ticket or "")
    assert opened is not None
    assert password_choice.choose(opened, GOOD, ORIGIN)
    assert password_choice.open_link(token).reason == "used"


def test_an_old_link_says_when_it_ended(people: People) -> None:
    """Expired is told with the hour; the identifiant is kept for a new request."""
    token = issue(people.zest).link_token
    with time_machine.travel(NOW + timedelta(hours=24, seconds=1), tick=False):
        state = password_choice.open_link(token)
    assert (state.reason, state.expired_at) == ("expired", NOW + timedelta(hours=24))
    assert state.identifier == people.zest.identifier


def test_the_link_of_an_archived_account_is_worth_nothing(people: People) -> None:
    """And neither is its ticket."""
    assert password_choice.open_link(issue(people.archived).link_token).reason == "invalid"


def test_a_family_that_left_chooses_no_password(people: People) -> None:
    """The town archives the whole family: its links and tickets are worth nothing."""
    link, opened = issue(people.zest).link_token, ticket(people.zest)
    with db.transaction() as session:
        session.execute(update(Family).values(archived_at=NOW))
    assert password_choice.open_link(link).reason == "invalid"
    assert password_choice.open_ticket(opened) is None


@pytest.mark.parametrize(
    ("clear", "advice"),
    [
        ("Xx38162386", passwords.TOO_PERSONAL),
        ("Payszest99", passwords.TOO_PERSONAL),
        ("Azerty123", passwords.TOO_COMMON),
    ],
)
def test_what_others_could_guess_is_refused(people: People, clear: str, advice: str) -> None:
    """Her identifiant, her name, a common one."""
    told = password_choice.problems(pending(people.zest).account_id, clear)
    assert len(told) == 1
    assert told[0].startswith(advice)


def test_the_temporary_password_cannot_be_kept(people: People) -> None:
    """Not even with its letters in capitals."""
    account_id = pending(people.zest).account_id
    secret = issue(people.zest).secret
    for same in (secret, secret.upper(), secret.capitalize()):
        assert password_choice.problems(account_id, same) == [passwords.SAME_AS_TEMPORARY]


def test_choosing_says_nothing_of_the_current_password(people: People) -> None:
    """Whoever opened the mail may not know it: the field of the new one is no place to guess."""
    assert password_choice.choose(pending(people.zest), GOOD, ORIGIN)
    choice = pending(people.zest)
    assert password_choice.problems(choice.account_id, GOOD) == []
    assert password_choice.choose(choice, GOOD, ORIGIN)


def test_the_current_password_is_refused_to_who_gave_it(people: People) -> None:
    """A change that changes nothing is no change; nobody else is told that it is the same."""
    current, same = signed_in(people.karim), people.karim.password or ""
    with pytest.raises(Refusal, match=re.escape(password_choice.SAME_AS_CURRENT)):
        password_choice.change(current, same, same)
    with pytest.raises(Refusal, match=re.escape(current_password.WRONG_CURRENT)):
        password_choice.change(current, "Faux12345", same)


def test_changing_asks_for_the_current_password(people: People) -> None:
    """A wrong one changes nothing; the right one does, ends the sessions and sends a notice."""
    current = signed_in(people.karim)
    assert refusal(current, "Faux12345") == current_password.WRONG_CURRENT
    assert notices() == []
    assert password_choice.change(current, people.karim.password or "", GOOD)
    assert signed_in(people.karim, GOOD).identifier == people.karim.identifier
    assert notices() == [("password_changed", people.karim.identifier)]


def test_a_password_saved_meanwhile_is_not_undone(
    app: Flask, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody at a page left open changes the password while Karim does: his is kept."""
    thief, karim = signed_in(people.karim), signed_in(people.karim)
    old = people.karim.password or ""
    hash_password = passwords.hash_password

    def let_karim_go_first(clear: str) -> str:
        monkeypatch.setattr(passwords, "hash_password", hash_password)
        with app.app_context():
            assert password_choice.change(karim, old, GOOD)
        return hash_password(clear)

    monkeypatch.setattr(passwords, "hash_password", let_karim_go_first)
    assert refusal(thief, old, "Mistral1977") == current_password.WRONG_CURRENT
    assert signed_in(people.karim, GOOD).identifier == people.karim.identifier


def test_guessing_the_current_password_makes_wait(people: People) -> None:
    """Somebody at a page left open cannot try for ever; each try is noted."""
    current = signed_in(people.karim)
    for _ in range(5):
        assert refusal(current, "Faux12345") == current_password.WRONG_CURRENT
    assert refusal(current, people.karim.password or "") == current_password.TOO_MANY_TRIES
    noted = select(JournalEntry.event).where(JournalEntry.event == "password_change_refused")
    assert len(db.session().scalars(noted).all()) == 5


def test_after_a_hundred_guesses_the_mailbox_alone_lets_choose(people: People) -> None:
    """However slowly they come; whoever has the mail begins anew."""
    current, old = signed_in(people.karim), people.karim.password or ""
    with db.transaction() as session:
        for _ in range(100):
            throttles.fail(session, throttles.of_current_password(current.account_id))
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        assert refusal(current, old) == current_password.BY_MAILBOX
        assert password_choice.choose(pending(people.karim), GOOD, ORIGIN)
        again = signed_in(people.karim, GOOD)
        assert password_choice.change(again, GOOD, "Mistral1977")


def test_of_eight_simultaneous_choices_one_is_kept(app: Flask, people: People) -> None:
    """Eight windows, one temporary password: one password is saved, and it is the winner's."""
    choice = pending(people.zest)
    choices = [f"Tramontane{number}" for number in range(60, 68)]
    won: list[str] = []

    def choose(clear: str) -> None:
        with app.app_context():
            if password_choice.choose(choice, clear, ORIGIN):
                won.append(clear)

    db.session().rollback()
    threads = [threading.Thread(target=choose, args=(clear,)) for clear in choices]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert signed_in(people.zest, won[0]).identifier == people.zest.identifier
