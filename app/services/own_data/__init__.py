"""« Mes données »: a ZIP of all that the portal holds about a parent and what they may see."""

from app.services.own_data.packing import pack

__all__ = ["pack"]
