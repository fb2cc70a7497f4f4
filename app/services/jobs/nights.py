"""What is done every night, in a town that has no cron too."""

from datetime import UTC, date, datetime, time, timedelta

from app import db
from app.formats import town_zone
from app.models import Job, JobState
from app.services.jobs.kinds import JobKind

NIGHTLY = (JobKind.PURGE, JobKind.ERASURE, JobKind.WORDS)
# Nobody is up, and the clock, when it changes in the night, has this hour once.
HOUR = time(3)


def next_night(now: datetime) -> date:
    """Return the day, in the town, whose nightly jobs are the next to be done."""
    local = now.astimezone(town_zone())
    return local.date() if local.time() < HOUR else local.date() + timedelta(days=1)


def hour_of(night: date) -> datetime:
    """Return when they are done."""
    return datetime.combine(night, HOUR, town_zone()).astimezone(UTC)


def plan(night: date) -> None:
    """Put what is done that night in the queue; it stands there once, whoever plans it again."""
    due_at = hour_of(night)
    jobs: list[dict[str, object]] = [
        {
            "kind": kind.value,
            "key": f"{kind.value} {night}",
            "payload": {},
            "state": JobState.QUEUED,
            "attempts": 0,
            "done": 0,
            "total": 0,
            "created_at": datetime.now(UTC),
            "due_at": due_at,
            "last_error": "",
        }
        for kind in NIGHTLY
    ]
    with db.transaction() as session:
        session.execute(db.insert(Job).values(jobs).on_conflict_do_nothing(index_elements=["key"]))
