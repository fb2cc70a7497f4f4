"""The mark left on a device that signed in: others' failures never make its owner wait.

After OWASP's « device cookies »: the value says nothing by itself, and is good for one account and
one password. A device keeps its name as long as it is recognised: signing in again brings it no
new tries.
"""

import secrets
from datetime import datetime

from itsdangerous import BadSignature, Signer

from app.services.tokens.signing import signing_keys

NONCE_BYTES = 16


def mark(account_id: int, password_since: datetime | None, known: str | None = None) -> str:
    """Mark a device that has just proved whose it is, by the name it is known by if it has one."""
    name = known or secrets.token_hex(NONCE_BYTES)
    return _signer(account_id, password_since).sign(name).decode()


def recognize(value: str, account_id: int, password_since: datetime | None) -> str | None:
    """Return the device's own name if this account signed in there with this password."""
    try:
        name = _signer(account_id, password_since).unsign(value.encode("utf-8", "replace"))
    except BadSignature:
        return None
    return name.decode()


def _signer(account_id: int, password_since: datetime | None) -> Signer:
    since = password_since.isoformat() if password_since else ""
    return Signer(signing_keys(), salt=f"device-of-{account_id}-{since}")
