"""What waits, and when what is regular was last done, for whoever watches over many towns."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from app import db
from app.models import JournalEntry
from app.services.jobs import listing
from app.services.mail import outbox

# Further back than that, nobody wants to know to the second; the journal is long.
MEMORY = timedelta(days=40)
# Acts whose last time is told: what is made regularly, or ought to be.
REGULAR = ("import", "backup_made")
LATEST = (
    select(JournalEntry.event, func.max(JournalEntry.at))
    .where(JournalEntry.event.in_(REGULAR))
    .group_by(JournalEntry.event)
)
NOTHING = timedelta(0)


@dataclass(frozen=True, slots=True)
class Gauges:
    """The queues by state, and how long the first of each has waited."""

    mails: dict[str, int]
    mail_wait: timedelta
    jobs: dict[str, int]
    job_delay: timedelta


def count() -> Gauges:
    """Ask the database. Raises what an absent database raises."""
    now = datetime.now(UTC)
    oldest = outbox.waiting().oldest_at
    late = [job.due_at for job in listing.late_by(NOTHING)]
    return Gauges(
        mails={str(state): number for state, number in outbox.by_state().items()},
        mail_wait=max(now - oldest, NOTHING) if oldest else NOTHING,
        jobs={str(state): number for state, number in listing.by_state().items()},
        job_delay=max((now - due for due in late), default=NOTHING),
    )


def latest() -> dict[str, datetime]:
    """Tell when each regular act was last done; it goes through weeks of the journal."""
    recent = LATEST.where(JournalEntry.at > datetime.now(UTC) - MEMORY)
    return dict(db.session().execute(recent).all())
