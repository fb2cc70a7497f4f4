"""The link of a reminder that says « c’est voulu »: it names a parent and a week, and is signed.

It says an identifiant rather than the number of a row: no other guardian ever has it. It ends with
its week, and gives nothing but fewer mails.
"""

from itsdangerous import BadSignature, URLSafeSerializer

from app.services.tokens.signing import signing_keys

SALT = "quiet-week-link"


def token_for(identifier: str, week: str) -> str:
    """Sign the link of a reminder; the week is named as addresses do."""
    return _serializer().dumps([identifier, week])


def read(token: str) -> tuple[str, str] | None:
    """Return whose link it is, and of which week; None for any other link."""
    try:
        named = _serializer().loads(token)
    except BadSignature:
        return None
    match named:
        case [str(identifier), str(week)]:
            return identifier, week
    return None


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(signing_keys(), salt=SALT)
