"""A parent has lost their mailbox and calls: the town hall writes another address down."""

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from app import db
from app.models import JournalEntry
from app.services.accounts import address_correction, email_changes, sessions
from app.services.refusals import Reason, Refusal
from app.services.tokens import temporary_passwords
from tests.services.accounts.conftest import ORIGIN, ask, guardian, latest_token, signed_in
from tests.support.mail_room import Scripted, deliver
from tests.support.people import TOWN_HALL, People, Person

FOUND = "pays.zest@retrouvee.exemple.fr"


def test_what_hung_on_the_lost_address_ends(
    app: Flask, people: People, server: Scripted, clock: time_machine.Traveller
) -> None:
    """Sessions, temporary passwords, a change that waits, the proof; the old address is told."""
    ask(people.zest, "perdue@exemple.fr")
    email_changes.confirm(latest_token(app, server), ORIGIN)
    asking = ask(people.zest, "autre@exemple.fr")
    token = latest_token(app, server)
    with db.transaction() as session:
        secret = temporary_passwords.issue(session, asking.account_id).secret
    key = _session_key(people.zest)
    server.sent.clear()
    done = address_correction.correct(" 38 162 386 ", f" {FOUND} ", TOWN_HALL)
    assert (done.whose, done.old, done.new) == ("PAYS ZEST", "perdue@exemple.fr", FOUND)
    now = guardian(people.zest)
    assert (now.email, now.email_confirmed_at) == (FOUND, None)
    assert sessions.find(key) is None
    assert temporary_passwords.find_by_secret(db.session(), asking.account_id, secret) is None
    assert email_changes.open_link(token).reason == "ended"
    deliver(app)
    [mail] = server.mails
    assert (mail.recipient, mail.subject) == (
        "perdue@exemple.fr",
        "Votre adresse de courriel a changé",
    )
    assert "La mairie a changé l’adresse" in mail.text
    for words in (FOUND, "/confirmer/", "/mot-de-passe/lien/", people.zest.identifier):
        assert words not in mail.text + mail.html
    [entry] = db.session().scalars(
        select(JournalEntry).where(JournalEntry.event == "email_corrected")
    )
    assert (entry.account_id, entry.acted_by) == (asking.account_id, TOWN_HALL.acted_by)
    # The password is still theirs.
    assert signed_in(people.zest).account_id == asking.account_id


def test_nobody_is_told_where_there_was_no_address(
    app: Flask, people: People, server: Scripted
) -> None:
    """A parent without one gives one; that somebody else is written to there is said."""
    done = address_correction.correct(people.no_address.identifier, people.moreau.email, TOWN_HALL)
    deliver(app)
    assert server.mails == []
    assert (done.old, done.shared_with) == ("", ["Paul MOREAU"])


@pytest.mark.usefixtures("server")
def test_what_cannot_be_done_is_refused_with_its_reason(people: People) -> None:
    for identifier, address, reason, words in (
        ("99999999", FOUND, Reason.UNKNOWN, "personne n’a l’identifiant 99999999"),
        ("zest", FOUND, Reason.UNKNOWN, "personne n’a l’identifiant zest"),
        (people.archived.identifier, FOUND, Reason.CLOSED, "est fermé"),
        (people.zest.identifier, "pays.zest", Reason.UNFIT, "«\u00a0pays.zest\u00a0» n’est pas"),
        (people.zest.identifier, people.zest.email, Reason.SAME, "déjà l’adresse de PAYS ZEST"),
    ):
        with pytest.raises(Refusal, match=words) as refused:
            address_correction.correct(identifier, address, TOWN_HALL)
        assert refused.value.reason is reason
    assert guardian(people.zest).email == people.zest.email


def _session_key(person: Person) -> str:
    from app.services.accounts import signing_in
    from app.services.accounts.signing_in import SignedIn

    outcome = signing_in.sign_in(person.identifier, person.password or "", ORIGIN)
    assert isinstance(outcome, SignedIn)
    return outcome.session_key
