"""The « identifiant » as people type it: read off a printed guide, with blanks or dots in it."""

import re

from app.typed_text import compact

MAXIMUM_DIGITS = 20
DIGITS = "0123456789"
# Never int() nor isdigit(): both take full-width and superscript digits for ordinary ones.
IDENTIFIER = re.compile(rf"[0-9]{{1,{MAXIMUM_DIGITS}}}", re.ASCII)


def normalize_identifier(typed: str) -> str | None:
    """Return the digits that were typed, as text; None when it can be nobody's identifiant."""
    digits = compact(typed).replace(".", "")
    return digits if IDENTIFIER.fullmatch(digits) else None


def near(identifier: str) -> set[str]:
    """List what somebody may have meant: two digits exchanged, one wrong, forgotten or too many."""
    cuts = [(identifier[:place], identifier[place:]) for place in range(len(identifier) + 1)]
    exchanged = {before + rest[1] + rest[0] + rest[2:] for before, rest in cuts if len(rest) > 1}
    too_many = {before + rest[1:] for before, rest in cuts if rest}
    wrong = {before + digit + rest[1:] for before, rest in cuts if rest for digit in DIGITS}
    forgotten = {before + digit + rest for before, rest in cuts for digit in DIGITS}
    return (exchanged | too_many | wrong | forgotten) - {identifier, ""}
