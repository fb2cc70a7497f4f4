"""What an import takes from those who use the portal meanwhile, on SQLite and on PostgreSQL.

python -m benchmarks.beside [--families 20000 100000] [--on SQLite PostgreSQL]

A town of a thousand families becomes one of so many, then is imported once more, while parents sign
in, ask for a password and answer a message. Whoever is refused, or told to come back, is lost.
SQLite's lock counts from when the import has it until somebody else could.
"""

import argparse
import multiprocessing
import resource
import secrets
import sqlite3
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from multiprocessing.synchronize import Event
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

from sqlalchemy import event, select, update

import config
from app import create_app, db
from app.models import Account, Guardian, Message
from app.services.accounts import signing_in
from app.services.accounts.passwords import hash_password
from app.services.actors import NOWHERE, Origin
from app.services.importing import running
from app.services.inbox import replies
from benchmarks import filling, town
from benchmarks.databases import BOTH, opened
from benchmarks.portals import PASSWORD

FAMILIES = (20_000, 100_000)
BEFORE = 1_000
VISITORS = 3
# Each waits a moment between two acts, as people do.
MOMENT_SECONDS = 0.2
LOOK_SECONDS = 0.001
MOST_OF_THE_TIME = 0.10
LONGEST_SECONDS = db.BUSY_TIMEOUT_MS / 1_000
_processes = multiprocessing.get_context("spawn")


@dataclass(frozen=True)
class Parent:
    """Whoever answers a message."""

    account_id: int
    origin: Origin = NOWHERE
    acted_by: str = ""


@dataclass
class Load:
    """What visitors did, and did in vain."""

    tried: int = 0
    lost: int = 0
    slowest: float = 0.0

    def add(self, other: "Load") -> None:
        """Count both."""
        self.tried += other.tried
        self.lost += other.lost
        self.slowest = max(self.slowest, other.slowest)


@dataclass
class Lock:
    """For how long nobody else could write."""

    longest: float = 0.0
    total: float = 0.0


@dataclass
class Run:
    """One import, and what happened beside it."""

    seconds: float = 0.0
    mebibytes: float = 0.0
    load: Load = field(default_factory=Load)
    lock: Lock = field(default_factory=Lock)

    @property
    def share(self) -> float:
        """Tell how much of the import's time nobody else could write."""
        return self.lock.total / self.seconds

    @property
    def holds(self) -> bool:
        """Tell whether it stood in nobody's way."""
        is_short = self.share <= MOST_OF_THE_TIME and self.lock.longest < LONGEST_SECONDS
        return is_short and not self.load.lost


def main(families: Sequence[int] = FAMILIES, on: Sequence[str] = BOTH) -> bool:
    """Measure, print the table, tell whether the targets hold."""
    print(
        f"{'Import beside visitors':34}{'seconds':>9}{'MiB':>6}{'locked':>8}{'longest':>9}"
        f"{'acts':>7}{'lost':>6}{'slowest':>9}"
    )
    held = [
        _tell(f"{database}, {size:,} families, {which}", run)
        for size in families
        for database in on
        for which, run in _imports(database, size)
    ]
    print(
        f"\nTarget: locked {MOST_OF_THE_TIME:.0%} of the time at most, less than "
        f"{LONGEST_SECONDS:.0f} s at once, nobody lost: {'held' if all(held) else 'MISSED'}\n"
    )
    return all(held)


def _tell(what: str, run: Run) -> bool:
    print(
        f"{what:34}{run.seconds:>9.1f}{run.mebibytes:>6.0f}{run.share:>8.1%}"
        f"{run.lock.longest:>8.2f}s{run.load.tried:>7}{run.load.lost:>6}{run.load.slowest:>8.2f}s",
        flush=True,
    )
    return run.holds


def _imports(database: str, families: int) -> Iterator[tuple[str, Run]]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="portail-bench-")))
        url = stack.enter_context(opened(database, folder))
        settings = config.Test(
            instance=folder / "instance", database_url=url, mail_delivery="worker"
        )
        town.write(folder / "before", BEFORE, whole=True)
        town.write(folder / "town", families)
        filling.migrate(url)
        with create_app(settings).app_context():
            running.run(folder / "before")
            _choose_passwords()
            db.engine().dispose()
        for which in ("first", "again"):
            yield which, _beside(settings, folder / "town")


