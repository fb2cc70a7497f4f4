"""How mails leave the portal: the contract of a backend, and the choice of one.

`docs/mail.md` shows how to write another; tests run its example.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from importlib import import_module
from typing import TYPE_CHECKING, Protocol

from app.mailer.failures import MailSettingsError
from app.mailer.message import Message

if TYPE_CHECKING:
    from config import Settings

# The longest a backend may take over one mail: senders keep theirs for a limited time.
SEND_LIMIT = timedelta(seconds=30)

Send = Callable[[Message], None]

BUILT_IN = {
    "console": "app.mailer.backends.console:ConsoleBackend",
    "file": "app.mailer.backends.file:FileBackend",
    "memory": "app.mailer.backends.memory:MemoryBackend",
    "smtp": "app.mailer.backends.smtp:SmtpBackend",
}


class Backend(Protocol):
    """Built once with the settings; `connect` may be called from several threads."""

    def connect(self) -> AbstractContextManager[Send]:
        """Open one connection for many mails, and give the function that sends one.

        Opening it raises Unavailable when no mail can leave. Sending returns when the mail is
        handed over, within SEND_LIMIT, or raises Unavailable, TemporaryFailure or
        PermanentFailure.
        """


def choose(settings: "Settings") -> Backend:
    """Make the backend that PORTAIL_MAIL_BACKEND names, or the class at a dotted path.

    Raises MailSettingsError when there is none.
    """
    name = settings.mail_backend
    module, _, attribute = BUILT_IN.get(name, name).partition(":")
    try:
        backend: Backend = getattr(import_module(module), attribute)(settings)
    except KeyError as error:
        missing = str(error.args[0]).upper()
        raise MailSettingsError(f"PORTAIL_{missing} manque\u00a0: {name} en a besoin") from error
    except (ImportError, AttributeError, ValueError) as error:
        choices = ", ".join(sorted(BUILT_IN))
        raise MailSettingsError(
            f"PORTAIL_MAIL_BACKEND vaut « {name} », choisissez parmi {choices} "
            f"ou donnez « paquet.module:Classe » ({error})"
        ) from error
    return backend
