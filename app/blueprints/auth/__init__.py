"""Getting in and out: sign-in, temporary password, choice of a password."""

from flask import Blueprint

auth = Blueprint("auth", __name__)

from app.blueprints.auth import guide, password_views, views  # noqa: E402, F401
