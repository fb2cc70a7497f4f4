"""The clock: links, waits and temporary passwords are told by it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from app import db
from app.db import UtcDateTime
from app.formats import moment
from app.models import JournalEntry
from app.services.doctor.findings import Finding, broken, fine, look

# What a network and a busy machine take.
A_LITTLE = timedelta(seconds=2)
TOO_MUCH = timedelta(minutes=1)
SET_IT = "mettez la machine à l’heure (timedatectl set-ntp true), puis relancez le portail"
_LATEST = select(func.max(JournalEntry.at))


def check() -> Iterator[Finding]:
    """Compare it with the database's, then with the latest act of the journal."""
    found = [*_against_the_database(), *_against_the_journal()]
    yield from found or [fine("à l’heure de la base de données")]


def difference() -> timedelta:
    """Return how far the database's clock is from ours; SQLite has none of its own."""
    if db.engine().dialect.name == "sqlite":
        return timedelta(0)
    before = datetime.now(UTC)
    theirs = db.session().scalars(select(func.clock_timestamp(type_=UtcDateTime()))).one()
    after = datetime.now(UTC)
    return theirs - (before + (after - before) / 2)


def _against_the_database() -> Iterator[Finding]:
    apart = abs(difference())
    if apart > A_LITTLE:
        told = broken if apart > TOO_MUCH else look
        yield told(
            f"{apart.total_seconds():.0f}\u00a0s d’écart avec celle de la base de données", SET_IT
        )


def _against_the_journal() -> Iterator[Finding]:
    latest = db.session().scalar(_LATEST)
    if latest is not None and latest > datetime.now(UTC) + TOO_MUCH:
        yield broken(
            f"le journal a déjà noté un acte du {moment(latest)}\u00a0: elle a été reculée, ou "
            "avançait",
            SET_IT,
        )
