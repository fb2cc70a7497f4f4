"""An operator launches `flask import`."""

import io
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError

import config
from app import create_app, db
from app.cli.imports import progress_bar
from app.models import Guardian
from app.services.importing import running
from app.services.mail import refused_addresses
from tests.services.importing.test_deciding import FILES, HERE, differing, held
from tests.services.importing.town import OF_HISTORY, Town, everything, settle


def launch(app: Flask, *arguments: str) -> Any:
    """Run `flask import`."""
    return app.test_cli_runner().invoke(args=["import", *arguments])


def test_an_import_prints_its_report(app: Flask, tmp_path: Path, town: Town) -> None:
    """And ends well."""
    result = launch(app, str(town.folder(tmp_path / "files")))
    assert result.exit_code == 0
    assert result.stdout.startswith("Import de « files »")
    assert result.stderr == ""


@pytest.mark.both_databases
def test_an_import_names_the_addresses_that_refuse_our_mails(
    app: Flask, tmp_path: Path, town: Town
) -> None:
    """Whoever hands the files over can ask the family for another one."""
    folder = str(town.folder(tmp_path / "files"))
    assert "flask mail refused" not in launch(app, folder).stdout
    with app.app_context(), db.transaction() as session:
        found = select(Guardian.email).where(Guardian.email != "").order_by(Guardian.id)
        email = session.scalars(found).first()
        assert email
        refused_addresses.note(session, email, "Cette adresse n’existe pas")
    said = launch(app, folder).stdout
    assert "1\u00a0responsable a une adresse qui refuse nos courriels" in said
    assert "flask mail refused" in said


def test_faults_are_printed_and_the_command_fails(app: Flask, tmp_path: Path, town: Town) -> None:
    """What reads the exit status learns it too."""
    town.row("facture.csv")["montant"] = "douze"
    town.row("enfant.csv")["nom"] = ""
    result = launch(app, str(town.folder(tmp_path / "files")))
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.splitlines() == [
        "enfant.csv, ligne 2, famille F1 (GARNIER), colonne nom, valeur vide : "
        "cette cellule est obligatoire.",
        "facture.csv, ligne 2, famille F1 (GARNIER), colonne montant, valeur « douze » : "
        "écrivez un nombre comme 891,35, avec deux décimales au plus.",
        "",
        "2 erreurs : rien n’a été importé.",
    ]


def test_faults_beyond_the_first_thousand_are_counted(app: Flask, tmp_path: Path) -> None:
    """Nobody reads more."""
    rows = "".join(f"{number};A;B;1.0\n" for number in range(1_500))
    (tmp_path / "famille.csv").write_text(f"id;nomResp1;prenomResp1;numero\n{rows}")
    result = launch(app, str(tmp_path))
    assert result.stderr.splitlines()[-3:] == [
        "… et 500 autres erreurs.",
        "",
        "1\u202f500 erreurs : rien n’a été importé.",
    ]


def test_a_dry_run_writes_nothing(app: Flask, tmp_path: Path, town: Town) -> None:
    """Whatever else is asked for."""
    before = everything(app)
    result = launch(app, str(town.folder(tmp_path / "files")), "--dry-run", "--archive-missing")
    assert result.exit_code == 0
    assert "Rien n’a été écrit." in result.stdout
    assert everything(app) == before


def test_a_database_that_does_not_answer_is_told_in_one_line(
    app: Flask, tmp_path: Path, town: Town
) -> None:
    """Locked, full, or not migrated yet: nothing was imported."""

    def fail(*_details: Any) -> None:
        raise OperationalError("SELECT 1", None, Exception("database is locked"))

    with app.app_context():
        event.listen(db.engine(), "before_cursor_execute", fail)
    result = launch(app, str(town.folder(tmp_path / "files")))
    assert result.exit_code == 1
    assert "rien n’a été importé" in result.stderr
    assert "(database is locked)" in result.stderr


def test_an_empty_database_is_told_as_the_other_commands_tell_it(
    tmp_path: Path, town: Town
) -> None:
    """Nobody ran `flask db upgrade` yet."""
    empty = f"sqlite:///{tmp_path / 'empty.db'}"
    app = create_app(config.Test(instance=tmp_path / "instance", database_url=empty))
    result = launch(app, str(town.folder(tmp_path / "files")))
    assert result.exit_code == 1
    assert "rien n’a été importé" in result.stderr
    assert "flask db upgrade." in result.stderr
    with app.app_context():
        db.engine().dispose()


class Terminal(io.StringIO):
    """Somebody looks at what is printed here."""

    def isatty(self) -> bool:
        """Say so."""
        return True


def test_a_terminal_shows_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bar that fills up."""
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    with progress_bar() as progress:
        for done in (0, 5, 10):
            progress(done, 10)
    assert "50%" in terminal.getvalue()
    assert "100%" in terminal.getvalue()


def test_an_import_goes_forward_from_nothing_to_its_end(
    app: Flask, tmp_path: Path, town: Town
) -> None:
    """What the bar shows never goes back."""
    steps: list[tuple[int, int]] = []
    with app.app_context():
        running.run(town.folder(tmp_path / "files"), progress=lambda *step: steps.append(step))
    assert steps == sorted(steps)
    assert steps[-1][0] == steps[-1][1]


def test_the_command_explains_itself(app: Flask) -> None:
    """In French."""
    result = launch(app, "--help")
    assert "Importe un dossier ou un ZIP de fichiers CSV" in result.stdout


@pytest.mark.parametrize(
    ("flags", "left"),
    [
        ("--keep-accepted --keep-children",
         {**HERE, "invoices": {"101", "102"}, "payments": {"500"}, "children": 3}),
        ("--replace-confirmed --remove-missing",
         {**FILES, "invoices": set(), "payments": set(), "children": 2}),
    ],
)  # fmt: skip
def test_what_a_screen_asks_row_by_row_is_told_for_all(
    app: Flask, tmp_path: Path, flags: str, left: dict[str, Any]
) -> None:
    """Everything kept, or everything as the files say."""
    settle(app, tmp_path / "sound")
    result = launch(app, str(differing(app, tmp_path / "next")), *flags.split())
    assert result.exit_code == 0
    assert held(app) == left


def test_the_last_import_is_undone_by_its_number(app: Flask, tmp_path: Path, town: Town) -> None:
    """The report says how; an older one stays, and nothing is undone twice."""
    settled = settle(app, tmp_path / "files")
    before = everything(app, but=OF_HISTORY)
    town.row("famille.csv")["adrNumeroVoie"] = "3 place du Marché"
    said = launch(app, str(town.folder(settled))).stdout
    assert "Pour l’annuler, pendant 30 jours\u00a0: flask imports undo 2" in said
    runner = app.test_cli_runner()
    refused = runner.invoke(args=["imports", "undo", "1"])
    assert refused.exit_code == 1
    assert "seul le dernier s’annule" in refused.stderr
    undone = runner.invoke(args=["imports", "undo", "2"])
    assert undone.exit_code == 0, undone.stderr
    assert "familles\u00a0: 0 retirés, 1 remis comme avant" in undone.stdout
    assert everything(app, but=OF_HISTORY) == before
    assert runner.invoke(args=["imports", "undo", "2"]).exit_code == 1
