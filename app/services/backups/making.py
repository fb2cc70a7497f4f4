"""Making a backup while the portal runs, and letting the old ones go."""

import fcntl
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import func, select

from app import db
from app.models import JournalEntry
from app.services import journal
from app.services.actors import Actor
from app.services.backups import dumps, packing, town_files
from app.services.backups.dumps import Dump
from app.services.backups.figures import ROWS
from app.services.files.stores import store
from app.services.refusals import Reason, Refusal
from app.settings import settings
from app.version import VERSION

EVENT = "backup_made"
LATEST = select(func.max(JournalEntry.at)).where(JournalEntry.event == EVENT)
LOCK = ".backup.lock"
WORK = ".backup"
MOMENT = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was made, and what is in it."""

    path: Path
    size: int
    tables: int
    rows: int
    files: int
    # Files that rows name and the store has not.
    missing: tuple[str, ...]
    removed: int
    encrypted: bool


def make(folder: Path, actor: Actor, recipients: Sequence[str], keep: int | None) -> Backup:
    """Back the town up into a new file of this folder, then keep the newest ones only.

    Raises Refusal, or OSError when the disk refuses: what is in the folder is whole all the same.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone() as work:
        packing.remove_abandoned(folder, _town())
        target = folder / _name(datetime.now(UTC), encrypted=bool(recipients))
        dumped = dumps.dump(work / packing.DATABASE)
        manifest = _manifest(dumped)
        with packing.packing(target, recipients, manifest) as packer:
            _pack(packer, work, dumped, manifest)
    with db.transaction() as session:
        journal.record(session, EVENT, actor, file=target.name)
    return Backup(
        path=target,
        size=target.stat().st_size,
        tables=len(dumped.figures),
        rows=sum(each[ROWS] for each in dumped.figures.values()),
        files=len(dumped.names) - len(manifest["missing"]),
        missing=tuple(manifest["missing"]),
        removed=_let_go(folder, keep),
        encrypted=bool(recipients),
    )


def latest() -> datetime | None:
    """Tell when the last good backup was made; None when the journal knows of none."""
    return db.session().scalar(LATEST)


@contextmanager
def _alone() -> Iterator[Path]:
    """Give a private folder to work in, which is this backup's alone."""
    settings.instance.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(settings.instance / LOCK, os.O_CREAT | os.O_RDWR, 0o600)
    with os.fdopen(descriptor, "wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refusal(Reason.TOO_MANY, "une autre sauvegarde est en cours") from None
        work = settings.instance / WORK
        # Whoever left it there was killed.
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(mode=0o700)
        try:
            yield work
        finally:
            shutil.rmtree(work, ignore_errors=True)


def _manifest(dumped: Dump) -> dict[str, Any]:
    return {
        "portal": VERSION,
        "town": settings.town_name,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "database": dumped.kind,
        "schema": dumped.schema,
        "revision": dumped.revision,
        "figures": dumped.figures,
        "missing": [],
    }


def _pack(packer: packing.Packer, work: Path, dumped: Dump, manifest: dict[str, Any]) -> None:
    """Put everything in: the database, then the files that its rows name, then the town's own."""
    database = work / packing.DATABASE
    with database.open("rb") as dumped_to:
        packer.add(packing.DATABASE, dumped_to, database.stat().st_size)
    for folder, name in dumped.names:
        try:
            stream = store().open(folder, name)
        except FileNotFoundError:
            manifest["missing"].append(f"{folder.folder}/{name}")
            continue
        with stream:
            size = stream.seek(0, os.SEEK_END)
            stream.seek(0)
            packer.add(f"files/{folder.folder}/{name}", stream, size)
    for name, path in town_files.of_the_town():
        if path.is_file():
            packer.add_bytes(name, path.read_bytes())
    written, manifest["left_out"] = town_files.settings_in_force()
    packer.add_bytes(town_files.SETTINGS, written.encode())


def _town() -> str:
    """Name the town in the names of its backups: several towns may share a folder."""
    return re.sub(r"[^\w.-]", "-", urlsplit(settings.public_url).hostname or "portail")


def _name(now: datetime, *, encrypted: bool) -> str:
    suffix = packing.SUFFIX + (packing.ENCRYPTED if encrypted else "")
    return f"{_town()}-{now.strftime(MOMENT)}{suffix}"


def _let_go(folder: Path, keep: int | None) -> int:
    """Remove this town's older backups, and nothing else that lies there."""
    ours = re.compile(re.escape(_town()) + r"-\d{8}T\d{6}Z\.tar\.gz(\.age)?")
    found = sorted(path.name for path in folder.iterdir() if ours.fullmatch(path.name))
    old = found[:-keep] if keep else []
    for name in old:
        (folder / name).unlink()
    return len(old)
