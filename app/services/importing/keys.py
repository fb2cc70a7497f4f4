"""What names a row or a person: compared as written, so that nothing unseen may change it."""

import re
from collections.abc import Sequence

from app.services.accounts.identifiers import MAXIMUM_DIGITS, normalize_identifier
from app.services.importing.faults import FieldRefused
from app.typed_text import UNSEEN

KEY_CHARACTERS = 40
# 38162386.0 and 3,81624E+07: a column that a spreadsheet or a program took for numbers.
RESHAPED = re.compile(r"[0-9]+[.,]0+|[0-9](?:[.,][0-9]+)?E\+[0-9]+", re.IGNORECASE)
RESHAPED_REMEDY = (
    "un tableur a changé ce numéro ; donnez à sa colonne le format Texte, puis exportez de nouveau."
)


def parse_key(value: str) -> str:
    """Read a key as it is written."""
    if not value.isprintable() or UNSEEN.search(value):
        raise FieldRefused("un signe invisible s’y trouve ; retirez-le.")
    if RESHAPED.fullmatch(value):
        raise FieldRefused(RESHAPED_REMEDY)
    if len(value) > KEY_CHARACTERS:
        raise FieldRefused(
            f"{KEY_CHARACTERS} caractères au plus sont acceptés, il y en a {len(value)}."
        )
    return value


def are_plain(cells: Sequence[str]) -> bool:
    """Tell at once whether a whole column may be kept as it is."""
    together = "".join(cells)
    return together.isascii() and together.isalnum() and max(map(len, cells)) <= KEY_CHARACTERS


def parse_identifier(value: str) -> str:
    """Read an identifiant: blanks and the points between thousands do not count."""
    if value.isascii() and value.isdigit() and len(value) <= MAXIMUM_DIGITS:
        return value
    if RESHAPED.fullmatch(value):
        raise FieldRefused(RESHAPED_REMEDY)
    if UNSEEN.search(value) or any(not each.isprintable() and not each.isspace() for each in value):
        raise FieldRefused("un signe invisible s’y trouve ; retirez-le.")
    found = normalize_identifier(value)
    if found is None:
        raise FieldRefused(f"écrivez un identifiant de 1 à {MAXIMUM_DIGITS} chiffres.")
    return found
