"""A backup put back into an empty place, held to what its manifest noted; the same to verify."""

import secrets
import shutil
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, MetaData, text
from sqlalchemy.orm import Session

from app import db
from app.models import Folder
from app.services import journal
from app.services.actors import Actor
from app.services.backups import dumps, figures, packing, town_files, voiding
from app.services.backups.dumps import POSTGRESQL, SQLITE
from app.services.backups.figures import ROWS
from app.services.files.stores import store, store_in
from app.services.refusals import Reason, Refusal
from app.services.town_texts import FOLDER
from app.settings import settings
from configuring import town_file

DATABASE_FILE = "portail.db"
WORK = ".restore"
# What an empty instance may hold: what `flask instance create` writes, a database file without a
# byte, which any command makes, and what a restore took out before it was killed.
ALLOWED = frozenset(
    {town_files.SETTINGS, town_file.FILE, "LISEZ-MOI.txt", FOLDER, DATABASE_FILE, WORK}
)
OF_POSTGRESQL = "cette sauvegarde est celle d’une base PostgreSQL"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a backup goes: an instance folder, a PostgreSQL database, or both."""

    # None: the files go to the store of this portal.
    folder: Path | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class Restored:
    """What a backup held, and was found again."""

    made_at: str
    town: str
    tables: int
    rows: int
    files: int
    missing: tuple[str, ...]
    # Settings that whoever restores has to give again.
    left_out: tuple[str, ...]


def restore(file: Path, identity: Path | None, place: Place, actor: Actor) -> Restored:
    """Put a backup into an empty place. Raises Refusal, and then that place opens nothing."""
    _refuse_unless_empty(place.folder)
    home = place.folder or settings.instance
    work = home / WORK
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(mode=0o700, parents=True)
    try:
        manifest = packing.unpack(file, identity, work)
        url = _database_for(manifest, place)
        with _compared(manifest, work, url) as engine:
            _place_files(work, place.folder)
            if place.folder:
                _place_town_files(work, place.folder, url)
            _finish(engine, manifest, actor)
        # What makes the place a portal comes last.
        if manifest["database"] == SQLITE and place.folder:
            (work / packing.DATABASE).rename(place.folder / DATABASE_FILE)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return _told(manifest)


def verify(file: Path, identity: Path | None, url: str) -> Restored:
    """Restore a backup elsewhere, compare all of it, and leave nothing behind."""
    with tempfile.TemporaryDirectory(prefix="portail-") as temporary:
        work = Path(temporary)
        manifest = packing.unpack(file, identity, work)
        with (
            _database_of_its_own(manifest, url) as found,
            _compared(manifest, work, found),
        ):
            return _told(manifest)


@contextmanager
def _compared(manifest: dict[str, Any], work: Path, url: str) -> Iterator[Engine]:
    """Load the database, and hold it to the figures that were noted."""
    kind, dump = manifest["database"], work / packing.DATABASE
    with dumps.loaded(kind, dump, url, manifest["schema"]) as engine:
        dumps.check(engine)
        with engine.connect() as connection:
            wrong = figures.differences(manifest["figures"], figures.read(connection))
        if wrong:
            raise Refusal(
                Reason.UNFIT,
                f"la base restaurée n’est pas celle d’origine, tables {', '.join(wrong)}",
            )
        yield engine


def _finish(engine: Engine, manifest: dict[str, Any], actor: Actor) -> None:
    """Void what must not come back, and make the database one of ours, all at once."""
    with Session(engine) as session, session.begin():
        voiding.void(session.connection())
        if manifest["database"] == POSTGRESQL:
            stamp = text(f"INSERT INTO {figures.VERSION_TABLE} VALUES (:revision)")  # noqa: S608
            session.execute(stamp, {"revision": manifest["revision"]})
        journal.record(session, "backup_restored", actor, made_at=manifest["made_at"])


def _refuse_unless_empty(folder: Path | None) -> None:
    if folder is None or not folder.exists():
        return
    found = {path.name for path in folder.iterdir()} if folder.is_dir() else {folder.name}
    database, texts = folder / DATABASE_FILE, folder / FOLDER
    begun = database.exists() and database.stat().st_size
    if found - ALLOWED or begun or any(texts.glob("*")):
        raise Refusal(
            Reason.UNFIT,
            f"{folder} n’est pas vide\u00a0: une sauvegarde ne se remet que dans un dossier vide",
        )


def _database_for(manifest: dict[str, Any], place: Place) -> str:
    """Find where the database goes. Raises Refusal when the place does not fit the backup."""
    if manifest["database"] == SQLITE:
        if place.folder is None or place.url:
            raise Refusal(
                Reason.UNFIT,
                "cette sauvegarde est celle d’une base SQLite\u00a0: donnez un dossier",
            )
        return f"sqlite:///{place.folder / DATABASE_FILE}"
    url = place.url or _url_in(place.folder)
    if not url.startswith(POSTGRESQL):
        raise Refusal(
            Reason.MISSING,
            f"{OF_POSTGRESQL}\u00a0: donnez aussi l’adresse d’une base vide, --into postgresql://…",
        )
    engine = db.open_engine(url)
    with engine.connect() as connection:
        empty = dumps.is_empty(connection)
    engine.dispose()
    if not empty:
        raise Refusal(Reason.UNFIT, "cette base PostgreSQL n’est pas vide")
    return url


def _url_in(folder: Path | None) -> str:
    """Read which database the settings that were written beforehand name."""
    path = folder / town_files.SETTINGS if folder else None
    written = tomllib.loads(path.read_text("utf-8")) if path and path.exists() else {}
    return str(written.get("database_url", ""))


def _place_files(work: Path, folder: Path | None) -> None:
    """Put the stored files where they are looked for; those that are there already stay."""
    target = store_in(folder) if folder else store()
    target.check()
    for kind in Folder:
        source = work / "files" / kind.folder
        for path in sorted(source.iterdir()) if source.is_dir() else ():
            if not target.has(kind, path.name):
                target.put(kind, path.name, _blocks(path))


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while block := stream.read(packing.BLOCK):
            yield block


def _place_town_files(work: Path, folder: Path, url: str) -> None:
    """Put back what the town wrote, and settings with a new key unless some are there."""
    if (work / town_file.FILE).exists():
        (work / town_file.FILE).rename(folder / town_file.FILE)
    if (work / FOLDER).is_dir():
        (work / FOLDER).rename(folder / FOLDER)
    for crest in (work / town_files.CREST).glob("*"):
        crest.rename(folder / crest.name)
    kept, written = folder / town_files.SETTINGS, work / town_files.SETTINGS
    if not kept.exists():
        completed = town_files.with_new_key(written.read_text("utf-8"), url)
        written.write_text(completed, "utf-8")
        written.rename(kept)


@contextmanager
def _database_of_its_own(manifest: dict[str, Any], url: str) -> Iterator[str]:
    """Give an empty PostgreSQL database for as long as it takes: this one, or a new one."""
    if manifest["database"] == SQLITE:
        yield ""
        return
    if url:
        lent = _database_for(manifest, Place(url=url))
        try:
            yield lent
        finally:
            _empty(lent)
        return
    engine = db.unhurried(db.engine())
    if engine.dialect.name != POSTGRESQL:
        raise Refusal(
            Reason.MISSING,
            f"{OF_POSTGRESQL}\u00a0: donnez l’adresse d’une base vide, --into postgresql://…",
        )
    name = f"portail_verify_{secrets.token_hex(4)}"
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f'CREATE DATABASE "{name}" TEMPLATE template0')
        try:
            yield engine.url.set(database=name).render_as_string(hide_password=False)
        finally:
            connection.exec_driver_sql(f'DROP DATABASE "{name}"')


def _empty(url: str) -> None:
    """Leave nothing of a town in a database that was lent."""
    engine = db.unhurried(db.open_engine(url))
    lent = MetaData()
    lent.reflect(engine)
    lent.drop_all(engine)
    engine.dispose()


def _told(manifest: dict[str, Any]) -> Restored:
    return Restored(
        made_at=manifest["made_at"],
        town=manifest["town"],
        tables=len(manifest["figures"]),
        rows=sum(each[ROWS] for each in manifest["figures"].values()),
        files=sum(name.startswith("files/") for name in manifest["members"]),
        missing=tuple(manifest["missing"]),
        left_out=tuple(manifest["left_out"]),
    )
