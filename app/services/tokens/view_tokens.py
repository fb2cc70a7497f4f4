"""What lets a clerk look at the portal as a family: signed, for some minutes, in one browser."""

from datetime import datetime, timedelta
from typing import NamedTuple

from itsdangerous import BadSignature, URLSafeTimedSerializer

from app.services.tokens.signing import signing_keys

SALT = "view-as"
LASTS = timedelta(minutes=15)


class View(NamedTuple):
    """Whose pages are looked at, by which session of a clerk, and until when."""

    session_id: int
    account_id: int
    until: datetime


def token_for(session_id: int, account_id: int) -> str:
    """Sign what a browser is to keep."""
    return _serializer().dumps([session_id, account_id])


def read(token: str) -> View | None:
    """Read it; None when it is none of ours, or its time has passed."""
    try:
        said, made_at = _serializer().loads(
            token, max_age=int(LASTS.total_seconds()), return_timestamp=True
        )
    except BadSignature:
        return None
    match said:
        case [int(session_id), int(account_id)]:
            return View(session_id, account_id, made_at + LASTS)
    return None


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(signing_keys(), salt=SALT)
