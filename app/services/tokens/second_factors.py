"""What a clerk gives besides the password: every code is drawn from one secret of theirs.

The secret is kept sealed by the portal's key, and sealed anew at each sign-in: a key may go once
everybody has signed in with the next one.
"""

import hashlib
import hmac
import secrets
from base64 import b32encode
from datetime import UTC, datetime, timedelta

SECRET_BYTES = 32
# RFC 4226, 4: as long as the hash that the application computes.
SEED_BYTES = 20
CODE_DIGITS = 6
MAILED_CODE_VALIDITY = timedelta(minutes=10)
SPARE_CODES = 8
SPARE_DIGITS = 10


def new_secret() -> str:
    """Draw the secret of somebody."""
    return secrets.token_hex(SECRET_BYTES)


def step_of(typed: str, secret: str) -> int | None:
    """Return the step of the clock (RFC 6238) whose code was typed; None when it is none.

    A clock may be one step early or late.
    """
    import pyotp

    totp = pyotp.TOTP(seed(secret))
    step = totp.timecode(datetime.now(UTC))
    for near in (step, step - 1, step + 1):
        if hmac.compare_digest(totp.generate_otp(near), typed):
            return near
    return None


def seed(secret: str) -> str:
    """Return what an application is given, in the base 32 that applications take."""
    return b32encode(_drawn(secret, "application")[:SEED_BYTES]).decode()


def address_for_application(secret: str, email: str, town: str) -> str:
    """Write what the drawing on the screen says to the application."""
    import pyotp

    return pyotp.TOTP(seed(secret)).provisioning_uri(
        name=email, issuer_name=f"Portail famille {town}"
    )


def mailed_code(secret: str, nonce: str) -> str:
    """Draw the code of one mail."""
    return _digits(secret, f"mail {nonce}", CODE_DIGITS)


def spare_codes(secret: str, edition: int) -> list[str]:
    """Draw the codes for the day when the application, or the mailbox, is lost."""
    return [
        _digits(secret, f"spare {edition} {place}", SPARE_DIGITS) for place in range(SPARE_CODES)
    ]


def _digits(secret: str, message: str, count: int) -> str:
    number = int.from_bytes(_drawn(secret, message))
    return str(number % 10**count).zfill(count)


def _drawn(secret: str, message: str) -> bytes:
    return hmac.new(secret.encode(), message.encode(), hashlib.sha256).digest()
