"""The family's space: one views file per menu entry."""

from flask import Blueprint

family = Blueprint("family", __name__)

from app.blueprints.family import (  # noqa: E402, F401
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
