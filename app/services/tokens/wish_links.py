"""The link that stops mails of one sort: it names a wish of a guardian, and is signed.

It says identifiants rather than numbers of rows: no other guardian ever has one. It is good for
ever, as a mail is, and gives nothing but fewer mails.
"""

from itsdangerous import BadSignature, URLSafeSerializer

from app.services.tokens.signing import signing_keys

SALT = "mail-wish-link"


def token_for(identifier: str, wish: str) -> str:
    """Sign the link of a mail."""
    return _serializer().dumps([identifier, wish])


def wish_of(token: str) -> tuple[str, str] | None:
    """Return whose wish a link is about, and which; None for any other link."""
    try:
        named = _serializer().loads(token)
    except BadSignature:
        return None
    match named:
        case [str(identifier), str(wish)]:
            return identifier, wish
    return None


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(signing_keys(), salt=SALT)
