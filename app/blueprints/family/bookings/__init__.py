"""« Réservations »: a week to tick or a day to miss, and why; what became of it; a month."""

from app.blueprints.family.bookings import (
    absence,
    feed,
    history,
    month,
    offered,
    opening,
    outcome,
    proof,
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
    "opening",
    "outcome",
    "proof",
    "quiet_week",
    "typical",
    "waiting",
    "week",
]
