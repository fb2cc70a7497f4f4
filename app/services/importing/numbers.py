"""Numbers as people, spreadsheets and accountants write them, read without rounding."""

import re
from functools import lru_cache

from app.services.importing.faults import FieldRefused

CACHED_VALUES = 65_536
BLANK = "[ \t\u00a0\u2000-\u200a\u202f\u205f\u3000]"
# The hyphen, the dashes that programs make of it, the true minus, and their wide forms.
MINUS = r"\-\u2010-\u2014\u2212\ufe63\uff0d"
CURRENCY = rf"(?:{BLANK}?(?:€|euros?|eur))?"
# Up to 9 999 999,99: thousands apart or together, comma or point, (12,50) for -12,50.
NUMBER = re.compile(
    rf"(\()?([{MINUS}+])?{BLANK}?"
    rf"([0-9]{{1,7}}|[0-9]{{1,3}}(?:{BLANK}[0-9]{{3}}){{1,2}})?(?:[.,]([0-9]{{1,4}}))?"
    rf"{CURRENCY}(\))?{CURRENCY}",
    re.IGNORECASE,
)
# What most cells hold: a fifth of the price.
PLAIN = re.compile(r"([0-9]{1,7})(?:[.,]([0-9]{1,2}))?")
HUNDREDTHS, THOUSANDTHS, TEN_THOUSANDTHS = 2, 3, 4
REMEDIES = {
    HUNDREDTHS: "écrivez un nombre comme 891,35, avec deux décimales au plus.",
    THOUSANDTHS: "écrivez un nombre comme 0,125, avec trois décimales au plus.",
    TEN_THOUSANDTHS: "écrivez un prix comme 1,2504, avec quatre décimales au plus.",
}


@lru_cache(CACHED_VALUES)
def parse_hundredths(value: str) -> int:
    """Read a number that may be negative."""
    return _scaled(value, HUNDREDTHS)


@lru_cache(CACHED_VALUES)
def parse_amount(value: str) -> int:
    """Read an amount that is never negative."""
    hundredths = _scaled(value, HUNDREDTHS)
    if hundredths < 0:
        raise FieldRefused(
            "écrivez le montant sans signe ; un avoir s’écrit sans signe lui aussi, avec AVOIR "
            "dans la colonne type."
        )
    return hundredths


def parse_received(value: str) -> int:
    """Read an amount that was received, or that goes back."""
    hundredths = parse_hundredths(value)
    if not hundredths:
        raise FieldRefused(
            "écrivez un montant différent de zéro ; un rejet ou un remboursement est négatif."
        )
    return hundredths


@lru_cache(CACHED_VALUES)
def parse_quantity(value: str) -> int:
    """Read how much of something."""
    return _scaled(value, THOUSANDTHS)


@lru_cache(CACHED_VALUES)
def parse_unit_price(value: str) -> int:
    """Read what one of it costs."""
    return _scaled(value, TEN_THOUSANDTHS)


def _scaled(value: str, places: int) -> int:
    """Return the number as a whole number of its smallest part, `places` after the comma."""
    if plain := PLAIN.fullmatch(value):
        return int(plain[1] + (plain[2] or "").ljust(places, "0"))
    found = NUMBER.fullmatch(value)
    opened, sign, whole, decimals, closed = found.groups(default="") if found else [""] * 5
    lone = bool(opened) != bool(closed) or (opened and sign)
    if lone or not (whole or decimals) or len(decimals) > places:
        raise FieldRefused(REMEDIES[places])
    digits = "".join(filter(str.isdigit, whole)) + decimals.ljust(places, "0")
    return -int(digits) if opened or sign not in {"", "+"} else int(digits)
