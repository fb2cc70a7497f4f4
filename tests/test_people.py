"""The cast settles in, on both databases, and nobody is a duplicate of another."""

from flask import Flask
from sqlalchemy import select

from app import db
from app.models import Account
from tests.support.people import People


def test_everybody_has_an_account(app: Flask, people: People) -> None:
    with app.app_context():
        accounts = {row.identifier: row for row in db.session().scalars(select(Account))}
    assert set(accounts) == {person.identifier for person in people}
    for person in people:
        assert (accounts[person.identifier].password_hash is None) is (person.password is None)
    assert accounts[people.archived.identifier].archived_at is not None


def test_nobody_shares_what_must_tell_them_apart(people: People) -> None:
    cast = list(people)
    for what in ("identifier", "display_name"):
        assert len({getattr(person, what) for person in cast}) == len(cast)
