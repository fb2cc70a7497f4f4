"""The « identifiant » as people type it: read off a printed guide, with blanks or dots in it."""

import re

from app.typed_text import compact

MAXIMUM_DIGITS = 20
# Never int() nor isdigit(): both take full-width and superscript digits for ordinary ones.
IDENTIFIER = re.compile(rf"[0-9]{{1,{MAXIMUM_DIGITS}}}", re.ASCII)


def normalize_identifier(typed: str) -> str | None:
    """Return the digits that were typed, as text; None when it can be nobody's identifiant."""
    digits = compact(typed).replace(".", "")
    return digits if IDENTIFIER.fullmatch(digits) else None
