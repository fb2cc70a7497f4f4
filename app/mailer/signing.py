"""DKIM: mails signed for the sender's domain, where the mail server does not do it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from app.mailer.backends import Backend, Send
from app.mailer.failures import MailSettingsError
from app.mailer.message import Message, Sender

if TYPE_CHECKING:
    from config import Settings

Sign = Callable[[bytes], bytes]
SAMPLE = b"From: a@b.fr\r\n\r\n"

# RFC 8058 wants it signed; dkimpy does not think of it by itself.
ONE_CLICK = b"list-unsubscribe-post"
# Blanks that a server on the way adds or folds break no signature.
CANONICAL = (b"relaxed", b"relaxed")
BOTH = "PORTAIL_DKIM_SELECTOR et PORTAIL_DKIM_KEY vont ensemble"
INSTALL = "PORTAIL_DKIM_KEY demande dkimpy\u00a0: installez requirements-full.txt"
UNUSABLE = "PORTAIL_DKIM_KEY\u00a0: {} n’est pas une clé privée RSA utilisable ({})"


class Signing:
    """A backend whose mails are signed before they leave."""

    def __init__(self, backend: Backend, sign: Sign) -> None:
        """Sign what this backend sends."""
        self._backend, self._sign = backend, sign

    @contextmanager
    def connect(self) -> Iterator[Send]:
        """Connect it."""
        with self._backend.connect() as send:

            def signed(message: Message) -> None:
                send(replace(message, sign=self._sign))

            yield signed


def signer(settings: "Settings") -> Sign | None:
    """Make what signs, if the town wants it. Raises MailSettingsError when it cannot be made."""
    if not (settings.dkim_selector or settings.dkim_key):
        return None
    if not (settings.dkim_selector and settings.dkim_key):
        raise MailSettingsError(BOTH)
    try:
        import dkim
    except ImportError as error:
        raise MailSettingsError(INSTALL) from error
    path = settings.instance / settings.dkim_key
    selector = settings.dkim_selector.encode()
    domain = Sender.parse(settings.mail_sender).address.rpartition("@")[2].encode("idna")

    def sign(raw: bytes) -> bytes:
        mail = dkim.DKIM(raw, linesep=b"\r\n")
        headers = [*mail.default_sign_headers(), ONE_CLICK]
        signature: bytes = mail.sign(
            selector, domain, key, canonicalize=CANONICAL, include_headers=headers
        )
        return signature + raw

    try:
        key = path.read_bytes()
        sign(SAMPLE)
    except (OSError, ValueError, dkim.DKIMException) as error:
        raise MailSettingsError(UNUSABLE.format(path, type(error).__name__)) from error
    return sign


def is_verified_by(sign: Sign, record: str) -> bool:
    """Tell whether a receiver who finds this record in the DNS believes what is signed."""
    import dkim

    try:
        mail = dkim.DKIM(sign(SAMPLE))
        return bool(mail.verify(dnsfunc=lambda *_name, **_timeout: record.encode()))
    except dkim.DKIMException:
        return False
