"""An import into SQLite keeps nobody waiting, and loses nothing of what others do meanwhile."""

import contextlib
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text, update

from app import db
from app.models import Account, Family, FamilyChild, Guardian
from app.services.accounts import sessions, throttles
from app.services.actors import PORTAL, Origin
from app.services.families import keeping_out
from app.services.importing import running
from app.services.importing.deciding import AS_FILES_SAY
from app.services.importing.options import Options
from app.services.importing.report import Report
from app.services.refusals import Refusal
from app.services.tokens import temporary_passwords
from tests.services.importing.conftest import account_of
from tests.services.importing.town import WITHOUT_MISSING, Town, everything

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def import_while(
    app: Flask, files: Path, *acts: Callable[[], object], remove_missing: bool = False
) -> Report:
    """Import, and do one thing each time that it is about to write."""
    left = list(acts)

    def act(done: int, total: int) -> None:
        if done == total and left:
            with app.app_context():
                left.pop(0)()

    with app.app_context():
        return running.run(
            files, Options(decisions=WITHOUT_MISSING if remove_missing else AS_FILES_SAY), act
        )


def rename(number: str, street: str) -> Callable[[], None]:
    """Return what somebody at the town hall does to a family."""

    def act() -> None:
        with db.transaction() as session:
            session.execute(update(Family).where(Family.number == number).values(street=street))

    return act


def choose_password(first_name: str) -> Callable[[], None]:
    """Return what a parent does."""

    def act() -> None:
        with db.transaction() as session:
            whose = Guardian.id == Account.guardian_id
            session.execute(
                update(Account)
                .where(whose, Guardian.first_name == first_name)
                .values(password_hash="another")
            )

    return act


def open_session(first_name: str) -> Callable[[], None]:
    """Return what a parent does who has a password, and asked for another as well."""

    def act() -> None:
        with db.transaction() as session:
            account_id = account_of(first_name).id
            sessions.open_session(session, account_id, Origin())
            temporary_passwords.issue(session, account_id)

    return act


def only(app: Flask, statement: str) -> object:
    """Ask for one value."""
    with app.app_context():
        return db.session().scalar(text(statement))


def test_others_write_at_every_moment(app: Flask, tmp_path: Path, town: Town) -> None:
    """Parents sign in meanwhile: while the files are read, compared, and become rows."""
    written: list[bool] = []

    def write(_done: int, _total: int) -> None:
        with app.app_context():
            try:
                with db.transaction(patience_ms=0) as session:
                    throttles.count_in_window(session, "somebody", 1)
            except db.Unavailable:
                written.append(False)
            else:
                written.append(True)

    with app.app_context():
        running.run(town.folder(tmp_path / "files"), progress=write)
    assert len(written) >= 10
    assert all(written)


def test_what_parents_do_meanwhile_stays(app: Flask, settled: Path, town: Town) -> None:
    town.row("famille.csv")["adrNumeroVoie"] = "1 rue Neuve"
    import_while(app, town.folder(settled), choose_password("Inès"))
    assert only(app, "SELECT street FROM family WHERE number = 'F1'") == "1 rue Neuve"
    assert only(app, "SELECT count(*) FROM account WHERE password_hash = 'another'") == 1
    assert only(app, "SELECT count(*) FROM journal_entry WHERE event = 'import'") == 2


def test_a_child_taken_out_meanwhile_stays_out(app: Flask, settled: Path, town: Town) -> None:
    """The import had read that she was there: it begins again, and says what it finds."""
    report = import_while(
        app, town.folder(settled), lambda: keeping_out.take_out("Maëlle", "F1", PORTAL)
    )
    assert "Maëlle LE GOFF" in "\n".join(report.lines())
    assert only(app, "SELECT count(*) FROM family_child") == 2


def test_whoever_loses_their_access_signs_in_meanwhile(
    app: Flask, settled: Path, town: Town
) -> None:
    """Another has their place: what they opened while the files were compared ends too."""
    town.row("famille.csv", 1).update(nomResp1="AUTRE", prenomResp1="Zoé")
    town.row("compte.csv", 1)["identifiant"] = "38160003"
    import_while(app, town.folder(settled), open_session("Yann"))
    assert only(app, "SELECT count(*) FROM account_session") == 1
    assert only(app, "SELECT count(*) FROM account_session WHERE ended_at IS NULL") == 0
    assert only(app, "SELECT count(*) FROM temporary_password WHERE used_at IS NULL") == 0


