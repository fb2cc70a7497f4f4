"""E-mail addresses: those that the library takes, written as it writes them."""

import re
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

from app.services.importing.faults import FieldRefused

CACHED_VALUES = 65_536
# A subset of what the library accepts as the part before the @, and leaves as it is.
PLAIN_LOCAL_PART = re.compile(r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*", re.ASCII)
LONGEST_LOCAL_PART = 64
LONGEST_EMAIL = 254


def parse_email(value: str) -> str:
    """Read one address."""
    local, at, domain = value.rpartition("@")
    if (
        at
        and len(local) <= LONGEST_LOCAL_PART
        and len(value) <= LONGEST_EMAIL
        and PLAIN_LOCAL_PART.fullmatch(local)
        and (normalized := _normal_domain(domain))
        and len(local) + len(normalized) < LONGEST_EMAIL
    ):
        return f"{local}@{normalized}"
    return _checked_email(value)


@lru_cache(CACHED_VALUES)
def _normal_domain(domain: str) -> str | None:
    # The library takes 50 µs an address, and a town's parents share a few dozen domains.
    try:
        return validate_email(f"a@{domain}", check_deliverability=False).domain
    except EmailNotValidError:
        return None


def _checked_email(value: str) -> str:
    try:
        found = validate_email(value, check_deliverability=False).normalized
    except EmailNotValidError:
        raise FieldRefused(
            "écrivez une seule adresse électronique, comme prenom.nom@exemple.fr."
        ) from None
    if len(found) > LONGEST_EMAIL:
        raise FieldRefused(f"une adresse compte {LONGEST_EMAIL} caractères au plus.")
    return found
