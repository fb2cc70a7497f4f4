"""« Mon compte »: the page, and one views file per thing that a parent changes there."""

from app.blueprints.family.account import details, devices, email, mails, overview, own_data

__all__ = ["details", "devices", "email", "mails", "overview", "own_data"]
