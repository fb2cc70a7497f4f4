"""Until when a paper may prove an absence."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo

NOTHING_DUE = 0


def until(declared_at: datetime, day: date, hours: int, zone: tzinfo) -> datetime:
    """Return the instant past which it is too late, so many hours after the absence is known.

    That is when it is declared, or when its day begins: nobody has the paper of a day to come.
    """
    begins = datetime.combine(day, time.min, zone).astimezone(UTC)
    return max(declared_at, begins) + timedelta(hours=hours)


def counts(due_absences: int | None, proof_hours: int | None) -> bool:
    """Tell whether a paper changes anything: where no absence is due, nothing is to be proved."""
    return proof_hours is not None and due_absences != NOTHING_DUE
