"""The family's space: one views file per menu entry."""

from app.blueprints.family import (
    account,
    certificates,
    children,
    documents,
    home,
    invoices,
    messages,
    requests,
    statement,
)
from app.blueprints.family.blueprint import family

__all__ = [
    "account",
    "certificates",
    "children",
    "documents",
    "family",
    "home",
    "invoices",
    "messages",
    "requests",
    "statement",
]
