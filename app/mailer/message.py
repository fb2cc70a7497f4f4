"""A mail ready to leave, and its bytes."""

import binascii
import hashlib
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.header import Header
from email.utils import format_datetime, formataddr
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from app.mailer.failures import MailSettingsError, PermanentFailure

if TYPE_CHECKING:
    from config import Settings

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# Stricter than the standard on purpose: no quotes, comments, lists nor routes, whatever leads to a
# second recipient or header. Towns' addresses (a@mairie.info, a@ecole.bzh, A@X.fr) all fit.
ADDRESS = re.compile(r"([\w!#$%&'*+/=?^`{|}~.-]{1,64})@((?:[\w-]{1,63}\.)*[\w-]{1,63})")
SENDER = re.compile(r'\s*"?(?P<name>[^"<>]*?)"?\s*<(?P<address>[^<>]+)>\s*')

UUID_BYTES = 16
LINE = 78
# No line of quoted-printable holds it.
BOUNDARY = "=_portail"
LAST_LINE = f"--{BOUNDARY}--\r\n".encode()


class Sender(NamedTuple):
    """Who the mails come from."""

    name: str
    address: str

    @classmethod
    def parse(cls, text: str) -> "Sender":
        """Read « Mairie, service enfance <portail@commune.fr> », commas in the name included.

        Raises MailSettingsError when there is no usable address in it.
        """
        parts = SENDER.fullmatch(text)
        name, address = (parts["name"], parts["address"]) if parts else ("", text.strip())
        if CONTROL.search(name) or not ADDRESS.fullmatch(address):
            raise MailSettingsError(
                f"PORTAIL_MAIL_SENDER vaut « {text} », "
                "une adresse comme « Portail famille <portail@commune.fr> » est attendue"
            )
        return cls(name, address)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One mail to one person, in text and in HTML.

    Raises PermanentFailure when nobody can be written to at this address.
    """

    sender: Sender
    recipient: str
    subject: str
    text: str = field(repr=False)
    html: str = field(repr=False)
    # Of the mail's identifiers.
    domain: str
    # What tells this mail from any other, each time it is tried: its identifiers follow from it, so
    # that a second copy is known for one. Without it each has identifiers of its own.
    key: str = ""
    # Where servers send back what they cannot deliver; the sender's address when empty.
    bounces_to: str = ""
    # Where one press stops mails of this sort; empty for those that nobody may do without.
    unsubscribe_url: str = ""
    # Adds a signature to the bytes that leave, where the town signs.
    sign: Callable[[bytes], bytes] = field(default=bytes, repr=False, compare=False)
    date: datetime = field(default_factory=lambda: datetime.now(UTC))
    message_id: str = ""
    # Mail programs thread by it: each mail is then its own conversation, never hidden in another.
    references: str = ""

    def __post_init__(self) -> None:
        """Refuse what could slip into a header, and name the mail."""
        if CONTROL.search(self.subject):
            raise ValueError("a subject is one line")
        object.__setattr__(self, "recipient", ascii_address(self.recipient))
        object.__setattr__(self, "message_id", self._identifier("message"))
        object.__setattr__(self, "references", self._identifier("references"))

    @property
    def headers(self) -> dict[str, str]:
        """Every header but those of the MIME structure, ready for the wire."""
        return {
            "From": _encoded_sender(self.sender),
            "To": self.recipient,
            "Subject": _encoded_subject(self.subject),
            "Date": format_datetime(self.date),
            "Message-ID": self.message_id,
            "References": self.references,
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
            "Content-Language": "fr",
            **self._unsubscribing(),
        }

    def _unsubscribing(self) -> dict[str, str]:
        """Let mail programs offer to stop these mails, by one press (RFC 2369, RFC 8058)."""
        if not self.unsubscribe_url:
            return {}
        return {
            "List-Unsubscribe": f"<{self.unsubscribe_url}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }

    @property
    def envelope_sender(self) -> str:
        """Give the address that servers know: what they cannot deliver comes back to it."""
        return self.bounces_to or self.sender.address

    def _identifier(self, purpose: str) -> str:
        # UUIDs keep their dashes: nothing here may look like a temporary password.
        digest = hashlib.sha256(f"{purpose} {self.domain} {self.key}".encode()).digest()
        drawn = uuid.UUID(bytes=digest[:UUID_BYTES], version=4) if self.key else uuid.uuid4()
        return f"<{drawn}@{self.domain}>"

    def as_bytes(self) -> bytes:
        """Write the mail as SMTP carries it: quoted-printable, lines of 76 at most, CRLF."""
        structure = {
            "MIME-Version": "1.0",
            "Content-Type": f'multipart/alternative; boundary="{BOUNDARY}"',
        }
        parts = (_part("plain", self.text), _part("html", self.html))
        return self.sign(b"".join((_head(self.headers | structure), *parts, LAST_LINE)))


def _head(headers: Mapping[str, str]) -> bytes:
    """Write headers that are ready: the standard library would parse each of them once more."""
    lines = (f"{name}: {value}\r\n" for name, value in headers.items())
    # A link cannot be folded, but it can stand on a line of its own, as an address behind a name.
    folded = (line.replace(" <", "\r\n <") if len(line) > LINE else line for line in lines)
    return f"{''.join(folded)}\r\n".encode("ascii")


def _part(subtype: str, content: str) -> bytes:
    """Write one part in quoted-printable, which people can read."""
    head = _head(
        {
            "Content-Type": f'text/{subtype}; charset="utf-8"',
            "Content-Transfer-Encoding": "quoted-printable",
        }
    )
    lines = content.replace("\r\n", "\n").replace("\r", "\n").encode()
    written = binascii.b2a_qp(lines).replace(b"\n", b"\r\n")
    return b"".join((f"--{BOUNDARY}\r\n".encode(), head, written, b"\r\n"))


def domain_of(settings: "Settings") -> str:
    """Choose the domain of the Message-IDs: the portal's, or the sender's when that is no name."""
    host = urlsplit(settings.public_url).hostname or ""
    if "." in host and not host.replace(".", "").isdigit():
        return host.encode("idna").decode()
    return ascii_address(Sender.parse(settings.mail_sender).address).rpartition("@")[2]


def ascii_address(address: str) -> str:
    """Return the address as SMTP takes it, its domain in ASCII.

    Raises PermanentFailure for what is not one plain address.
    """
    parts = ADDRESS.fullmatch(address.strip(" "))
    if not parts or not parts[1].isascii() or ".." in address:
        raise PermanentFailure("L’adresse enregistrée n’est pas une adresse de courriel utilisable")
    try:
        return f"{parts[1]}@{parts[2].encode('idna').decode()}"
    except UnicodeError:
        raise PermanentFailure("Le domaine de l’adresse enregistrée n’existe pas") from None


@lru_cache(maxsize=64)
def _encoded_sender(sender: Sender) -> str:
    return formataddr((sender.name, ascii_address(sender.address)))


@lru_cache(maxsize=64)
def _encoded_subject(value: str) -> str:
    if value.isascii():
        return value
    return Header(value, "utf-8", header_name="Subject").encode(linesep="\r\n")
