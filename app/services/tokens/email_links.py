"""The link that confirms an address: it names a change of address, and is signed."""

from itsdangerous import BadSignature, URLSafeSerializer

from app.services.tokens.signing import signing_keys

SALT = "email-change-link"


def token_for(change_id: int) -> str:
    """Sign the link of a change, when its mail is written."""
    return _serializer().dumps(change_id)


def change_of(token: str) -> int | None:
    """Return the number of the change that a link stands for; None for what we never signed."""
    try:
        change_id: int = _serializer().loads(token)
    except BadSignature:
        return None
    return change_id


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(signing_keys(), salt=SALT)
