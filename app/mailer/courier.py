"""Who carries the mails from their queue to their backend, and watches for them."""

from typing import TYPE_CHECKING, Any

from flask import current_app

from app import db
from app.background import Watcher
from app.mailer import backends, delivery, signing
from app.mailer.delivery import NAME, Queue, Tally
from app.mailer.message import Sender

if TYPE_CHECKING:
    from flask import Flask

    from config import Settings

EXTENSION = "portail.courier"


class Courier(Watcher):
    """Carries the mails of one application from its queue to its backend."""

    def __init__(self, app: "Flask", settings: "Settings", queue: Queue[Any]) -> None:
        """Choose the backend. Raises MailSettingsError when the settings cannot be used."""
        super().__init__(app, NAME, settings.mail_delivery)
        Sender.parse(settings.mail_sender)
        self.backend = backends.choose(settings)
        self._sign = signing.signer(settings)
        self._queue = queue

    def make_pass(self) -> bool:
        """Send what is due now; tell whether mails can leave."""
        return not self.deliver().unavailable

    def deliver(self) -> Tally:
        """Send what is due now, in a context and a database session of its own."""
        with self._app.app_context():
            db.take_time()
            backend = signing.Signing(self.backend, self._sign) if self._sign else self.backend
            return delivery.deliver(self._queue, backend, self.stopping)

    def is_verified_by(self, record: str) -> bool:
        """Tell whether what the DNS publishes is the key that signs our mails."""
        return self._sign is not None and signing.is_verified_by(self._sign, record)


def courier() -> Courier:
    """Return the courier of the current application."""
    found: Courier = current_app.extensions[EXTENSION]
    return found


def init_app(app: "Flask", settings: "Settings", queue: Queue[Any]) -> None:
    """Give the application its courier. Raises MailSettingsError when it cannot have one."""
    app.extensions[EXTENSION] = Courier(app, settings, queue)
