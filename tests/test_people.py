"""The cast settles in, on both databases, and nobody is a duplicate of another."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

import config
from app import create_app, db
from app.models import Account, Family
from tests.conftest import BOTH_DATABASES
from tests.support import people as cast_of
from tests.support.databases import NewDatabase, every_row
from tests.support.people import People, settle_in
from tests.support.written_once import WrittenOnce


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


@pytest.mark.parametrize("kind", BOTH_DATABASES)
def test_the_cast_is_the_same_wherever_it_settles(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """The second time it is only copied: not a cell differs, and more may be written after it.

    Even where the numbers began again meanwhile, as they do in tables that are made anew.
    """
    new: NewDatabase = request.getfixturevalue(f"new_{kind}")
    monkeypatch.setattr(cast_of, "cast", WrittenOnce())
    found = []
    for _ in range(2):
        app = create_app(config.Test(instance=tmp_path, database_url=new()))
        if kind == "postgresql":
            with app.app_context(), db.transaction() as session:
                session.connection().exec_driver_sql("ALTER SEQUENCE family_id_seq RESTART")
        settle_in(app)
        found.append(every_row(app))
        with app.app_context(), db.transaction() as session:
            session.add(Family(source_id="one", number="more"))
        app.extensions[db.EXTENSION].dispose()
    assert found[0] == found[1]
    assert len(found[0]["account"]) == len(list(People()))
