"""« Ménage »: what the purge of the coming night would remove, by the purge's own rules."""

from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import func, select

from app import db
from app.services.jobs import nights
from app.services.retention import RULES
from app.services.town_hall.long_lists import moment

_LIMITS = {rule.kept: f"before_{rule.kept.days}" for rule in RULES}
_COUNTS = select(
    *(
        select(func.count())
        .select_from(rule.table)
        .where(rule.ended_before(moment(_LIMITS[rule.kept])))
        .scalar_subquery()
        .label(rule.key)
        for rule in RULES
    )
)


class Leaving(NamedTuple):
    """Rows of one kind that leave tonight, and how long they stay."""

    plural: str
    days: int
    rows: int


class Tonight(NamedTuple):
    """When the purge is, and what it would remove of each kind."""

    at: datetime
    lines: list[Leaving]


def read() -> Tonight:
    """Count, and remove nothing."""
    at = nights.hour_of(nights.next_night(datetime.now(UTC)))
    [counts] = db.rows(_COUNTS, **{name: at - kept for kept, name in _LIMITS.items()})
    lines = [
        Leaving(rule.plural, rule.kept.days, count)
        for rule, count in zip(RULES, counts, strict=True)
    ]
    return Tonight(at, lines)
