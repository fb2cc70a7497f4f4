"""« Réservations »: a week to tick, its check, what became of it."""

from app.blueprints.family.bookings import outcome, week

__all__ = ["outcome", "week"]
