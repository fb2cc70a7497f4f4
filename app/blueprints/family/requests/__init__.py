"""« Liste des demandes »: the list, a new request, and one that left."""

from app.blueprints.family.requests import asking, following

__all__ = ["asking", "following"]
