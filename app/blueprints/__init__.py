"""The screens."""

from flask import Flask

from app.blueprints.auth import auth
from app.blueprints.family import family
from app.blueprints.site import site


def init_app(app: Flask) -> None:
    """Register every screen."""
    for blueprint in (auth, family, site):
        app.register_blueprint(blueprint)
