"""The address that a mail comes back to: it names the mail, and only our key makes it.

Numbers of rows come back after a restore: the tag says for which address the mail was, too.
"""

import hashlib
import hmac
import re

from app.services.tokens.signing import signing_keys
from app.settings import settings

TAG_CHARACTERS = 16
# Servers may write the part before the @ in capitals.
TAGGED = re.compile(r"\+(?P<mail>\d{1,18})-(?P<tag>[0-9a-f]{16})@", re.ASCII | re.IGNORECASE)


def address_for(mail_id: int, recipient: str) -> str:
    """Write where this mail comes back to; empty when the town has no place for that."""
    if not settings.mail_bounces:
        return ""
    local, _, domain = settings.mail_bounces.partition("@")
    return f"{local}+{mail_id}-{_tag(mail_id, recipient, signing_keys()[-1])}@{domain}"


def named_in(address: str) -> tuple[int, str] | None:
    """Find the mail and the tag in an address that something came back to."""
    found = TAGGED.search(address)
    return (int(found["mail"]), found["tag"].lower()) if found else None


def is_ours(mail_id: int, recipient: str, tag: str) -> bool:
    """Tell whether we sent this mail to this address under this tag."""
    return any(hmac.compare_digest(tag, _tag(mail_id, recipient, key)) for key in signing_keys())


def _tag(mail_id: int, recipient: str, key: str) -> str:
    named = f"bounce of {mail_id} to {recipient}"
    return hmac.new(key.encode(), named.encode(), hashlib.sha256).hexdigest()[:TAG_CHARACTERS]
