"""The family's space: one views file per menu entry."""

from app.blueprints.family import (
    account,
    bookings,
    certificates,
    children,
    documents,
    home,
    homes,
    invoices,
    messages,
    requests,
    statement,
)
from app.blueprints.family.blueprint import family

__all__ = [
    "account",
    "bookings",
    "certificates",
    "children",
    "documents",
    "family",
    "home",
    "homes",
    "invoices",
    "messages",
    "requests",
    "statement",
]
