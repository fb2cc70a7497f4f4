"""« Réservations »: a week to tick, its check, what became of it; a typical week."""

from app.blueprints.family.bookings import outcome, typical, week

__all__ = ["outcome", "typical", "week"]
