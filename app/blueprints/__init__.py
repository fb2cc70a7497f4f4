"""The screens."""

from flask import Flask

from app.blueprints.auth import auth
from app.blueprints.family import family
from app.blueprints.site import site
from app.blueprints.town_hall import town_hall


def init_app(app: Flask) -> None:
    """Register every screen."""
    for blueprint in (auth, family, site, town_hall):
        app.register_blueprint(blueprint)
