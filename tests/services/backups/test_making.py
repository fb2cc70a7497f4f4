"""Making a backup: whole while people write, private, without a secret, never half there."""

import errno
import json
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

import config
from app import create_app, db
from app.models import Family, Throttle
from app.services.backups import making, packing
from app.services.files.local_folder import LocalFolder
from tests.services.backups.safe import EmptyPlace, back_up, restored, run
from tests.support.databases import every_row
from tests.support.people import People

# What does not depend on the database.
on_one = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
# More than SQLite takes from its log into its file by itself.
ROWS_BEFORE = 300


@contextmanager
def somebody_writes(app: Flask) -> Iterator[None]:
    """Two rows a transaction, one transaction after another, until the block ends."""
    enough, stop = Event(), Event()

    def write() -> None:
        count = 0
        while not stop.is_set():
            with app.app_context(), db.transaction() as session:
                for half in ("a", "b"):
                    now = datetime.now(UTC)
                    session.add(Throttle(key=f"{count}{half}", expires_at=now))
            count += 2
            if count >= ROWS_BEFORE:
                enough.set()

    thread = Thread(target=write)
    thread.start()
    try:
        assert enough.wait(60)
        yield
    finally:
        stop.set()
        thread.join()


def manifest_of(file: Path) -> dict[str, Any]:
    with tarfile.open(file) as tar:
        member = tar.extractfile(packing.MANIFEST)
        assert member is not None
        found: dict[str, Any] = json.load(member)
    return found


def test_a_backup_beside_a_writer_is_whole(
    app: Flask, people: People, backups: Path, empty_place: EmptyPlace
) -> None:
    """Each transaction is in it or not, and all that came before it began are."""
    with somebody_writes(app):
        file = back_up(app, backups)
    with restored(app, file, empty_place) as portal, portal.app_context():
        keys = set(db.session().scalars(select(Throttle.key)))
    assert len(keys) >= ROWS_BEFORE
    assert {key[:-1] for key in keys if key.endswith("a")} == {
        key[:-1] for key in keys if key.endswith("b")
    }
    assert manifest_of(file)["figures"]["throttle"]["rows"] == len(keys)


def test_every_row_and_every_file_come_back(
    app: Flask, people: People, backups: Path, empty_place: EmptyPlace
) -> None:
    """Families, invoices, papers; what no row names stays behind."""
    documents = Path(app.instance_path) / "documents"
    documents.mkdir(parents=True)
    (documents / "d1.pdf").write_bytes(b"%PDF-1.7 attestation")
    (documents / "abandoned.pdf").write_bytes(b"%PDF-1.7")
    before = every_row(app)
    said = run(app, "backup", str(backups))
    assert "1\u00a0fichier\n" in said
    # The other document was not there: that is said, and does not keep the rest.
    assert "À VOIR" in said
    assert "documents/d2.pdf" in said
    [file] = backups.iterdir()
    with restored(app, file, empty_place) as portal:
        assert every_row(portal) == before
    kept = empty_place.folder / "documents"
    assert [path.name for path in kept.iterdir()] == ["d1.pdf"]
    assert (kept / "d1.pdf").read_bytes() == b"%PDF-1.7 attestation"
    assert (kept / "d1.pdf").stat().st_mode & 0o777 == 0o600


@on_one
def test_a_backup_is_private_and_leaves_nothing_beside(app: Flask, backups: Path) -> None:
    file = back_up(app, backups)
    assert file.stat().st_mode & 0o777 == 0o600
    assert backups.stat().st_mode & 0o777 == 0o700
    assert list(backups.iterdir()) == [file]
    assert not (Path(app.instance_path) / making.WORK).exists()


def test_a_backup_has_the_settings_but_no_secret(
    settings: config.Settings, backups: Path, tmp_path: Path
) -> None:
    """Where they were set does not matter; the key, the passwords stay where they are."""
    text = settings.instance / "textes" / "absence.txt"
    text.parent.mkdir(parents=True)
    text.write_text("Avant 9 h.", "utf-8")
    (settings.instance / "blason.svg").write_text("<svg/>")
    key, password = "0f1e2d3c" * 8, "Hirondelle-77"
    app = create_app(
        replace(
            settings, town_crest="blason.svg", proxies=1, secret_key=key, smtp_password=password
        )
    )
    file = back_up(app, backups)
    raw = subprocess.run(["gzip", "-dc", file], check=True, capture_output=True).stdout
    for secret in (key, password):
        assert secret.encode() not in raw
    assert manifest_of(file)["left_out"] == ["secret_key", "smtp_password"]
    if settings.database_url.startswith("sqlite"):
        place = tmp_path / "restored"
        said = run(app, "restore", str(file), "--into", str(place))
        assert "PORTAIL_SMTP_PASSWORD" in said
        assert (place / "textes" / "absence.txt").read_text("utf-8") == "Avant 9 h."
        assert (place / "blason.svg").exists()
        again = config.load({"PORTAIL_INSTANCE": str(place)})
        assert (again.env, again.town_name, again.proxies) == ("test", "Saint-Exemple", 1)
        assert len(again.secret_key) == 64
        assert again.secret_key != key
        assert (place / "settings.toml").stat().st_mode & 0o777 == 0o600
    app.extensions["portail.engine"].dispose()


