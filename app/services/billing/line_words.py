"""The words of an invoice's line, under the name of the child: said once, with a unit."""

import re
from decimal import Decimal

from app.formats import NBSP, fold, number

# What a service counts, by what its label begins with.
UNITS = {
    "cantine": "repas",
    "dejeuner": "repas",
    "gouter": "goûter",
    "repas": "repas",
    "restauration scolaire": "repas",
    "restaurant scolaire": "repas",
}
# Between a service and a name; a hyphen alone makes one word of two.
BETWEEN = r"(?:\s*[,:(/\u2012-\u2015]\s*|\s+-?\s*)"


def without_name(label: str, *names: str) -> str:
    """Write « Pause méridienne » for « Pause méridienne – Inaya », under Inaya's name."""
    for name in filter(None, names):
        without = re.sub(
            rf"{BETWEEN}{re.escape(name)}\)?$|^{re.escape(name)}{BETWEEN}",
            "",
            label,
            flags=re.IGNORECASE,
        )
        if without and without != label:
            return without
    return label


def quantity(label: str, value: Decimal) -> str:
    """Write « 14 repas » where the label says what is counted, else 14."""
    said = fold(label)
    unit = next((unit for begins, unit in UNITS.items() if said.startswith(begins)), "")
    written = number(value)
    if not unit:
        return written
    several = abs(value) >= 2 and not unit.endswith("s")  # noqa: PLR2004
    return f"{written}{NBSP}{unit}{'s' if several else ''}"
