"""`inscription.csv` of a great town: SQLite's lock is held while it is written."""

from pathlib import Path
from typing import cast

import pytest
from flask import Flask
from sqlalchemy import Table

from app import db
from app.models import Enrolment
from app.services.actors import Command
from app.services.importing import service_files, service_images
from app.services.importing.putting_back import PuttingBack
from app.services.importing.service_images import IMAGED
from tests.support.databases import statements_of
from tests.support.last_place import ALONG, SLUG, prepare

BY = Command("ops")
FEW, MANY = 2, 60


@pytest.mark.both_databases
def test_many_lines_take_no_more_statements_than_few(app: Flask, tmp_path: Path) -> None:
    """New ones and changed ones are each written together."""
    prepare(app, MANY)
    counted = []
    with app.app_context():
        for number in (FEW, MANY):
            for last in ("04/07/2095", "05/07/2095"):
                lines = "".join(
                    f"race{each};{slug};{first};{last}\n"
                    for each in range(number)
                    for slug, first in ((SLUG, "01/09/2026"), (ALONG, f"0{number % 9}/01/2090"))
                )
                text = f"enfant_id;service_id;du;au\n{lines}"
                (tmp_path / "inscription.csv").write_text(text, "utf-8")
                with statements_of(app) as sent:
                    assert service_files.run(tmp_path, BY).enrolments == 2 * number
                counted.append(len(sent))
    few, few_again, many, many_again = counted
    assert (many, many_again) == (few, few_again)


def test_what_was_is_found_by_its_key(app: Flask) -> None:
    """Each row is compared with what it was, not with all that there was."""
    with app.app_context(), db.transaction() as session:
        connection = session.connection()
        service_images.keep_aside(connection)
        for model in IMAGED:
            table = model.__table__
            assert isinstance(table, Table)
            for statement in service_images._OfSqlite(table).statements(began_empty=False):
                plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}").all()
                scanned = [row[3] for row in plan if row[3].startswith("SCAN")]
                assert len(scanned) == 1, plan


def test_what_they_created_is_found_by_its_number(app: Flask) -> None:
    """Undone, each line that was kept is looked at once, not once a row of all that there is."""
    with app.app_context(), db.transaction() as session:
        connection = session.connection()
        created = PuttingBack(connection, cast(Table, Enrolment.__table__))._created()
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {created}").all()
        assert "SCAN here" not in [row[3].split(" USING")[0] for row in plan], plan
