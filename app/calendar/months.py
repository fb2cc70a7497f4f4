"""Months: their ends, and their names in addresses."""

import re
from datetime import date, timedelta

NAME = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])", re.ASCII)
# Longer than any of them.
SOME_WEEKS = timedelta(days=31)


def both_ends(day: date) -> tuple[date, date]:
    """Return the first and the last day of the month of a day."""
    first = day.replace(day=1)
    return first, (first + SOME_WEEKS).replace(day=1) - timedelta(days=1)


def name_of(day: date) -> str:
    """Write 2026-12."""
    return f"{day:%Y-%m}"


def parse(name: str) -> date | None:
    """Read the first day of 2026-12; None for what is no month."""
    found = NAME.fullmatch(name)
    return date(int(found[1]), int(found[2]), 1) if found else None
