"""A whole town leaves in one archive, and comes back the same elsewhere."""

import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import Table, select

import config
from app import create_app, db
from app.models import CustodyPattern, Document, Family, Folder, Message, MessageRecipient
from app.services.actors import Command
from app.services.exporting import packing
from app.services.files import stored_files, stores
from tests.services.importing.conftest import NOW
from tests.services.importing.test_round_trip import in_the_portal, towns, written
from tests.services.importing.town import OF_HISTORY, everything, hand_over, settle
from tests.support.databases import NewDatabase
from tests.support.people import People
from tests.support.services import booked_by

OPS = Command("ops")


def exported(app: Flask, path: Path, *, with_files: bool = True) -> Path:
    """Write the archive of a town."""
    with app.app_context(), path.open("wb") as out:
        assert packing.write(out, OPS, with_files=with_files) == []
    return path


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_town_comes_back(request: pytest.FixtureRequest, tmp_path: Path, kind: str) -> None:
    """To the last cell, but for numbers of our own and the names of files."""
    new: NewDatabase = request.getfixturevalue(f"new_{kind}")
    app = create_app(config.Test(instance=tmp_path / "one", database_url=new()))
    with app.app_context():
        stores.store().check()
    settle(app, tmp_path / "files")
    told = told_of(app)
    archive = exported(app, tmp_path / "town.zip")
    app.extensions[db.EXTENSION].dispose()
    app = create_app(config.Test(instance=tmp_path / "two", database_url=new()))
    with app.app_context():
        stores.store().check()
    report = hand_over(app, archive)
    assert report.set_aside.count == 0
    assert told_of(app) == told
    app.extensions[db.EXTENSION].dispose()


def told_of(app: Flask) -> dict[str, list[tuple[object, ...]]]:
    """What an import brings, but for what is drawn, and the hour; PostgreSQL numbers go on."""
    drawn = {"public_id", "id", "added_at"}
    with app.app_context():
        if db.engine().dialect.name == "postgresql":
            drawn |= {
                column.name
                for table in db.Base.metadata.sorted_tables
                for column in table.columns
                if column.foreign_keys
            }
    tables = {table.name: table for table in db.Base.metadata.sorted_tables}

    def told(table: Table, row: tuple[object, ...]) -> tuple[object, ...]:
        columns = zip(table.columns, row, strict=True)
        return tuple(value for column, value in columns if column.name not in drawn)

    return {
        name: sorted((told(tables[name], row) for row in rows), key=repr)
        for name, rows in everything(app, but=("journal_entry", *OF_HISTORY)).items()
    }


def test_the_demonstration_leaves_whole(app: Flask, tmp_path: Path) -> None:
    """Requests, threads, pieces: as tables to read. A file that is gone is named."""
    assert app.test_cli_runner().invoke(args=["demo"]).exit_code == 0
    with zipfile.ZipFile(exported(app, tmp_path / "town.zip")) as archive:
        names = set(archive.namelist())
        requests = archive.read("autres/demandes.csv").decode("utf-8-sig")
        pieces = archive.read("autres/pieces.csv").decode("utf-8-sig")
    assert "Inscrire à la garderie;3816234;Yann LE GOFF;Maëlle LE GOFF" in requests
    assert "attestation-employeur" in pieces
    assert {f"autres/requests/{line.split(';')[2]}" for line in pieces.splitlines()[1:]} <= names
    with app.app_context():
        [file] = db.session().scalars(select(Document.file).order_by(Document.id).limit(1))
        stored_files.discard(Folder.DOCUMENTS, [file])
        with (tmp_path / "again.zip").open("wb") as out:
            assert packing.write(out, OPS, with_files=True) == [f"documents/{file}"]


