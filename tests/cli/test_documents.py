"""A clerk puts a document under « Infos/Documents » with `flask documents`."""

import os
from datetime import date
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from app import db
from app.formats import today
from app.models import Document, Family, JournalEntry
from app.services.files import sweeping
from app.services.importing import storing
from tests.services.importing.town import PDF, PNG
from tests.support.browser import Browser
from tests.support.people import People

pytestmark = pytest.mark.both_databases

TITLE = "Menus de décembre"


def launch(app: Flask, file: Path, *arguments: str) -> Result:
    """Run `flask documents add` for a menu of the canteen."""
    words = ["documents", "add", str(file), "--title", TITLE, "--category", "Cantine", *arguments]
    return app.test_cli_runner().invoke(args=words)


def added(app: Flask) -> list[Document]:
    """The documents that no import brought."""
    with app.app_context():
        wanted = select(Document).where(Document.source_id.like("portail-%")).order_by(Document.id)
        return list(db.session().scalars(wanted))


def kept(app: Flask) -> list[Path]:
    """What the documents' folder holds."""
    folder = Path(app.instance_path) / "documents"
    return sorted(folder.iterdir()) if folder.exists() else []


@pytest.fixture
def menu(tmp_path: Path) -> Path:
    """A PDF on the clerk's disk."""
    path = tmp_path / "Menus déc. 2026.PDF"
    path.write_bytes(PDF)
    return path


@pytest.mark.usefixtures("people")
def test_a_document_for_everybody(app: Flask, menu: Path) -> None:
    result = launch(app, menu)
    assert result.exit_code == 0, result.output
    assert result.stdout == "Le document est dans les Infos/Documents de toutes les familles.\n"
    [document] = added(app)
    assert (document.title, document.category, document.family_id) == (TITLE, "Cantine", None)
    assert document.published_on == today()
    assert document.added_at is not None
    assert document.source_id == f"portail-{document.public_id}"
    [file] = kept(app)
    assert file.name == document.file
    assert file.read_bytes() == PDF
    assert file.stat().st_mode & 0o777 == 0o600
    assert menu.exists()
    with app.app_context():
        entry = db.session().scalars(select(JournalEntry)).one()
    assert entry.event == "document_added"
    assert entry.details == {"document": document.public_id, "audience": "all"}


def test_a_document_for_one_family(app: Flask, people: People, menu: Path) -> None:
    number = people.moreau.family_number
    result = launch(app, menu, "--family", number, "--date", "01/12/2026")
    assert result.stdout == f"Le document est dans les Infos/Documents de la famille {number}.\n"
    [document] = added(app)
    with app.app_context():
        family = db.session().get_one(Family, document.family_id)
    assert family.number == number
    assert document.published_on == date(2026, 12, 1)


@pytest.mark.usefixtures("people")
def test_the_same_command_twice_adds_once(app: Flask, menu: Path) -> None:
    """The clerk was not sure that it had worked."""
    launch(app, menu)
    result = launch(app, menu)
    assert result.exit_code == 0
    assert "déjà dans Infos/Documents" in result.stdout
    assert len(added(app)) == len(kept(app)) == 1


@pytest.mark.usefixtures("people")
def test_one_file_under_two_titles_is_kept_once(app: Flask, menu: Path) -> None:
    launch(app, menu)
    launch(app, menu, "--title", "Menus de Noël")
    assert len(added(app)) == 2
    assert len(kept(app)) == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--family", "999"), "Il n’y a pas de famille n° 999."),
        (("--family", "540006"), "La famille n° 540006 est archivée"),
        (("--date", "31/02/2026"), "date : cette date n’existe pas au calendrier."),
        (("--date", "demain"), "date : écrivez une date comme 08/11/2016"),
        (("--title", "  "), "titre : donnez un titre au document."),
        (("--title", "x" * 201), "titre : 200 caractères au plus sont acceptés"),
        (("--title", "a\x00b"), "titre : retirez les caractères invisibles."),
        (("--title", "a\udcffb"), "titre : retirez les caractères invisibles."),
        (("--category", "x" * 101), "catégorie : 100 caractères au plus"),
        (("--family", "x" * 41), "famille : 40 caractères au plus"),
    ],
)
@pytest.mark.usefixtures("people")
def test_what_cannot_be_said_of_a_document(
    app: Flask, menu: Path, arguments: tuple[str, ...], told: str
) -> None:
    """A sentence says what to do, and nothing is kept."""
    refused(app, launch(app, menu, *arguments), told)


@pytest.mark.usefixtures("people")
def test_a_number_that_two_families_have(app: Flask, people: People, menu: Path) -> None:
    with app.app_context(), db.transaction() as session:
        session.add(
            Family(source_id="other", number=people.zest.family_number,
                   street="", postcode="", city="")
        )  # fmt: skip
    told = "Plusieurs familles ont le n°"
    refused(app, launch(app, menu, "--family", people.zest.family_number), told)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 a spreadsheet", b"<html>%PDF-"])
