"""Restoring: into an empty place only, what was noted only, and reviving nothing."""

import gzip
import shutil
import tarfile
import zlib
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from sqlalchemy import Engine, select

from app import db
from app.models import Account, MailState, OutboxMail
from app.services.backups import dumps, packing, voiding
from app.services.mail import outbox as queue
from app.services.mail.kinds import MailKind
from app.services.refusals import Refusal
from app.testing import Outbox
from tests.blueprints.auth.test_first_connection import ask, choose, path_of, sign_in
from tests.blueprints.family.test_account import ask as ask_new_address
from tests.services.backups.safe import EmptyPlace, back_up, restored, run
from tests.services.backups.test_making import on_one
from tests.support.browser import Browser
from tests.support.people import People
from tests.support.screens.account import confirmation_link

OK = 200
NEW = "pays.zest@nouvelle.exemple.fr"


def test_a_restore_revives_nothing(
    app: Flask, people: People, outbox: Outbox, backups: Path, empty_place: EmptyPlace
) -> None:
    """Madame ZEST used her mails and signed out after the backup; a thief kept them all."""
    at_home, elsewhere = Browser(app), Browser(app)
    at_home.sign_in(people.zest)
    ask_new_address(at_home, people.zest)
    confirming = confirmation_link(app, NEW)
    ask(elsewhere, people.zest.identifier)
    credentials = outbox.latest
    cookies = at_home.cookies()
    file = back_up(app, backups)
    choose(elsewhere.visit(path_of(credentials.link)), "Nuage4812x")

    with restored(app, file, empty_place) as portal:
        thief = Browser(portal)
        for name, value in cookies.items():
            thief.client.set_cookie(name, value)
        thief.get("family.home", _lands_on="auth.sign_in")
        page = thief.visit(path_of(credentials.link))
        assert "déjà servi" in page.text, page.text
        page = sign_in(Browser(portal), people.zest.identifier, credentials.temporary_password, OK)
        assert page.endpoint == "auth.sign_in"
        page = Browser(portal).visit(confirming)
        assert "Confirmer cette adresse" not in page.text
        # With the password she had, she gets in as ever.
        assert people.zest.display_name in Browser(portal).sign_in(people.zest).text


def test_links_of_rows_that_came_later_mean_no_new_row(
    app: Flask, people: People, outbox: Outbox, backups: Path, empty_place: EmptyPlace
) -> None:
    """Numbers are given again after a restore: the old link does not open the new row."""
    file = back_up(app, backups)
    ask(Browser(app), people.zest.identifier)
    old = outbox.latest.link
    with restored(app, file, empty_place) as portal:
        ask(Browser(portal), people.moreau.identifier)
        assert Outbox(portal).latest.recipient == people.moreau.email
        page = Browser(portal).visit(path_of(old))
        assert page.endpoint != "auth.choose_password"
        new = Outbox(portal).latest.link
        assert Browser(portal).visit(path_of(new)).endpoint == "auth.choose_password"


def test_mails_that_waited_are_held(
    app: Flask, people: People, backups: Path, empty_place: EmptyPlace
) -> None:
    """They left long ago, or ask for a secret that nobody waits for: an operator decides."""
    with app.app_context(), db.transaction() as session:
        mail = queue.enqueue(session, MailKind.NEW_MESSAGE, people.zest.identifier)
        session.info.clear()
        number = mail.id
    file = back_up(app, backups)
    with restored(app, file, empty_place) as portal:
        with portal.app_context():
            assert db.session().get_one(OutboxMail, number).state is MailState.ABANDONED
        assert voiding.HELD_BACK[:40] in run(portal, "mail", "list", "--unsent")
        run(portal, "mail", "retry", str(number))
        assert Outbox(portal).latest.recipient == people.zest.email


