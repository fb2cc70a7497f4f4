"""Mails handed to an SMTP server, through Flask-Mail.

Flask-Mail 0.10 waits for ever and verifies no certificate under STARTTLS: its way of connecting is
replaced here. Its own writing of the mail chooses base64 and loses a sender with a comma: the bytes
are the message's, the same for every backend.
"""

import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import cached_property
from threading import Event, Thread
from time import monotonic
from types import TracebackType
from typing import TYPE_CHECKING

import flask_mail

from app.mailer import backends
from app.mailer.backends import Send
from app.mailer.failures import MailError, PermanentFailure, TemporaryFailure, Unavailable
from app.mailer.message import Message

if TYPE_CHECKING:
    from config import Settings

FIRST_PERMANENT_CODE = 500
# « Closing », or « authentication required » and the like: the server or our settings are the
# trouble, not this mail.
CODES_FOR_EVERY_MAIL = frozenset({421, 530, 534, 535, 538})
LOOK_EVERY_SECONDS = 0.2


class SmtpBackend:
    """Sends through PORTAIL_SMTP_HOST, one connection for many mails."""

    def __init__(self, settings: "Settings") -> None:
        """Remember where the server is."""
        self.settings = settings
        self.timeout: float = settings.smtp_timeout

    @cached_property
    def tls(self) -> ssl.SSLContext:
        """Verify certificates by the system's authorities, or by those SSL_CERT_FILE names."""
        return ssl.create_default_context()

    @contextmanager
    def connect(self) -> Iterator[Send]:
        """Connect, check the server's certificate, sign in."""
        with ExitStack() as stack:
            try:
                connection = stack.enter_context(_Connection(self))
            except OSError as error:
                raise Unavailable(self._explain(error)) from error
            guard = stack.enter_context(_Guard(connection))
            envelope = _Envelope(sender=self.settings.mail_sender)

            def send(message: Message) -> None:
                envelope.fill(message)
                try:
                    with guard.limit():
                        connection.send(envelope, envelope_from=message.sender.address)
                except OSError as error:
                    failure = self._failure(error)
                    connection.broken = isinstance(failure, Unavailable)
                    raise failure from error

            yield send

    def _failure(self, error: OSError) -> MailError:
        reason = self._explain(error)
        answer = _answer(error)
        if answer is None or answer[0] in CODES_FOR_EVERY_MAIL:
            return Unavailable(reason)
        permanent = answer[0] >= FIRST_PERMANENT_CODE
        return PermanentFailure(reason) if permanent else TemporaryFailure(reason)

    def _explain(self, error: OSError) -> str:
        """Say in French what happened; every error of smtplib is an OSError too."""
        server = f"Le serveur de courrier {self.settings.smtp_host}:{self.settings.smtp_port}"
        return f"{server} {_complaint(error)}"


class _Connection(flask_mail.Connection):
    """Flask-Mail's connection, opened with a timeout and a verified certificate."""

    def __init__(self, backend: SmtpBackend) -> None:
        settings = backend.settings
        self._backend = backend
        # After a failure, saying goodbye would only wait once more.
        self.broken = False
        state = flask_mail.Mail().init_mail(
            {
                "MAIL_SERVER": settings.smtp_host,
                "MAIL_PORT": settings.smtp_port,
                "MAIL_USERNAME": settings.smtp_username,
                "MAIL_PASSWORD": settings.smtp_password,
                "MAIL_USE_TLS": settings.smtp_security == "starttls",
                "MAIL_USE_SSL": settings.smtp_security == "tls",
                # The choice of a backend says whether mails leave, not TESTING.
                "MAIL_SUPPRESS_SEND": False,
            }
        )
        # Flask-Mail, too, gives its connection the state rather than the extension.
        super().__init__(state)  # type: ignore[arg-type]

    def configure_host(self) -> smtplib.SMTP:
        """Connect, secure, sign in; close again when any of it fails."""
        server, timeout = (self.mail.server, self.mail.port), self._backend.timeout
        host: smtplib.SMTP
        if self.mail.use_ssl:
            host = smtplib.SMTP_SSL(*server, timeout=timeout, context=self._backend.tls)
        else:
            host = smtplib.SMTP(*server, timeout=timeout)
        try:
            if self.mail.use_tls:
                host.starttls(context=self._backend.tls)
            if self.mail.username:
                host.login(self.mail.username, self.mail.password)
        except BaseException:
            host.close()
            raise
        return host

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        """Say goodbye, to a server that still listens."""
        assert self.host is not None
        if not self.broken:
            with suppress(OSError):
                self.host.quit()
        self.host.close()

    def cut(self) -> None:
        """Break the connection from another thread: whatever waits on it fails at once."""
        sock = self.host.sock if self.host else None
        if sock is not None:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)


