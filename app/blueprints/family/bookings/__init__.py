"""« Réservations »: a week to tick, what became of it; a typical week; places offered."""

from app.blueprints.family.bookings import offered, outcome, quiet_week, typical, week

__all__ = ["offered", "outcome", "quiet_week", "typical", "week"]