def test_every_table_that_lets_in_is_voided() -> None:
    """A table with a secret in it is ended by a restore, or named here with the reason."""
    harmless = {
        "account",  # The password that somebody knows: it is theirs.
        "attendance",  # A page's name, so that a button pressed twice acts once.
        "booking_batch",  # As family_request.
        "family_request",  # A sending's name, so that a double click sends once.
        "job",
        "message_reply",
        "throttle",
    }
    secrets = ("hash", "key", "token", "secret")
    ended = set(voiding.endings(datetime.now(UTC)))
    for table in db.Base.metadata.sorted_tables:
        if any(word in column.name for column in table.columns for word in secrets):
            assert table.name in ended | harmless, table.name
    assert not ended & harmless


@on_one
@pytest.mark.parametrize("kept", [0, 100, 0.5, 0.99])
def test_a_half_backup_is_refused(
    app: Flask, people: People, backups: Path, empty_place: EmptyPlace, kept: float
) -> None:
    """A copy over the network stopped; nothing is begun with it."""
    file = back_up(app, backups)
    raw = file.read_bytes()
    file.write_bytes(raw[: int(kept if kept > 1 else kept * len(raw))])
    assert "ne vaut rien" in run(app, "backup", "verify", str(file), refused=True)
    run(app, "restore", str(file), *empty_place.options, refused=True)
    assert not list(empty_place.folder.iterdir())
    # The same place serves for a good one.
    file.write_bytes(raw)
    with restored(app, file, empty_place):
        pass


