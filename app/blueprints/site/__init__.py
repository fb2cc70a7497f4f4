"""What anybody may read: the pages around the portal, and what programs ask a site for."""

from app.blueprints.site import check_in, for_machines, pages, watching
from app.blueprints.site.blueprint import site

__all__ = ["check_in", "for_machines", "pages", "site", "watching"]
