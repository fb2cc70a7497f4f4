"""The link that a tablet notes who is there with: of one service, for one day, and nothing else.

Whoever has it that day sees the names and the classes of the children of that service. It names
numbers of rows, is signed, and is worth nothing once the day is over.
"""

from datetime import date
from typing import NamedTuple

from itsdangerous import BadSignature, URLSafeSerializer

from app.services.tokens.signing import signing_keys

SALT = "check-in-link"


class Named(NamedTuple):
    """What a link opens."""

    service_id: int
    day: date


def token_for(service_id: int, day: date) -> str:
    """Sign the link of a service and a day."""
    return _serializer().dumps([service_id, day.isoformat()])


def read(token: str) -> Named | None:
    """Return what a link opens, whatever day it is; None for any other link."""
    try:
        named = _serializer().loads(token)
    except BadSignature:
        return None
    match named:
        case [int(service_id), str(day)]:
            return Named(service_id, date.fromisoformat(day))
    return None


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(signing_keys(), salt=SALT)
