"""Until when a paper may prove an absence."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo

NOTHING_DUE = 0
ONE_MINUTE = timedelta(minutes=1)


def until(declared_at: datetime, day: date, hours: int, zone: tzinfo) -> datetime:
    """Return the first instant at which it is too late, so many hours after the absence is known.

    That is when it is declared, or when its day begins: nobody has the paper of a day to come. The
    minute in which it ends is in time.
    """
    begins = datetime.combine(day, time.min, zone).astimezone(UTC)
    late = max(declared_at, begins) + timedelta(hours=hours)
    whole = late.replace(second=0, microsecond=0)
    return whole if whole == late else whole + ONE_MINUTE
