"""What anybody may read: the pages around the portal, and what programs ask a site for."""

from app.blueprints.site import for_machines, pages, watching
from app.blueprints.site.blueprint import site

__all__ = ["for_machines", "pages", "site", "watching"]
