"""« Réservations »: a week to tick or a day to miss, what became of it; a typical week, a month."""

from app.blueprints.family.bookings import (
    absence,
    feed,
    history,
    month,
    offered,
    outcome,
    quiet_week,
    typical,
    waiting,
    week,
)

__all__ = [
    "absence",
    "feed",
    "history",
    "month",
    "offered",
    "outcome",
    "quiet_week",
    "typical",
    "waiting",
    "week",
]
