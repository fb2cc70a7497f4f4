"""The letters that give parents their identifiant: a page each; some carry a code, no password."""

import base64
import mimetypes
from collections.abc import Iterable, Mapping

from flask import render_template
from markupsafe import Markup

from app.formats import today
from app.services.accounts.invitations import Person
from app.services.tokens.temporary_passwords import LETTER_VALIDITY
from app.settings import settings


def write_letters(people: Iterable[Person], codes: Mapping[str, str] | None = None) -> str:
    """Lay the letters out, one page each, as one HTML document without any other file.

    `codes` are those that some of them carry, by identifiant.
    """
    # Read where a letter is made alone: a page does without.
    import segno

    address = settings.public_url.rstrip("/")
    code = segno.make(address, error="m").svg_inline(omitsize=True, border=0)
    # The code is drawn by segno from our own setting.
    safe_code = Markup(code)  # noqa: S704
    return render_template(
        "print/credentials_letter.html",
        people=people,
        codes=codes or {},
        last_day=today() + LETTER_VALIDITY,
        address=address,
        code=safe_code,
        crest=_crest_inline(),
        today=today(),
    )


def _crest_inline() -> str:
    """Return the town's coat of arms as an address that holds it; empty when there is none."""
    path = settings.instance / settings.town_crest
    kind, _ = mimetypes.guess_type(path.name)
    if not settings.town_crest or not path.is_file() or not kind:
        return ""
    return f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"
