"""Mails handed to an SMTP server; a web process that sends none never reads how."""

from contextlib import AbstractContextManager
from functools import cached_property
from typing import TYPE_CHECKING

from app.mailer.backends import Send

if TYPE_CHECKING:
    from ssl import SSLContext

    from config import Settings


class SmtpBackend:
    """Sends through PORTAIL_SMTP_HOST, one connection for many mails."""

    def __init__(self, settings: "Settings") -> None:
        """Remember where the server is."""
        self.settings = settings
        self.timeout: float = settings.smtp_timeout

    @cached_property
    def tls(self) -> "SSLContext":
        """Verify certificates by the system's authorities, or by those SSL_CERT_FILE names."""
        import ssl

        return ssl.create_default_context()

    def connect(self) -> AbstractContextManager[Send]:
        """Connect, check the server's certificate, sign in."""
        # Flask-Mail, smtplib and the email package are a thirtieth of a start.
        from app.mailer.backends import smtp_connection

        return smtp_connection.connect(self)
