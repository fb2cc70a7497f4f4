"""Letters with a code, where a town prints them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from flask import Flask
from sqlalchemy import select

from app import db
from app.models import Account
from app.services.tokens import temporary_passwords
from app.settings import EXTENSION
from tests.support.people import Person


@contextmanager
def letter_codes(app: Flask) -> Iterator[None]:
    """Switch them on for a while."""
    before = app.extensions[EXTENSION]
    app.extensions[EXTENSION] = replace(before, letter_codes=True)
    yield
    app.extensions[EXTENSION] = before


def code_for(app: Flask, person: Person) -> str:
    """Make the code of somebody's letter."""
    with app.app_context(), db.transaction() as session:
        whose = select(Account.id).where(Account.identifier == person.identifier)
        [code] = temporary_passwords.issue_for_letters(
            session, [session.scalars(whose).one()]
        ).values()
        return code