def test_what_was_booked_leaves_too(app: Flask, people: People, tmp_path: Path) -> None:
    """As tables to read; that of a family that was erased does not."""
    with app.app_context(), db.transaction() as session:
        for person in (people.zest, people.moreau):
            booked, child = booked_by(session, person)
            booked.enrol(child, date(2026, 9, 1))
            booked.take_turns(child, CustodyPattern.ALTERNATE, date(2026, 11, 30))
            booked.say_typical(child, 3)
            booked.book(child, [date(2026, 11, 30)], NOW, "Réservé à temps")
        session.get_one(Family, booked.family_id).erased_at = NOW
    with zipfile.ZipFile(exported(app, tmp_path / "town.zip", with_files=False)) as archive:
        told = {
            name: archive.read(f"autres/{name}.csv").decode("utf-8-sig").split("\r\n")[1:-1]
            for name in (
                "inscriptions",
                "gardes",
                "semaines-types",
                "reservations",
                "suites-des-reservations",
            )
        }
    assert told["inscriptions"][0] == "Cantine;PAYS ZEST;3816231;2026-09-01;"
    assert told["reservations"] == [
        "2026-11-30;Cantine;PAYS ZEST;3816231;Réservé;réservé jour par jour;non",
        "2026-11-30;Garderie de midi;PAYS ZEST;3816231;Réservé;compris avec un autre service;non",
    ]
    assert all(line.endswith("Réservé à temps;non") for line in told["suites-des-reservations"])
    assert told["gardes"] == ["PAYS ZEST;3816231;une semaine sur deux;lundi;2026-11-30"]
    assert told["semaines-types"] == ["PAYS ZEST;3816231;Toutes les semaines;jeudi;Cantine"]
    assert [len(lines) for lines in told.values()] == [2, 1, 1, 2, 2]


def test_what_some_families_have_is_given_to_no_other(app: Flask, tmp_path: Path) -> None:
    """Nor does a family that left come in again: both are apart, where no import looks."""
    settle(app, tmp_path / "files")
    with app.app_context(), db.transaction() as session:
        first, second = session.scalars(select(Family).order_by(Family.id)).all()
        message = session.scalars(select(Message).where(Message.source_id == "300")).one()
        message.for_some = True
        session.add(MessageRecipient(message_id=message.id, family_id=first.id))
        second.archived_at = NOW
    with zipfile.ZipFile(exported(app, tmp_path / "town.zip", with_files=False)) as archive:
        told = {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}
    assert "à lundi" not in told["message.csv"]
    assert "à lundi" in told["autres/messages-a-quelques-familles.csv"]
    assert "LE GOFF" not in told["famille.csv"]
    assert "LE GOFF" in told["parties/famille.csv"]
    assert "B200" not in told["facture.csv"]
    # Appointment of the family that left: nobody else's.
    assert "Rendez-vous" not in told["message.csv"]
    assert "Rendez-vous" in told["parties/message.csv"]
    assert "document.csv" not in told


def test_files_of_a_family_that_left_are_beside_its_tables(app: Flask, tmp_path: Path) -> None:
    """None lies in the archive without a line that names it."""
    assert app.test_cli_runner().invoke(args=["demo"]).exit_code == 0
    with app.app_context(), db.transaction() as session:
        left = session.scalars(select(Family).where(Family.number == "3816240")).one()
        left.archived_at = NOW
        for each in (*session.scalars(select(Message)), *session.scalars(select(Document))):
            each.family_id = left.id
    with zipfile.ZipFile(exported(app, tmp_path / "town.zip")) as archive:
        names = archive.namelist()
        tables = "".join(
            archive.read(name).decode("utf-8-sig") for name in names if name.endswith(".csv")
        )
    given = [name for name in names if "messages/" in name or "documents/" in name]
    assert {name.split("/")[1] for name in given} == {"messages", "documents"}
    assert all(name.startswith("parties/") for name in given)
    assert all(Path(name).name in tables for name in given)


@hypothesis_settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(town=towns(), data=st.data())
def test_any_town_comes_back(
    new_sqlite: NewDatabase,
    tmp_path_factory: pytest.TempPathFactory,
    town: dict[str, list[dict[str, Any]]],
    data: st.DataObject,
) -> None:
    """Whatever its names hold."""
    folder = tmp_path_factory.mktemp("town")
    for name, content in written(town, data).items():
        (folder / name).write_bytes(content)
    found = []
    for path in (folder, folder / "town.zip"):
        app = create_app(config.Test(instance=folder / path.stem, database_url=new_sqlite()))
        hand_over(app, path)
        with app.app_context():
            found.append(in_the_portal())
        exported(app, folder / "town.zip")
        app.extensions[db.EXTENSION].dispose()
    assert found[0] == found[1]
