"""E-mail addresses as parents and clerks type them."""

from app.mailer.failures import PermanentFailure
from app.mailer.message import ascii_address

LONGEST_ADDRESS = 254


def normalized(typed: str) -> str | None:
    """Write an address as it is kept; None when no mail of ours could go there."""
    from email_validator import EmailNotValidError, validate_email

    try:
        address = validate_email(typed.strip(), check_deliverability=False).normalized
        ascii_address(address)
    except (EmailNotValidError, PermanentFailure, UnicodeError):
        return None
    return address if len(address) <= LONGEST_ADDRESS else None
