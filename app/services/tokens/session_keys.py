"""The random keys that cookies of sessions hold, of which the database keeps the hash alone."""

import hashlib
import secrets

KEY_BYTES = 32


def new() -> str:
    """Draw a key."""
    return secrets.token_urlsafe(KEY_BYTES)


def hash_of(key: str) -> str:
    """Hash a key, or whatever came in its place, as the database keeps it."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
