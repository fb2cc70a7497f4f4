"""What is done every night and every morning, in a town that has no cron too."""

from datetime import UTC, date, datetime, time, timedelta

from app import db
from app.formats import town_zone
from app.services.jobs import queue
from app.services.jobs.kinds import JobKind

# A request becomes late in the night: some want to know at once.
NIGHTLY = (JobKind.PURGE, JobKind.ERASURE, JobKind.WORDS, JobKind.CLERK_NEWS)
# Nobody is up, and the clock, when it changes in the night, has this hour once.
HOUR = time(3)
IN_THE_MORNING = (JobKind.CLERK_MORNING,)
MORNING = time(8)


def next_night(now: datetime) -> date:
    """Return the day, in the town, whose nightly jobs are the next to be done."""
    local = now.astimezone(town_zone())
    return local.date() if local.time() < HOUR else local.date() + timedelta(days=1)


def hour_of(night: date, hour: time = HOUR) -> datetime:
    """Return when they are done."""
    return datetime.combine(night, hour, town_zone()).astimezone(UTC)


def plan(night: date) -> None:
    """Put what is done that night, and the morning after, in the queue.

    It stands there once, whoever plans it again.
    """
    hours = {**dict.fromkeys(NIGHTLY, HOUR), **dict.fromkeys(IN_THE_MORNING, MORNING)}
    with db.transaction() as session:
        for kind, hour in hours.items():
            queue.enqueue_once(session, kind, str(night), hour_of(night, hour))
