"""The mark left on a device that signed in: others' failures never make its owner wait.

After OWASP's « device cookies »: the value says nothing by itself, and is good for one account.
"""

import hashlib
import hmac
import secrets

from app.settings import settings

NONCE_BYTES = 16


def mark(account_id: int) -> str:
    """Make the mark of a device that has just signed in to this account."""
    nonce = secrets.token_hex(NONCE_BYTES)
    return f"{nonce}.{_signature(nonce, account_id, settings.secret_key)}"


def recognize(value: str, account_id: int) -> str | None:
    """Return the device's own name if this account signed in there, None otherwise."""
    nonce, _, signature = value.partition(".")
    keys = (settings.secret_key, *settings.secret_key_fallbacks)
    signatures = (_signature(nonce, account_id, key) for key in keys)
    known = any(hmac.compare_digest(signature.encode(), good.encode()) for good in signatures)
    return nonce if known else None


def _signature(nonce: str, account_id: int, key: str) -> str:
    text = f"device:{nonce}:{account_id}".encode("utf-8", "surrogatepass")
    return hmac.new(key.encode(), text, hashlib.sha256).hexdigest()
