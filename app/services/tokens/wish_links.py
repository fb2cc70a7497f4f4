"""The link that stops mails of one sort: it names a wish of a guardian or a clerk, and is signed.

It says identifiants rather than numbers of rows: no other guardian ever has one. It is good for
ever, as a mail is, and gives nothing but fewer mails.
"""

from itsdangerous import BadSignature, URLSafeSerializer

from app.services.tokens.signing import signing_keys

SALT, CLERK_SALT = "mail-wish-link", "clerk-mail-wish-link"


def token_for(identifier: str, wish: str) -> str:
    """Sign the link of a mail."""
    return _serializer(SALT).dumps([identifier, wish])


def wish_of(token: str) -> tuple[str, str] | None:
    """Return whose wish a link is about, and which; None for any other link."""
    return _read(token, SALT)


def token_for_clerk(public_id: str, told: str) -> str:
    """Sign the link of a mail to somebody of the town hall."""
    return _serializer(CLERK_SALT).dumps([public_id, told])


def clerk_wish_of(token: str) -> tuple[str, str] | None:
    """Return whose mails such a link stops, and those of when; None for any other link."""
    return _read(token, CLERK_SALT)


def _read(token: str, salt: str) -> tuple[str, str] | None:
    try:
        named = _serializer(salt).loads(token)
    except BadSignature:
        return None
    match named:
        case [str(whose), str(wish)]:
            return whose, wish
    return None


def _serializer(salt: str) -> URLSafeSerializer:
    return URLSafeSerializer(signing_keys(), salt=salt)
