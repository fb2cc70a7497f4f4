"""What browsers keep and give back, signed as Flask and Flask-WTF read it.

Keys are derived once. Nothing is compressed: of a hundred signs that wins little, and costs a page
more than all the rest of it.
"""

from typing import Any

from itsdangerous import TimestampSigner, URLSafeTimedSerializer
from itsdangerous.encoding import base64_encode
from itsdangerous.url_safe import URLSafeSerializerMixin


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
    """Signs some hundred signs at most, by the same signer each time."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Make it."""
        super().__init__(*args, signer=KnownKeys, **kwargs)
        self._signer = super().make_signer()

    def make_signer(self, salt: str | bytes | None = None) -> Any:
        """Give the one of this serializer's own salt, which nobody asks another of."""
        assert salt in {None, self.salt}
        return self._signer

    def dump_payload(self, obj: Any) -> bytes:
        """Write it as it is; what was compressed before is still read."""
        return base64_encode(super(URLSafeSerializerMixin, self).dump_payload(obj))
