"""The random secrets in addresses of calendars, of which the database keeps the hash alone.

Drawn from the portal's own key and the number of a row, so that its owner may read it again.
"""

import base64
import hashlib
import hmac

from app.services.tokens.signing import signing_keys

SALT = "feed"


def draw(number: int, made_at: str) -> str:
    """Return the secret of a row, made at this moment."""
    return _drawn(signing_keys()[-1], number, made_at)


def read_again(number: int, made_at: str, token_hash: str) -> str | None:
    """Return it, by whichever of the portal's keys it was drawn; None when that one is gone."""
    drawn = (_drawn(key, number, made_at) for key in signing_keys())
    return next((token for token in drawn if hash_of(token) == token_hash), None)


def hash_of(token: str) -> str:
    """Return what the database keeps."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _drawn(key: str, number: int, made_at: str) -> str:
    said = f"{SALT} {number} {made_at}".encode()
    return base64.urlsafe_b64encode(hmac.digest(key.encode(), said, "sha256")).decode().rstrip("=")