def _choose_passwords() -> None:
    hashed = hash_password(PASSWORD)
    with db.transaction() as session:
        known = [town.identifier_of(number) for number in range(1, BEFORE + 1)]
        chosen = update(Account).where(Account.identifier.in_(known))
        session.execute(chosen.values(password_hash=hashed))


def _beside(settings: config.Settings, files: Path) -> Run:
    run, over = Run(), _processes.Event()
    told: Any = _processes.Queue()
    others = [
        _processes.Process(target=_visit, args=(settings, number, over, told))
        for number in range(VISITORS)
    ]
    for each in others:
        each.start()
    # Each says that it has begun.
    for _ in others:
        told.get()
    importing = _processes.Process(target=_import, args=(settings, files, over, told))
    importing.start()
    for _ in (importing, *others):
        _add(run, told.get())
    for each in (importing, *others):
        each.join()
    if importing.exitcode:
        raise RuntimeError("the import failed")
    return run


def _add(run: Run, found: Any) -> None:
    if isinstance(found, Load):
        run.load.add(found)
    else:
        run.seconds, run.mebibytes, run.lock = found


def _import(settings: config.Settings, files: Path, over: Event, told: Any) -> None:
    try:
        with create_app(settings).app_context():
            watch = _Watch()
            started = time.perf_counter()
            running.run(files)
            seconds = time.perf_counter() - started
            lock = watch.seen()
    finally:
        over.set()
    told.put((seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, lock))


def _visit(settings: config.Settings, number: int, over: Event, told: Any) -> None:
    """Do what parents do, one after the other."""
    load, app = Load(), create_app(settings)
    told.put("begun")
    while not over.is_set():
        family = number + VISITORS * secrets.randbelow(BEFORE // VISITORS) + 1
        for act in (_sign_in, _ask_for_a_password, _answer):
            started = time.perf_counter()
            with app.app_context():
                try:
                    done = act(
                        town.identifier_of(family), Origin(address=f"10.0.{number}.{family % 250}")
                    )
                except db.Unavailable:
                    done = False
            load.tried += 1
            load.lost += not done
            load.slowest = max(load.slowest, time.perf_counter() - started)
            time.sleep(MOMENT_SECONDS)
    told.put(load)


def _sign_in(identifier: str, origin: Origin) -> bool:
    return isinstance(signing_in.sign_in(identifier, PASSWORD, origin), signing_in.SignedIn)


def _ask_for_a_password(identifier: str, origin: Origin) -> bool:
    return signing_in.request_credentials(identifier, origin) is not None


def _answer(identifier: str, origin: Origin) -> bool:
    with db.transaction() as session:
        whose = select(Account.id, Guardian.family_id).join(Guardian)
        account_id, family_id = session.execute(whose.where(Account.identifier == identifier)).one()
        message_id = session.scalars(select(Message.id).limit(1)).one()
        actor = Parent(account_id, origin)
        return replies.keep(
            session, message_id, family_id, actor, "Merci, c’est noté.", secrets.token_hex(16)
        )


class _Watch:
    """Counts for how long this process keeps others from writing to SQLite."""

    def __init__(self) -> None:
        self.lock = Lock()
        self._path = db.engine().url.database or ""
        self._looking: list[Thread] = []
        event.listen(db.engine(), "after_cursor_execute", self._begins)
        event.listen(db.engine(), "commit", self._ends)
        self._since: float | None = None

    def seen(self) -> Lock:
        for each in self._looking:
            each.join()
        return self.lock

    def _begins(self, *details: Any) -> None:
        if details[2] == "BEGIN IMMEDIATE":
            self._since = time.perf_counter()

    def _ends(self, _connection: object) -> None:
        if self._since is not None:
            self._looking.append(Thread(target=self._look, args=(self._since,)))
            self._looking[-1].start()
            self._since = None

    def _look(self, since: float) -> None:
        # The commit itself lasts longer than the lock: it goes on to move pages to their place.
        connection = sqlite3.connect(self._path, timeout=0, isolation_level=None)
        while True:
            try:
                connection.execute("BEGIN IMMEDIATE")
                break
            except sqlite3.OperationalError:
                time.sleep(LOOK_SECONDS)
        connection.close()
        held = time.perf_counter() - since
        self.lock.longest = max(self.lock.longest, held)
        self.lock.total += held


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--families", type=int, nargs="+", default=FAMILIES)
    parser.add_argument("--on", nargs="+", choices=BOTH, default=BOTH)
    asked = parser.parse_args()
    sys.exit(0 if main(asked.families, asked.on) else 1)
