"""A proxy that PORTAIL_PROXIES does not count: all visitors then have its address.

A shared address is taken for a school: what one family tries makes the others wait, and a flood of
requests for passwords is dropped.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from app import db
from app.formats import moment
from app.models import JournalEntry
from app.services import journal
from app.services.actors import Origin, Stranger
from app.services.doctor.findings import Finding, broken, fine
from app.settings import settings

EVENT = "proxy_unannounced"
A_DAY = timedelta(days=1)
# Whoever asked may be kept waiting for a page, not for this.
PATIENCE_MS = 50
_LATEST = select(func.max(JournalEntry.at)).where(JournalEntry.event == EVENT)


def note(origin: Origin) -> None:
    """Write down that somebody forwards visitors to us, once a day for all processes."""
    with db.transaction(PATIENCE_MS) as session:
        latest = session.scalar(_LATEST)
        if latest is None or latest < datetime.now(UTC) - A_DAY:
            journal.record(session, EVENT, Stranger(origin))


def check() -> Iterator[Finding]:
    """Tell what was seen of late."""
    if settings.proxies:
        yield fine(f"{settings.proxies} devant le portail")
        return
    latest = db.session().scalar(_LATEST)
    if latest is not None and latest > datetime.now(UTC) - 2 * A_DAY:
        yield broken(
            f"PORTAIL_PROXIES vaut 0, et un proxy a transmis des visiteurs {moment(latest)}"
            "\u00a0: tous ont la même adresse, et attendent les uns pour les autres",
            "PORTAIL_PROXIES=1 (un par proxy), puis relancez le portail",
        )
    else:
        yield fine("aucun devant le portail")