def test_a_request_about_an_invoice_that_goes_meanwhile(
    app: Flask, settled: Path, town: Town
) -> None:
    """Nothing refers to what is gone, whoever came first."""
    del town.files["facture.csv"][1]
    del town.row("facture.csv", 1)["fichier"]

    def ask() -> None:
        with db.transaction() as session:
            session.execute(
                text(
                    "INSERT INTO family_request (public_id, family_id, account_id, kind, state,"
                    " invoice_id, details, sent_at, expected_on, sending_key)"
                    " SELECT 'one', 1, 1, 'question', 'sent', id, '{}', '2026-11-22',"
                    " '2026-11-25', 'one' FROM invoice WHERE source_id = '101'"
                )
            )

    import_while(app, town.folder(settled), ask, remove_missing=True)
    assert only(app, "SELECT count(*) FROM invoice WHERE source_id = '101'") == 0
    assert only(app, "SELECT invoice_id FROM family_request") is None
    assert is_sound(app)


def test_the_town_hall_that_never_stops(app: Flask, settled: Path, town: Town) -> None:
    """It is told so, and nothing was imported."""
    town.row("facture.csv", 1)["montant"] = "21"
    before = everything(app, but=("family",))
    busy = [rename("F1", f"{number} rue Longue") for number in range(running.TRIES)]
    with pytest.raises(Refusal, match="pendant que l’import"):
        import_while(app, town.folder(settled), *busy)
    assert everything(app, but=("family",)) == before
    assert only(app, "SELECT street FROM family WHERE number = 'F1'") == "2 rue Longue"


def test_two_imports_at_once(app: Flask, settled: Path, town: Town, tmp_path: Path) -> None:
    """The second to write had compared with what was there before the first."""
    other = Town()
    other.row("facture.csv", 1)["montant"] = "22"
    others = other.folder(tmp_path / "others")
    town.row("facture.csv", 1)["montant"] = "21"
    import_while(app, town.folder(settled), lambda: running.run(others))
    assert only(app, "SELECT amount FROM invoice WHERE source_id = '101'") == 2100
    assert is_sound(app)


def test_a_town_that_grows(app: Flask, settled: Path, town: Town) -> None:
    """More comes than is there: whole tables are written anew."""
    for number in range(1, 10):
        town.spoil("famille.csv", "nomResp1", f"NOM{number}")
        town.spoil("facture.csv", "montant", f"{number}")
    report = import_while(app, town.folder(settled), choose_password("Inès"))
    assert report.counts["familles"].created == 9
    assert only(app, "SELECT count(*) FROM family") == 11
    assert only(app, "SELECT count(*) FROM account WHERE password_hash = 'another'") == 1
    assert is_sound(app)
    with app.app_context():
        assert running.run(settled).counts["factures et avoirs"].unchanged == 13


def test_what_was_imported_outlives_a_power_cut(app: Flask, settled: Path, town: Town) -> None:
    """The lock is not kept for as long as the disk takes, but the import waits for it."""
    town.row("famille.csv")["adrNumeroVoie"] = "1 rue Neuve"
    with app.app_context():
        path = Path(db.engine().url.database or "")
    with contextlib.closing(sqlite3.connect(path)) as web_process:
        web_process.execute("SELECT count(*) FROM family").fetchall()
        import_while(app, town.folder(settled))
        # What nobody waited for stands in another file, beside it.
        on_disk = shutil.copy(path, path.with_name("on-disk.db"))
    with contextlib.closing(sqlite3.connect(on_disk)) as connection:
        streets = connection.execute("SELECT street FROM family WHERE number = 'F1'").fetchall()
    assert streets == [("1 rue Neuve",)]


def is_sound(app: Flask) -> bool:
    """Ask SQLite whether its indexes and its references hold."""
    with app.app_context():
        connection = db.session().connection()
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        said = connection.exec_driver_sql("PRAGMA integrity_check").scalar_one()
    return not broken and said == "ok"


def test_links_are_pairs(app: Flask, settled: Path, town: Town) -> None:
    """A table of keys alone has nothing else that may differ."""
    town.files["enfantFamille.csv"].pop()
    import_while(app, town.folder(settled))
    with app.app_context():
        assert db.session().query(FamilyChild).count() == 2
