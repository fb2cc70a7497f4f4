"""What browsers keep and give back, signed as Flask and Flask-WTF read it.

Keys are derived once. What is small is not compressed: of a hundred signs that wins little, and
costs a page more than all the rest of it.
"""

from typing import Any

from itsdangerous import TimestampSigner, URLSafeTimedSerializer
from itsdangerous.encoding import base64_encode
from itsdangerous.url_safe import URLSafeSerializerMixin

# A browser keeps 4,093 bytes of a cookie: notices that nobody has read yet may be many.
LARGE = 1_000


class KnownKeys(TimestampSigner):
    """Derives a key once for each secret: both stay as they are."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Know none yet."""
        super().__init__(*args, **kwargs)
        self._derived: dict[str | bytes | None, bytes] = {}

    def derive_key(self, secret_key: str | bytes | None = None) -> bytes:
        """Give the key of this secret, or of the newest."""
        if secret_key not in self._derived:
            self._derived[secret_key] = super().derive_key(secret_key)
        return self._derived[secret_key]


class SmallValues(URLSafeTimedSerializer):
    """Signs some hundred signs mostly, by the same signer each time."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Make it."""
        super().__init__(*args, signer=KnownKeys, **kwargs)
        self._signer = super().make_signer()

    def make_signer(self, salt: str | bytes | None = None) -> Any:
        """Give the one of this serializer's own salt, which nobody asks another of."""
        assert salt in {None, self.salt}
        return self._signer

    def dump_payload(self, obj: Any) -> bytes:
        """Write it as it is, unless it is large; either is read."""
        written = super(URLSafeSerializerMixin, self).dump_payload(obj)
        return super().dump_payload(obj) if len(written) > LARGE else base64_encode(written)
