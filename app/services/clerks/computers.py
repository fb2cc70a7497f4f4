"""The mark of a computer where a clerk is not asked for a code for a month.

It dies with the password, and with the second factor. Never of an administrator.
"""

from datetime import timedelta

from itsdangerous import BadSignature, TimestampSigner

from app.models import ClerkAccount
from app.services.clerks import rights
from app.services.tokens.signing import signing_keys

LASTING = timedelta(days=30)


def may_be_known(clerk: ClerkAccount) -> bool:
    """Tell whether this clerk may go without a code on a computer."""
    return not rights.administers(clerk.roles)


def mark(clerk: ClerkAccount) -> str | None:
    """Mark the computer in front of which a clerk has just given a code."""
    if not may_be_known(clerk):
        return None
    return _signer(clerk).sign(clerk.public_id).decode()


def is_known(value: str, clerk: ClerkAccount) -> bool:
    """Tell whether this clerk gave a code there, with the password and the factor of now."""
    if not may_be_known(clerk):
        return False
    try:
        named = _signer(clerk).unsign(value, max_age=int(LASTING.total_seconds()))
    except BadSignature:
        return False
    return named.decode() == clerk.public_id


def _signer(clerk: ClerkAccount) -> TimestampSigner:
    since = (clerk.password_changed_at, clerk.second_factor_since)
    return TimestampSigner(signing_keys(), salt=f"computer {since}")