@on_one
def test_a_changed_backup_is_refused(app: Flask, people: People, backups: Path) -> None:
    """One byte on a bad disk, anywhere that it changes what is read."""
    file = back_up(app, backups)
    raw = file.read_bytes()
    spoilt = [_spoilt(raw, place) for place in range(40, len(raw), len(raw) // 5)]
    changed = [each for each in spoilt if _unpacked(each) != _unpacked(raw)]
    assert changed
    for each in changed:
        file.write_bytes(each)
        run(app, "backup", "verify", str(file), refused=True)
    file.write_bytes(raw)
    assert "Saint-Exemple" in run(app, "backup", "verify", str(file))


def _spoilt(raw: bytes, place: int) -> bytes:
    return raw[:place] + bytes([raw[place] ^ 0x10]) + raw[place + 1 :]


def _unpacked(raw: bytes) -> bytes | None:
    """Zeros may be copied from other zeros: the byte that says from where changes nothing."""
    try:
        return gzip.decompress(raw)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        return None


def test_figures_tell_a_database_that_is_another(
    app: Flask, people: People, backups: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cent more on one invoice, and nothing else."""
    file = back_up(app, backups)
    loaded = dumps.check

    def meddle(engine: Engine) -> None:
        with engine.begin() as connection:
            connection.exec_driver_sql("UPDATE invoice SET amount = amount + 1 WHERE number = '59'")
        loaded(engine)

    monkeypatch.setattr(dumps, "check", meddle)
    said = run(app, "backup", "verify", str(file), refused=True)
    assert "tables invoice" in said


def test_verifying_leaves_nothing_behind(
    app: Flask, people: People, backups: Path, empty_place: EmptyPlace
) -> None:
    """Neither a database on the server, nor rows in one that was lent, nor a file."""
    file = back_up(app, backups)
    before = databases(empty_place)
    run(app, "backup", "verify", str(file))
    assert databases(empty_place) == before
    if empty_place.url.startswith("postgresql"):
        run(app, "backup", "verify", str(file), "--into", empty_place.url)
        with psycopg.connect(empty_place.url) as connection:
            assert (
                connection.execute("SELECT 1 FROM pg_tables WHERE schemaname = 'public'").fetchall()
                == []
            )
    assert list(backups.iterdir()) == [file]


def databases(place: EmptyPlace) -> list[tuple[object, ...]]:
    if place.url.startswith("sqlite"):
        return []
    with psycopg.connect(place.url) as connection:
        return connection.execute("SELECT datname FROM pg_database ORDER BY 1").fetchall()


def test_a_place_with_something_in_it_is_left_alone(
    app: Flask, people: People, backups: Path, empty_place: EmptyPlace
) -> None:
    """Not even an address of a living portal mistaken for that of an empty one."""
    file = back_up(app, backups)
    empty_place.folder.mkdir()
    (empty_place.folder / "portail.db").write_bytes(b"SQLite format 3\0")
    said = run(app, "restore", str(file), *empty_place.options, refused=True)
    assert "n’est pas vide" in said
    (empty_place.folder / "portail.db").unlink()
    if empty_place.url.startswith("postgresql"):
        with psycopg.connect(empty_place.url) as connection:
            connection.execute("CREATE TABLE somebody_s (id int)")
        said = run(app, "restore", str(file), *empty_place.options, refused=True)
        assert "n’est pas vide" in said
        assert not list(empty_place.folder.iterdir())


def test_settings_written_beforehand_stay(
    app: Flask, people: People, backups: Path, empty_place: EmptyPlace
) -> None:
    """An instance was prepared: its key, its database on PostgreSQL, are the ones that count."""
    file = back_up(app, backups)
    empty_place.folder.mkdir()
    written = f'database_url = "{empty_place.url}"\nsecret_key = "{"7c1d" * 16}"\n'
    (empty_place.folder / "settings.toml").write_text(written)
    run(app, "restore", str(file), "--into", str(empty_place.folder))
    assert (empty_place.folder / "settings.toml").read_text() == written
    portal = db.open_engine(empty_place.url)
    with portal.connect() as connection:
        assert connection.scalars(select(Account.id)).all()
    portal.dispose()


def test_a_restored_database_alone_takes_the_files_of_this_portal(
    app: Flask, people: People, backups: Path, empty_place: EmptyPlace
) -> None:
    """On PostgreSQL, with the settings that are there: papers go where they are looked for."""
    documents = Path(app.instance_path) / "documents"
    documents.mkdir(parents=True)
    (documents / "d1.pdf").write_bytes(b"%PDF-1.7 attestation")
    file = back_up(app, backups)
    if empty_place.url.startswith("sqlite"):
        said = run(app, "restore", str(file), "--into", empty_place.url, refused=True)
        assert "donnez un dossier" in said
        return
    shutil.rmtree(documents)
    run(app, "restore", str(file), "--into", empty_place.url)
    assert (documents / "d1.pdf").read_bytes() == b"%PDF-1.7 attestation"


def test_a_restore_that_fails_makes_no_portal(
    app: Flask, people: People, backups: Path, empty_place: EmptyPlace,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Killed before the end: the database is none, or has no version, which the portal refuses."""
    file = back_up(app, backups)

    def killed(*_anything: object) -> None:
        raise OSError("killed")

    monkeypatch.setattr(voiding, "void", killed)
    run(app, "restore", str(file), *empty_place.options, refused=True)
    if empty_place.url.startswith("sqlite"):
        assert not (empty_place.folder / "portail.db").exists()
        return
    with psycopg.connect(empty_place.url) as connection:
        assert connection.execute("SELECT * FROM alembic_version").fetchall() == []


def test_nothing_leads_out_of_the_place(tmp_path: Path) -> None:
    """A backup from elsewhere, made to write over a file of the server."""
    for name in ("../escaped", "/etc/escaped", "files/../../escaped"):
        file = tmp_path / "evil.tar.gz"
        with gzip.open(file, "wb") as out, tarfile.open(fileobj=out, mode="w|") as tar:
            info = tarfile.TarInfo(name)
            info.size = 1
            tar.addfile(info, BytesIO(b"x"))
        place = tmp_path / "place"
        place.mkdir(exist_ok=True)
        with pytest.raises(Refusal):
            packing.unpack(file, None, place)
        assert not list(tmp_path.glob("**/escaped"))
