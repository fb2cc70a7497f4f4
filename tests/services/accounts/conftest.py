"""Somebody who asks for another address."""

import re

from flask import Flask
from sqlalchemy import select

from app import db
from app.models import Account, Guardian
from app.services.accounts import (
    email_changes,
    sessions,
    signing_in,
)
from app.services.accounts.signing_in import SignedIn
from app.services.actors import CurrentAccount, Origin
from tests.support.mail_room import Scripted, deliver
from tests.support.people import Person

LINK = re.compile(r"/compte/courriel/confirmer/(\S+)")
ORIGIN = Origin()
NEW = "pays.zest@nouvelle.exemple.fr"


def signed_in(person: Person) -> CurrentAccount:
    outcome = signing_in.sign_in(person.identifier, person.password or "", ORIGIN)
    assert isinstance(outcome, SignedIn)
    current = sessions.find(outcome.session_key)
    assert current is not None
    return current


def ask(person: Person, address: str = NEW) -> CurrentAccount:
    account = signed_in(person)
    assert email_changes.problem(account, address) is None
    assert email_changes.ask(account, address, person.password or "") is None
    return account


def latest_token(app: Flask, server: Scripted) -> str:
    deliver(app)
    tokens = [found[1] for mail in server.mails if (found := LINK.search(mail.text))]
    return tokens[-1]


def guardian(person: Person) -> Guardian:
    db.session().rollback()
    return (
        db.session()
        .scalars(
            select(Guardian)
            .join(Account, Account.guardian_id == Guardian.id)
            .where(Account.identifier == person.identifier)
            .execution_options(populate_existing=True)
        )
        .one()
    )
