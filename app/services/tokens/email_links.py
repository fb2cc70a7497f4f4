"""The link that confirms an address: it names a change of address, and is signed."""

import hashlib

from itsdangerous import BadSignature, URLSafeSerializer

from app.models import EmailChange
from app.services.tokens.signing import signing_keys

SALT = "email-change-link"
MARK_CHARACTERS = 8
NOTHING = (0, "")


def mark_of(change: EmailChange) -> str:
    """Tell a change from another that gets its number, after a backup was restored."""
    asked = f"{change.created_at.isoformat()} {change.address}"
    return hashlib.sha256(asked.encode()).hexdigest()[:MARK_CHARACTERS]


def token_for(change_id: int, mark: str) -> str:
    """Sign the link of a change, when its mail is written."""
    return _serializer().dumps([change_id, mark])


def change_of(token: str) -> tuple[int, str]:
    """Return the number and the mark of what a link stands for; no row's for any other link."""
    try:
        named = _serializer().loads(token)
    except BadSignature:
        return NOTHING
    match named:
        case [int(change_id), str(mark)]:
            return change_id, mark
    return NOTHING


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(signing_keys(), salt=SALT)
