"""The mark left on a device that signed in: others' failures never make its owner wait.

After OWASP's « device cookies »: the value says nothing by itself, and is good for one account.
"""

import secrets

from itsdangerous import BadSignature, Signer

from app.services.tokens.signing import signing_keys

NONCE_BYTES = 16


def mark(account_id: int) -> str:
    """Make the mark of a device that has just signed in to this account."""
    return _signer(account_id).sign(secrets.token_hex(NONCE_BYTES)).decode()


def recognize(value: str, account_id: int) -> str | None:
    """Return the device's own name if this account signed in there, None otherwise."""
    try:
        return _signer(account_id).unsign(value.encode("utf-8", "replace")).decode()
    except BadSignature:
        return None


def _signer(account_id: int) -> Signer:
    return Signer(signing_keys(), salt=f"device-of-{account_id}")