class _Envelope(flask_mail.Message):
    """What Flask-Mail checks and addresses, with the bytes of our message inside.

    One serves a whole connection: each new one asks the network for the machine's name.
    """

    def fill(self, message: Message) -> None:
        """Put a message in."""
        self.recipients = [message.recipient]
        self.sender = (message.sender.name, message.sender.address)
        self.subject = message.subject
        self._raw = message.as_bytes()

    def as_bytes(self) -> bytes:
        """Give the message as it is."""
        return self._raw


class _Guard:
    """Cuts a connection when one mail takes too long on it.

    A timeout is not enough: a server that sends a byte now and then would keep a mail beyond its
    lease, and another sender would take it.
    """

    def __init__(self, connection: _Connection) -> None:
        self._connection = connection
        self._ended = Event()
        self._until: float | None = None

    def __enter__(self) -> "_Guard":
        Thread(target=self._watch, name="smtp-guard", daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ended.set()

    @contextmanager
    def limit(self) -> Iterator[None]:
        """Allow this block its time, no more."""
        self._until = monotonic() + backends.SEND_LIMIT.total_seconds()
        try:
            yield
        finally:
            self._until = None

    def _watch(self) -> None:
        while not self._ended.wait(LOOK_EVERY_SECONDS):
            until = self._until
            if until is not None and monotonic() > until:
                self._connection.cut()


def _answer(error: OSError) -> tuple[int, bytes | str] | None:
    """Find what the server said, if it said anything."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        # One recipient a mail.
        answers: dict[str, tuple[int, bytes]] = error.recipients
        return next(iter(answers.values()))
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code, error.smtp_error
    return None


def _complaint(error: OSError) -> str:
    # smtplib tells a silence from a hang-up only by the cause.
    causes = (error.__context__, error)
    for kind, words in COMPLAINTS.items():
        if any(isinstance(cause, kind) for cause in causes):
            return words
    answer = _answer(error)
    if answer is None:
        return f"est injoignable ({type(error).__name__})"
    code, text = answer
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    return f"a répondu « {code} {text} »"


# The first that fits is said.
COMPLAINTS: dict[type[OSError], str] = {
    TimeoutError: "n’a pas répondu à temps",
    ConnectionRefusedError: "refuse la connexion",
    socket.gaierror: "est introuvable : vérifiez PORTAIL_SMTP_HOST",
    ssl.SSLCertVerificationError: "présente un certificat qui n’est pas valable",
    ssl.SSLError: "ne parle pas TLS comme prévu : vérifiez PORTAIL_SMTP_SECURITY",
    smtplib.SMTPAuthenticationError: ("refuse PORTAIL_SMTP_USERNAME ou PORTAIL_SMTP_PASSWORD"),
    smtplib.SMTPNotSupportedError: (
        "ne propose pas ce que demandent PORTAIL_SMTP_SECURITY ou PORTAIL_SMTP_USERNAME"
    ),
    smtplib.SMTPServerDisconnected: "a coupé la connexion",
}
