"""A parent's new address: asked with the password, confirmed by the link, told to the old one."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from app import db
from app.mailer.message import ascii_address
from app.models import EmailChange
from app.services.accounts import (
    current_password,
    email_changes,
    password_choice,
)
from app.services.accounts.email_changes import AddressState
from app.services.tokens import temporary_passwords
from tests.services.accounts.conftest import NEW, ORIGIN, ask, guardian, latest_token, signed_in
from tests.support.mail_room import Scripted, deliver, rows
from tests.support.people import People


def sent(server: Scripted) -> list[tuple[str, str]]:
    return [(mail.subject, mail.recipient) for mail in server.mails]


def test_a_new_address_is_asked_confirmed_and_told(
    app: Flask, people: People, server: Scripted, clock: time_machine.Traveller
) -> None:
    """Two mails at once, to the new and to the old; nothing changes before the link is used."""
    account = ask(people.zest)
    token = latest_token(app, server)
    assert sent(server) == [
        ("Confirmez votre adresse de courriel", NEW),
        ("Votre adresse de courriel va changer", people.zest.email),
    ]
    assert guardian(people.zest).email == people.zest.email
    assert email_changes.open_link(token).reason == "ready"
    email_changes.confirm(token, ORIGIN)
    deliver(app)
    assert guardian(people.zest).email == NEW
    assert sent(server)[2:] == [("Votre adresse de courriel a changé", people.zest.email)]
    assert email_changes.state(account) == AddressState(NEW, True, None)
    assert email_changes.open_link(token).reason == "confirmed"


def test_looking_at_the_link_changes_nothing(
    app: Flask, people: People, server: Scripted, clock: time_machine.Traveller
) -> None:
    """Scanners open it ten times."""
    ask(people.zest)
    token = latest_token(app, server)
    for _ in range(10):
        assert email_changes.open_link(token).reason == "ready"
    assert guardian(people.zest).email == people.zest.email


def test_a_link_lasts_24_hours(
    app: Flask, people: People, server: Scripted, clock: time_machine.Traveller
) -> None:
    """To the second; then it says when it ended, and changes nothing."""
    ask(people.zest)
    token = latest_token(app, server)
    clock.shift(timedelta(hours=24))
    assert email_changes.open_link(token).reason == "ready"
    clock.shift(timedelta(seconds=1))
    assert email_changes.open_link(token).reason == "expired"
    email_changes.confirm(token, ORIGIN)
    assert guardian(people.zest).email == people.zest.email
    assert email_changes.state(signed_in(people.zest)).pending is None


def test_the_link_of_another_change_of_that_number_is_worth_nothing(
    app: Flask, people: People, server: Scripted, clock: time_machine.Traveller
) -> None:
    """A backup is restored, and somebody else’s change gets the number that an old mail names."""
    ask(people.zest)
    token = latest_token(app, server)
    with db.transaction() as session:
        lost = session.scalars(select(EmailChange)).one()
        number, asked_at = lost.id, lost.created_at
        session.delete(lost)
    clock.shift(timedelta(minutes=5))
    for person, address, created_at in (
        (people.moreau, NEW, datetime.now(UTC)),
        (people.moreau, "paul@exemple.fr", asked_at),
    ):
        account = signed_in(person)
        with db.transaction() as session:
            change = EmailChange(
                id=number,
                account_id=account.account_id,
                address=address,
                created_at=created_at,
                expires_at=datetime.now(UTC) + email_changes.VALIDITY,
            )
            session.add(change)
        assert email_changes.open_link(token).reason == "invalid"
        email_changes.confirm(token, ORIGIN)
        assert guardian(person).email == person.email
        with db.transaction() as session:
            session.delete(session.get_one(EmailChange, number))


def test_a_second_address_replaces_the_first(
    app: Flask, people: People, server: Scripted, clock: time_machine.Traveller
) -> None:
    """One change waits, never two; the first link says so."""
    ask(people.zest)
    first = latest_token(app, server)
    account = ask(people.zest, "autre@exemple.fr")
    second = latest_token(app, server)
    pending = email_changes.state(account).pending
    assert pending is not None
    assert pending.address == "autre@exemple.fr"
    email_changes.confirm(first, ORIGIN)
    assert email_changes.open_link(first).reason == "ended"
    email_changes.confirm(second, ORIGIN)
    assert guardian(people.zest).email == "autre@exemple.fr"


def test_a_later_address_makes_the_earlier_link_an_old_one(
    app: Flask, people: People, server: Scripted, clock: time_machine.Traveller
) -> None:
    """Only the link of today's address says that it is confirmed."""
    ask(people.zest)
    first = latest_token(app, server)
    email_changes.confirm(first, ORIGIN)
    clock.shift(timedelta(minutes=1))
    ask(people.zest, "autre@exemple.fr")
    email_changes.confirm(latest_token(app, server), ORIGIN)
    assert email_changes.open_link(first).reason == "ended"


def test_cancelling_kills_the_link(
    app: Flask, people: People, server: Scripted, clock: time_machine.Traveller
) -> None:
    """« Annuler », then the mail is opened all the same."""
    account = ask(people.zest)
    token = latest_token(app, server)
    email_changes.cancel(account)
    email_changes.confirm(token, ORIGIN)
    assert email_changes.open_link(token).reason == "ended"
    assert guardian(people.zest).email == people.zest.email


def test_a_new_password_puts_an_end_to_it(
    app: Flask, people: People, server: Scripted, clock: time_machine.Traveller
) -> None:
    """The warning tells the parent to choose a new password: the thief's link dies with it."""
    account = ask(people.zest, "voleur@exemple.fr")
    token = latest_token(app, server)
    assert password_choice.change(account, people.zest.password or "", "Tramontane66")
    email_changes.confirm(token, ORIGIN)
    assert guardian(people.zest).email == people.zest.email


