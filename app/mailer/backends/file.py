"""Mails written to a folder, one .eml each, that any mail program opens."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from app.mailer.backends import Send
from app.mailer.failures import Unavailable
from app.mailer.message import Message

if TYPE_CHECKING:
    from config import Settings


class FileBackend:
    """Writes to PORTAIL_MAIL_DIR, for its owner only: the files hold secrets."""

    def __init__(self, settings: "Settings") -> None:
        """Remember the folder."""
        self.folder = settings.mail_dir

    @contextmanager
    def connect(self) -> Iterator[Send]:
        """Make the folder."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise Unavailable(f"Le dossier {self.folder} ne peut pas être créé") from error
        yield self._write

    def _write(self, message: Message) -> None:
        name = f"{message.date:%Y%m%dT%H%M%S.%f}-{uuid.uuid4().hex[:8]}.eml"
        partial = self.folder / f".{name}"
        try:
            _write_privately(partial, message.as_bytes())
            # Whoever watches the folder sees whole files only.
            partial.rename(self.folder / name)
        except OSError as error:
            raise Unavailable(f"Le dossier {self.folder} ne peut pas être écrit") from error


def _write_privately(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
