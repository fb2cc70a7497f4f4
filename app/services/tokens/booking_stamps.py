"""When a family read what it is about to save: who was in time then, and saves soon, still is."""

from datetime import UTC, datetime, timedelta

from itsdangerous import BadSignature, URLSafeTimedSerializer

from app.services.tokens.signing import signing_keys

SALT = "booking-stamp"
GRACE = timedelta(minutes=2)


def stamp(account_id: int) -> str:
    """Sign that this account reads its summary now."""
    return _serializer().dumps(account_id)


def asked_at(account_id: int, stamped: str) -> datetime:
    """Return when it was read; now, for what is none of ours or was read too long ago."""
    now = datetime.now(UTC)
    try:
        whose, read_at = _serializer().loads(
            stamped, max_age=int(GRACE.total_seconds()), return_timestamp=True
        )
    except BadSignature:
        return now
    return min(read_at, now) if whose == account_id else now


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(signing_keys(), salt=SALT)
