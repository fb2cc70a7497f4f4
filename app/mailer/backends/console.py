"""Mails printed in the terminal: what `make run` shows."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from app.mailer.backends import Send
from app.mailer.message import Message

if TYPE_CHECKING:
    from config import Settings

RULE = "-" * 72


class ConsoleBackend:
    """Prints the text part, so that its temporary password can be copied with a double click."""

    def __init__(self, _settings: "Settings") -> None:
        """Need no setting."""

    @contextmanager
    def connect(self) -> Iterator[Send]:
        """Print on whatever the standard output is at that moment."""
        yield self._print

    @staticmethod
    def _print(message: Message) -> None:
        printed = (
            f"\n{RULE}\n"
            f"De : {message.sender.name} <{message.sender.address}>\n"
            f"À : {message.recipient}\n"
            f"Objet : {message.subject}\n\n"
            f"{message.text.rstrip()}\n{RULE}\n"
        )
        # One write, so that lines of other threads stay out; no accent may break a poor terminal.
        encoding = sys.stdout.encoding or "utf-8"
        sys.stdout.write(printed.encode(encoding, "replace").decode(encoding))
        sys.stdout.flush()
