"""The portal's application: `create_app` is its table of contents."""

from flask import Flask

import config
from app import db, formats
from app.settings import EXTENSION


def create_app(settings: config.Settings | None = None) -> Flask:
    """Build the application from these settings, or from the environment's.

    Raises config.ConfigurationError when the settings cannot be used.
    """
    settings = settings or config.load()
    app = Flask(__name__, instance_path=str(settings.instance))
    app.extensions[EXTENSION] = settings
    db.init_app(app, settings.database_url)
    formats.init_app(app)
    from app import cli

    cli.init_app(app)
    return app
