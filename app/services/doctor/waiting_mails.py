"""The mails: those that should have left."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from app.formats import moment, plural
from app.services.doctor.findings import Finding, broken, fine, look
from app.services.mail import outbox
from app.settings import settings

LATE = timedelta(minutes=5)
LOST = timedelta(hours=1)


def check() -> Iterator[Finding]:
    """Tell how many wait, and since when."""
    waiting = outbox.waiting()
    if waiting.oldest_at is None:
        yield fine("aucun n’attend")
        return
    age = datetime.now(UTC) - waiting.oldest_at
    said = (
        f"{plural(waiting.count, 'courriel attend', 'courriels attendent')}, "
        f"le premier depuis {moment(waiting.oldest_at)}"
    )
    if age > LOST:
        yield broken(said, _remedy())
    elif age > LATE:
        yield look(said, _remedy())
    else:
        yield fine(said)


def _remedy() -> str:
    why = "flask mail list --unsent dit pourquoi"
    if settings.mail_delivery == "worker":
        return f"flask mail deliver --watch tourne-t-il\u00a0? {why}"
    return why