@pytest.mark.usefixtures("people")
def test_what_is_no_document(app: Flask, menu: Path, content: bytes) -> None:
    """What it is called changes nothing."""
    menu.write_bytes(content)
    refused(app, launch(app, menu), "le contenu de ce fichier doit être PDF ou PNG ou JPEG.")


@pytest.mark.usefixtures("people")
def test_a_file_that_is_too_large(app: Flask, menu: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storing, "LARGEST", len(PDF) - 1)
    refused(app, launch(app, menu), "ce fichier dépasse")


@pytest.mark.usefixtures("people")
def test_a_file_that_is_not_there(app: Flask, tmp_path: Path) -> None:
    for path in (tmp_path / "absent.pdf", tmp_path, tmp_path / "x" / "y.pdf"):
        refused(app, launch(app, path), "ce fichier n’existe pas")
    pipe = tmp_path / "pipe.pdf"
    os.mkfifo(pipe)
    refused(app, launch(app, pipe), "n’est pas un fichier ordinaire")


@pytest.mark.usefixtures("people")
def test_a_file_that_cannot_be_read(
    app: Flask, menu: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no(*_arguments: object) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(storing, "name_for", no)
    refused(app, launch(app, menu), "ce fichier ne peut pas être lu")


@pytest.mark.usefixtures("people")
def test_a_full_disk_leaves_nothing_behind(
    app: Flask, menu: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    refused(app, launch(app, menu), "Le document n’a pas pu être gardé")


def refused(app: Flask, result: Result, told: str) -> None:
    """Check that the clerk was told so, and that nothing is left of it."""
    assert result.exit_code == 1, result.output
    assert result.stdout == ""
    assert told in result.stderr.replace("\u00a0", " ")
    assert not added(app)
    assert not kept(app)


@pytest.mark.usefixtures("people")
def test_a_picture_goes_by_a_link(app: Flask, tmp_path: Path) -> None:
    """A link to a file is that file."""
    (tmp_path / "plan.png").write_bytes(PNG)
    (tmp_path / "link").symlink_to(tmp_path / "plan.png")
    assert launch(app, tmp_path / "link").exit_code == 0
    assert added(app)[0].file.endswith(".png")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_help_is_in_french(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["documents", "add", "--help"])
    assert "Met un fichier PDF, PNG ou JPEG à la disposition des parents." in result.output


def command(app: Flask, *words: str) -> Result:
    """Run `flask documents` with these words."""
    return app.test_cli_runner().invoke(args=["documents", *words])


def test_a_document_given_by_mistake_is_taken_back(app: Flask, people: People, menu: Path) -> None:
    """It is listed with its number; then nobody downloads it, and its file is swept."""
    launch(app, menu, "--family", people.moreau.family_number, "--date", "01/12/2026")
    [document] = added(app)
    number, family = str(document.id), people.moreau.family_number
    [line] = [line for line in command(app, "list").stdout.splitlines() if TITLE in line]
    assert line.split() == [
        number,
        *TITLE.split(),
        "Cantine",
        "01/12/2026",
        family,
        "à",
        "la",
        "main",
    ]
    browser = Browser(app)
    browser.sign_in(people.moreau)
    assert TITLE in browser.get("family.documents").text
    assert "Plus aucune famille" in command(app, "withdraw", number).stdout
    assert "rien n’a changé" in command(app, "withdraw", number).stdout
    assert TITLE not in browser.get("family.documents").text
    browser.get("family.document", _status=404, public_id=document.public_id)
    assert TITLE not in command(app, "list").stdout
    [file] = kept(app)
    os.utime(file, (0, 0))
    with app.app_context():
        assert sweeping.sweep() == 1
    assert kept(app) == []
    assert command(app, "replace", number, str(menu)).exit_code == 1
    assert command(app, "withdraw", "99999").exit_code == 1


@pytest.mark.usefixtures("people")
def test_another_file_takes_the_place_of_a_wrong_one(app: Flask, menu: Path) -> None:
    """Same title, same link; a document of the files is theirs to change."""
    launch(app, menu)
    [before] = added(app)
    right = menu.with_name("bon.pdf")
    right.write_bytes(PDF + b"%")
    for said in ("le nouveau fichier", "C’est déjà ce fichier"):
        assert said in command(app, "replace", str(before.id), str(right)).stdout
    [after] = added(app)
    assert (after.public_id, after.title) == (before.public_id, before.title)
    assert after.file != before.file
    with app.app_context():
        of_files = select(Document.id).where(Document.source_id == "d1")
        number = db.session().scalars(of_files).one()
    refused = command(app, "replace", str(number), str(right))
    assert refused.exit_code == 1
    assert "vient de vos fichiers" in refused.stderr