def test_temporary_passwords_die_with_the_old_address(
    app: Flask, people: People, server: Scripted, clock: time_machine.Traveller
) -> None:
    """They were mailed there."""
    account = ask(people.zest)
    with db.transaction() as session:
        secret = temporary_passwords.issue(session, account.account_id).secret
    email_changes.confirm(latest_token(app, server), ORIGIN)
    assert temporary_passwords.find_by_secret(db.session(), account.account_id, secret) is None


def test_the_password_is_asked(
    app: Flask, people: People, server: Scripted, clock: time_machine.Traveller
) -> None:
    """Wrong: nothing waits, nobody is written to; too often: even the right one has to wait."""
    account = signed_in(people.zest)
    for _ in range(5):
        refusal = email_changes.ask(account, NEW, "Faux2026")
        assert refusal == current_password.WRONG_CURRENT
    assert rows() == []
    refusal = email_changes.ask(account, NEW, people.zest.password or "")
    assert refusal == current_password.TOO_MANY_TRIES


def test_somebody_without_address_adds_one(
    app: Flask, people: People, server: Scripted, clock: time_machine.Traveller
) -> None:
    """There is no old address to warn, before or after."""
    ask(people.no_address)
    email_changes.confirm(latest_token(app, server), ORIGIN)
    deliver(app)
    assert guardian(people.no_address).email == NEW
    assert sent(server) == [("Confirmez votre adresse de courriel", NEW)]


def test_a_double_click_sends_one_mail_and_resending_waits(
    app: Flask, people: People, server: Scripted, clock: time_machine.Traveller
) -> None:
    """The same form twice, « Renvoyer » at once: one mail. Two minutes later: one more, and both
    links work for 24 hours from then on."""
    account = ask(people.zest)
    ask(people.zest)
    assert email_changes.resend(account) is None
    first = latest_token(app, server)
    assert len(server.mails) == 2
    clock.shift(timedelta(minutes=2))
    assert email_changes.resend(account) is None
    latest_token(app, server)
    assert len(server.mails) == 3
    clock.shift(timedelta(hours=23, minutes=59))
    assert email_changes.open_link(first).reason == "ready"


def test_a_stranger_s_mailbox_is_not_filled(
    app: Flask, people: People, server: Scripted, clock: time_machine.Traveller
) -> None:
    """Six mails a day, whoever they are for; the parent is told."""
    for number in range(6):
        account = ask(people.zest, f"voisin{number}@exemple.fr")
    assert email_changes.problem(account, NEW) == email_changes.TOO_MANY_MAILS
    assert email_changes.resend(account) == email_changes.TOO_MANY_MAILS
    clock.shift(timedelta(days=1))
    assert email_changes.problem(signed_in(people.zest), NEW) is None


@pytest.mark.parametrize(
    "typed",
    [
        "", "x", "a@", "@b.fr", "a@b", "a b@exemple.fr", "a@exemple.fr, b@exemple.fr",
        "a@exemple.fr\r\nBcc: z@evil.fr", "a@exemple.fr\nb", "a\x00@exemple.fr",
        "\udcff@exemple.fr",
        "<a@exemple.fr>", "Paul <a@exemple.fr>", '"a b"@exemple.fr', "é@exemple.fr",
        "a@[127.0.0.1]",
        "a" * 65 + "@exemple.fr", "a@" + "x" * 250 + ".fr", "a@exemple.fr;b@exemple.fr",
    ],
)  # fmt: skip
def test_what_is_not_one_address_is_refused(
    app: Flask, people: People, server: Scripted, typed: str
) -> None:
    """No second recipient, no header, no address that our mails could not reach."""
    assert email_changes.problem(signed_in(people.zest), typed) == email_changes.NOT_AN_ADDRESS


@pytest.mark.parametrize(
    "typed", ["a@mairie.info", "a@ecole.bzh", "A@X.fr", " a@exemple.fr ", "a+b@cité.fr"]
)
def test_unusual_addresses_are_addresses(
    app: Flask, people: People, server: Scripted, typed: str
) -> None:
    """And a mail leaves for each."""
    ask(people.zest, typed)
    deliver(app)
    local, _, domain = ascii_address(typed.strip()).partition("@")
    assert f"{local}@{domain.lower()}" in {message.recipient for message in server.sent}


def test_the_address_one_has_is_told(app: Flask, people: People, server: Scripted) -> None:
    """A change that changes nothing is no change."""
    account = signed_in(people.zest)
    assert email_changes.problem(account, people.zest.email) == email_changes.ALREADY_YOURS


@pytest.mark.parametrize("forged", ["", "x", "MQ", "MQ.abc", "é\x00"])
def test_a_forged_link_is_worth_nothing(
    app: Flask, people: People, server: Scripted, forged: str
) -> None:
    """Only the portal signs links, and the link of a password is another one."""
    account = ask(people.zest)
    with db.transaction() as session:
        other = temporary_passwords.issue(session, account.account_id).link_token
    for token in (forged, other):
        assert email_changes.open_link(token).reason == "invalid"
        email_changes.confirm(token, ORIGIN)
    assert guardian(people.zest).email == people.zest.email


def test_no_link_is_kept(app: Flask, people: People, server: Scripted) -> None:
    """The queue says which change, not the key that confirms it."""
    ask(people.zest)
    token = latest_token(app, server)
    assert all(token not in str(vars(row)) for row in rows())
