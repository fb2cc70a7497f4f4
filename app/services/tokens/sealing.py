"""Words that wait in a visitor's cookie, where whoever reads the cookie finds noise."""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error

from app.services.tokens.signing import signing_keys

NONCE_BYTES = MARK_BYTES = 16


def seal(words: str) -> str:
    """Hide words, so that only this portal reads them again."""
    key, nonce = signing_keys()[-1], secrets.token_bytes(NONCE_BYTES)
    hidden = _mixed(words.encode("utf-8", "surrogatepass"), key, nonce)
    return urlsafe_b64encode(nonce + _mark(key, nonce, hidden) + hidden).decode()


def unseal(sealed: str) -> str | None:
    """Read sealed words; None for what none of our keys sealed."""
    try:
        raw = urlsafe_b64decode(sealed)
    except (Error, ValueError):
        return None
    nonce, mark = raw[:NONCE_BYTES], raw[NONCE_BYTES : NONCE_BYTES + MARK_BYTES]
    hidden = raw[NONCE_BYTES + MARK_BYTES :]
    for key in signing_keys():
        if hmac.compare_digest(mark, _mark(key, nonce, hidden)):
            return _mixed(hidden, key, nonce).decode("utf-8", "surrogatepass")
    return None


def _mixed(raw: bytes, key: str, nonce: bytes) -> bytes:
    """Add a stream that only the key gives, and once for a nonce; adding it again takes it away."""
    stream = hashlib.shake_256(b"sealed words\0" + nonce + key.encode()).digest(len(raw))
    return bytes(one ^ other for one, other in zip(raw, stream, strict=True))


def _mark(key: str, nonce: bytes, hidden: bytes) -> bytes:
    message = b"sealed words\0" + nonce + hidden
    return hmac.new(key.encode(), message, hashlib.sha256).digest()[:MARK_BYTES]
