"""The name of each request, in the log and the journal; error pages show its last signs."""

import re
import secrets

from flask import has_request_context

from app import here

GIVEN = re.compile(r"[0-9A-Za-z-]{8,32}", re.ASCII)
REFERENCE_LENGTH = 6
# A request that failed before it was named, such as one for a host that is not ours.
NONE = "—"


def name_request(*, believed: bool) -> None:
    """Take the name that our proxy gave; without a proxy, visitors would write their own."""
    given = here.request().headers.get("X-Request-ID", "") if believed else ""
    here.g().request_id = given if GIVEN.fullmatch(given) else secrets.token_hex(8)


def request_id() -> str:
    """Return the name of the request that is being answered; nothing where there is none."""
    return str(here.g().get("request_id", "")) if has_request_context() else ""


def reference() -> str:
    """Return what error pages show of it, short enough to be read on the phone."""
    return request_id().replace("-", "")[-REFERENCE_LENGTH:] or NONE
