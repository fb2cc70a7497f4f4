"""Mails kept in memory: what the tests read."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from app.mailer.backends import Send
from app.mailer.message import Message

if TYPE_CHECKING:
    from config import Settings


class MemoryBackend:
    """Keeps each message with the bytes that would have left."""

    def __init__(self, _settings: "Settings") -> None:
        """Start empty."""
        self.sent: list[tuple[Message, bytes]] = []

    @contextmanager
    def connect(self) -> Iterator[Send]:
        """Keep what is sent."""
        yield lambda message: self.sent.append((message, message.as_bytes()))
