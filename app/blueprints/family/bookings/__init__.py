"""« Réservations »: a week to tick, its check, what became of it; a typical week."""

from app.blueprints.family.bookings import outcome, quiet_week, typical, week

__all__ = ["outcome", "quiet_week", "typical", "week"]
