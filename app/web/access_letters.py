"""The letters that give parents their identifiant: a page each; some carry a code, no password."""

import base64
import mimetypes
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from flask import render_template
from markupsafe import Markup
from werkzeug.wrappers import Response

from app.formats import today
from app.gates import Crowded
from app.services.accounts.invitations import Person
from app.services.refusals import Reason, Refusal
from app.services.tokens.temporary_passwords import LETTER_VALIDITY
from app.settings import settings
from app.web import printing
from app.web.files import PDF, send_made_file

MAKING = "Un autre document est en cours d’impression\u00a0: recommencez dans un instant."


class Letters(NamedTuple):
    """Whom letters are for, the name of their file, and the codes that some of them carry."""

    people: Sequence[Person]
    name: str = "Lettres d’accès"
    # By identifiant.
    codes: Mapping[str, str] = MappingProxyType({})


def print_letters(find: Callable[[], Letters], *, inline: bool = False) -> Response:
    """Find whom letters are for, and print them, once a paper may be made. Raises Refusal."""
    try:
        with printing.making.passing():
            letters = find()
            paper = printing.to_pdf(write_letters(letters.people, letters.codes))
    except Crowded:
        raise Refusal(Reason.TOO_MANY, MAKING) from None
    return send_made_file(paper, PDF, letters.name, inline=inline)


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
