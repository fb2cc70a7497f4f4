"""The « identifiant » as people type it: read off a printed guide, with blanks or dots in it."""

import re

MAXIMUM_DIGITS = 20
BLANKS_AND_DOTS = re.compile(r"[\s.]+")
# Never int() nor isdigit(): both take full-width and superscript digits for ordinary ones.
IDENTIFIER = re.compile(rf"[0-9]{{1,{MAXIMUM_DIGITS}}}", re.ASCII)


def normalize_identifier(typed: str) -> str | None:
    """Return the digits that were typed, as text; None when it can be nobody's identifiant."""
    compact = BLANKS_AND_DOTS.sub("", typed)
    return compact if IDENTIFIER.fullmatch(compact) else None