@on_one
def test_a_full_disk_leaves_the_older_backups_alone(
    app: Flask, people: People, backups: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What could not be written whole is not there; the ones that were are not let go for it."""
    old = back_up(app, backups)

    def full(*_anything: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(packing.Packer, "add_bytes", full)
    said = run(app, "backup", str(backups), "--keep", "1", refused=True)
    assert "Rien n’a été sauvegardé" in said
    assert "No space left" in said
    assert list(backups.iterdir()) == [old]


@on_one
def test_a_store_that_fails_makes_no_backup(
    app: Flask, people: People, backups: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A paper that is gone is said; a store that is away is no reason to do without all papers."""

    def away(*_anything: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(LocalFolder, "open", away)
    run(app, "backup", str(backups), refused=True)
    assert list(backups.iterdir()) == []


@on_one
def test_two_backups_at_once_are_one(app: Flask, backups: Path) -> None:
    with app.app_context(), making._alone():
        assert "une autre sauvegarde est en cours" in run(app, "backup", str(backups), refused=True)
    back_up(app, backups)


@on_one
def test_what_a_killed_backup_left_is_in_nobody_s_way(app: Flask, backups: Path) -> None:
    """Neither in the instance nor in the folder, where it was never called a backup."""
    work = Path(app.instance_path) / making.WORK
    work.mkdir(parents=True)
    (work / "database").write_text("half")
    back_up(app, backups)
    assert not work.exists()


@on_one
def test_the_newest_are_kept(app: Flask, backups: Path) -> None:
    """Of this town: another one's backups, and whatever else lies there, are not ours to remove."""
    backups.mkdir()
    ours = [f"localhost-2026112{day}T021500Z.tar.gz" for day in range(1, 5)]
    theirs = ["portail.ailleurs.fr-20261101T021500Z.tar.gz", "notes.txt", "localhost-notes.tar.gz"]
    for name in (*ours, *theirs):
        (backups / name).touch()
    said = run(app, "backup", "--keep", "2", str(backups))
    assert "Effacé\u00a0: 3\u00a0anciennes sauvegardes." in said
    left = {path.name for path in backups.iterdir()}
    assert left >= {*theirs, ours[-1]}
    assert len(left) == len(theirs) + 2


def test_doctors_are_told_of_the_last_good_one(
    app: Flask, backups: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        assert making.latest() is None
    began = datetime.now(UTC)
    back_up(app, backups)
    with app.app_context():
        told = making.latest()
    assert told is not None
    assert began <= told <= datetime.now(UTC)


def test_it_is_encrypted_for_whom_the_settings_name(
    settings: config.Settings, people: People, backups: Path, tmp_path: Path
) -> None:
    """Whoever finds the file reads nothing in it; who holds the key has everything."""
    key, public = age_key(tmp_path / "key")
    stranger, _ = age_key(tmp_path / "stranger")
    app = create_app(replace(settings, backup_recipient=(public,)))
    file = back_up(app, backups)
    assert file.name.endswith(".tar.gz.age")
    assert file.read_bytes().startswith(b"age-encryption.org/")
    assert "donnez la clé par --identity" in run(app, "backup", "verify", str(file), refused=True)
    said = run(app, "backup", "verify", str(file), "--identity", str(stranger), refused=True)
    assert "age a échoué" in said
    said = run(app, "backup", "verify", str(file), "--identity", str(key))
    assert "Cette sauvegarde est bonne" in said
    with app.app_context():
        families = db.session().scalar(select(func.count()).select_from(Family))
    assert families == len({person.family_number for person in people})
    app.extensions["portail.engine"].dispose()


@on_one
def test_a_key_that_is_none_makes_no_backup(app: Flask, backups: Path) -> None:
    said = run(app, "backup", "--recipient", "age1oops", str(backups), refused=True)
    assert "age a échoué" in said
    assert list(backups.iterdir()) == []


@on_one
def test_a_missing_program_is_named(
    app: Flask, backups: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    said = run(app, "backup", "--recipient", "age1oops", str(backups), refused=True)
    assert "apt install" in said


def age_key(path: Path) -> tuple[Path, str]:
    """Make a pair of keys as docs/sauvegarde.md says; return the private one’s file, the other."""
    subprocess.run(["age-keygen", "-o", path], check=True, capture_output=True)
    public = subprocess.run(["age-keygen", "-y", path], check=True, capture_output=True, text=True)
    return path, public.stdout.strip()
