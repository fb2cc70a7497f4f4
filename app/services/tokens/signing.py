"""The keys that sign links, tickets and marks."""

from app.settings import settings


def signing_keys() -> list[str]:
    """List the keys as itsdangerous wants them: it signs with the last and accepts them all."""
    return [*settings.secret_key_fallbacks, settings.secret_key]
