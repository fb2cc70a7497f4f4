"""What an outside tester needs: the mails that the portal sent.

Once the portal is installed by pip, pytest finds this plugin by itself. In a clone, a conftest.py
names it: `pytest_plugins = ["app.testing"]`. It gives the fixture `outbox`, on top of a fixture
`app` of your own; see `docs/mail.md`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cached_property

import pytest
from flask import Flask

from app.mailer.backends.memory import MemoryBackend
from app.mailer.courier import EXTENSION, Courier

SECRET = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")
LINK = re.compile(r"https?://\S+/mot-de-passe/lien/\S+")


@dataclass(frozen=True)
class CapturedMail:
    """A mail as its recipient got it: everything is read back from the bytes that left."""

    recipient: str
    raw: bytes

    @cached_property
    def parsed(self) -> EmailMessage:
        """The mail, with its headers."""
        parsed = message_from_bytes(self.raw, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed

    @property
    def subject(self) -> str:
        """The subject, decoded."""
        return str(self.parsed["Subject"])

    @cached_property
    def text(self) -> str:
        """The text part, decoded."""
        return self._part("plain")

    @cached_property
    def html(self) -> str:
        """The HTML part, decoded."""
        return self._part("html")

    @property
    def temporary_password(self) -> str:
        """The temporary password in it. Raises LookupError when it carries none."""
        return self._find(SECRET, "temporary password")

    @property
    def link(self) -> str:
        """The link that opens « Choisissez votre mot de passe ». Raises LookupError without one."""
        return self._find(LINK, "link")

    def _part(self, subtype: str) -> str:
        part = self.parsed.get_body((subtype,))
        assert part is not None, f"no {subtype} part"
        return str(part.get_content()).replace("\r\n", "\n")

    def _find(self, pattern: re.Pattern[str], what: str) -> str:
        found = pattern.search(self.text)
        if not found:
            raise LookupError(f"no {what} in the mail « {self.subject} »")
        return found[0]


class Outbox:
    """The mails an application sent, the oldest first."""

    def __init__(self, app: Flask) -> None:
        """Look into the memory backend of this application."""
        courier: Courier = app.extensions[EXTENSION]
        if not isinstance(courier.backend, MemoryBackend):
            raise TypeError("captured mails need PORTAIL_MAIL_BACKEND=memory")
        self._sent = courier.backend.sent

    def __len__(self) -> int:
        """Count them."""
        return len(self._sent)

    def __iter__(self) -> Iterator[CapturedMail]:
        """Read them in order."""
        return (CapturedMail(message.recipient, raw) for message, raw in self._sent)

    def __getitem__(self, position: int) -> CapturedMail:
        """Read one of them."""
        return list(self)[position]

    @property
    def latest(self) -> CapturedMail:
        """The last one that left. Raises LookupError when none did."""
        if not self._sent:
            raise LookupError("no mail was sent")
        return self[-1]

    def to(self, recipient: str) -> list[CapturedMail]:
        """Those that one person got."""
        return [mail for mail in self if mail.recipient == recipient]

    def clear(self) -> None:
        """Forget them all."""
        self._sent.clear()


@pytest.fixture
def outbox(app: Flask) -> Outbox:
    """The mails that the application under test sent."""
    return Outbox(app)
