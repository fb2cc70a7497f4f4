"""The links that let a clerk choose a password: an invitation, or a password forgotten.

Signed, dated when their mail is written, and void once another is sent, or a password saved.
"""

import secrets
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from itsdangerous import BadSignature, URLSafeTimedSerializer

from app.services.tokens.signing import signing_keys

SALT = "clerk-link"
SALT_BYTES = 16
MARK_CHARACTERS = 8


class Purpose(StrEnum):
    """What a link is for."""

    INVITATION = "invitation"
    PASSWORD = "password"  # noqa: S105


VALIDITY = {Purpose.INVITATION: timedelta(hours=72), Purpose.PASSWORD: timedelta(hours=1)}


class Named(NamedTuple):
    """What a link of ours says, whether or not it still opens anything."""

    purpose: Purpose
    public_id: str
    mark: str
    made_at: datetime

    @property
    def is_over(self) -> bool:
        """Tell whether its time has passed."""
        return datetime.now(UTC) > self.made_at + VALIDITY[self.purpose]


def new_salt() -> str:
    """Draw what links are marked with: those of before then open nothing."""
    return secrets.token_hex(SALT_BYTES)


def mark_of(link_salt: str) -> str:
    """Tell the links of now from those that a newer one, or a saved password, made void."""
    return link_salt[:MARK_CHARACTERS]


def token_for(purpose: Purpose, public_id: str, link_salt: str) -> str:
    """Sign the link of a clerk."""
    return _serializer().dumps([purpose, public_id, mark_of(link_salt)])


def read(token: str) -> Named | None:
    """Read a link; None for one that is none of ours."""
    try:
        said, made_at = _serializer().loads(token, return_timestamp=True)
    except BadSignature:
        return None
    match said:
        case [str(purpose), str(public_id), str(mark)] if purpose in set(Purpose):
            return Named(Purpose(purpose), public_id, mark, made_at)
    return None


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(signing_keys(), salt=SALT)
