"""The migrations lead to the schema that the code expects, and back."""

from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import func, inspect, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import db
from app.cli import database
from app.models import FamilyChild, KeptOut
from tests.services.importing.test_round_trip import assert_what_is_allocated_is_said
from tests.support.people import People, settle_in
from tests.support.services import booked_by


def flask(app: Flask, *arguments: str) -> str:
    """Run a command and return what it says."""
    result = app.test_cli_runner().invoke(args=list(arguments))
    assert result.exit_code == 0, result.output
    return result.output


def test_the_migrated_schema_is_the_one_of_the_models(app: Flask) -> None:
    """`flask db check` finds nothing to change, on both databases."""
    assert "celui que le code attend" in flask(app, "db", "check")


def test_a_schema_that_differs_is_told(app: Flask) -> None:
    """And exits with an error, so that a deployment stops."""
    with app.app_context(), db.transaction() as session:
        session.connection().exec_driver_sql("CREATE INDEX stray ON family (city)")
    try:
        result = app.test_cli_runner().invoke(args=["db", "check"])
    finally:
        with app.app_context(), db.transaction() as session:
            session.connection().exec_driver_sql("DROP INDEX stray")
    assert result.exit_code != 0
    assert "flask db upgrade" in result.output


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_down_and_up_again(app: Flask) -> None:
    """Every migration can be undone."""
    flask(app, "db", "downgrade", "base")
    with app.app_context():
        assert inspect(db.engine()).get_table_names() == ["alembic_version"]
    flask(app, "db", "upgrade")
    flask(app, "db", "check")


def test_a_town_that_is_settled_goes_down_and_up_whole(app: Flask) -> None:
    """SQLite changes a table by copying it: nothing that refers to it may be lost."""
    settle_in(app)
    before = rows_by_table(app)
    with app.app_context(), db.transaction() as session:
        book_the_canteen(session)
    assert sum(rows_by_table(app).values()) > sum(before.values())
    migrate_in(app, "0002")
    flask(app, "db", "upgrade")
    assert rows_by_table(app) == before
    with app.app_context():
        assert_what_is_allocated_is_said()
    with app.app_context(), pytest.raises(IntegrityError), db.transaction() as session:
        session.connection().exec_driver_sql("DELETE FROM guardian")


def test_going_down_says_what_it_would_erase(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody at a terminal reads the counts, and may think better of it."""
    settle_in(app)
    with app.app_context(), db.transaction() as session:
        child = session.scalars(select(FamilyChild).limit(1)).one()
        session.add(KeptOut(family_id=child.family_id, child_id=child.child_id))
    before = rows_by_table(app)
    refused = app.test_cli_runner().invoke(args=["db", "downgrade", "0011"])
    assert refused.exit_code != 0
    assert "kept_out : 1\u00a0ligne" in refused.output
    assert "rien n’a été changé" in refused.output
    monkeypatch.setattr(database, "_at_a_terminal", lambda: True)
    runner = app.test_cli_runner()
    assert runner.invoke(args=["db", "downgrade", "0011"], input="oui\n").exit_code != 0
    assert rows_by_table(app) == before
    gone = runner.invoke(args=["db", "downgrade", "0011"], input="effacer\n")
    assert gone.exit_code == 0, gone.output
    flask(app, "db", "upgrade")
    assert rows_by_table(app) == before | {"kept_out": 0}


def book_the_canteen(session: Session) -> None:
    """Have one of the cast come to it: what is younger than a schema leaves nothing behind."""
    booked, child = booked_by(session, People().zest)
    booked.enrol(child, date(2026, 9, 1))
    booked.book(child, [date(2026, 11, 30)], datetime(2026, 11, 20, tzinfo=UTC))


def migrate_in(app: Flask, revision: str) -> None:
    """Go down as who has said yes."""
    with app.app_context():
        database.migrate("downgrade", revision)


def rows_by_table(app: Flask) -> dict[str, int]:
    """Count what stands in each table."""
    with app.app_context():
        return {
            table.name: db.session().scalar(select(func.count()).select_from(table)) or 0
            for table in db.Base.metadata.sorted_tables
        }
