"""Getting in and out: sign-in, temporary password, choice of a password, the guide."""

from app.blueprints.auth import guide_pages, passwords, signing_in
from app.blueprints.auth.blueprint import auth

__all__ = ["auth", "guide_pages", "passwords", "signing_in"]
