"""Somebody at the town hall of the demonstration: development only, as all of it is."""

from datetime import UTC, datetime

from app import db
from app.models import ClerkAccount, SecondFactor
from app.services.accounts import passwords
from app.services.clerks.rights import Role
from app.services.tokens import clerk_links, second_factors
from app.services.tokens.sealing import seal

EMAIL, PASSWORD = "mairie@exemple.fr", "Mairie-Exemple-1"


def settle() -> None:
    """Let them in with a code by mail, which the terminal shows."""
    password_hash, now = passwords.hash_password(PASSWORD), datetime.now(UTC)
    with db.transaction() as session:
        session.add(
            ClerkAccount(
                public_id=db.new_public_id(),
                email=EMAIL,
                name="Camille Martin",
                roles=[Role.ADMINISTRATION],
                password_hash=password_hash,
                password_changed_at=now,
                second_factor=SecondFactor.MAIL,
                second_factor_since=now,
                link_salt=clerk_links.new_salt(),
                secret=seal(second_factors.new_secret()),
                created_at=now,
                invited_at=now,
            )
        )
