"""A connection to an SMTP server, through Flask-Mail.

Flask-Mail 0.10 waits for ever and verifies no certificate under STARTTLS: its way of connecting is
replaced here. Its own writing of the mail chooses base64 and loses a sender with a comma: the bytes
are the message's, the same for every backend.
"""

import base64
import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from threading import Event, Thread
from time import monotonic
from types import TracebackType
from typing import TYPE_CHECKING

import flask_mail

from app.mailer import backends
from app.mailer.answers import Answer
from app.mailer.backends import Send
from app.mailer.failures import MailError, PerhapsSent, Unavailable
from app.mailer.message import Message

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

    from app.mailer.backends.smtp import SmtpBackend
    from config import Settings

# What ends a mail on the wire.
END_OF_MAIL = b"\r\n.\r\n"
# Signed in, or already.
SIGNED_IN = frozenset({235, 503})
LOOK_EVERY_SECONDS = 0.2


@contextmanager
def connect(backend: "SmtpBackend") -> Iterator[Send]:
    """Connect, check the server's certificate, sign in."""
    with ExitStack() as stack:
        try:
            connection = stack.enter_context(_Connection(backend))
        except (OSError, UnicodeError) as error:
            raise Unavailable(str(_failure(backend.settings, error))) from error
        guard = stack.enter_context(_Guard(connection))
        envelope = _Envelope(sender=backend.settings.mail_sender)

        def send(message: Message) -> None:
            envelope.fill(message)
            try:
                with guard.limit():
                    connection.send(envelope, envelope_from=message.envelope_sender)
            except OSError as error:
                failure = _failure(backend.settings, error)
                connection.broken = isinstance(failure, Unavailable)
                if _answer(error) is None and connection.handed_over:
                    failure = PerhapsSent(f"{failure}, une fois le courriel remis")
                raise failure from error

        yield send


class _Host(smtplib.SMTP):
    """Remembers whether the last thing it sent was a whole mail."""

    handed_over = False

    def send(self, s: "ReadableBuffer | str") -> None:
        """Send it."""
        self.handed_over = False
        super().send(s)
        self.handed_over = isinstance(s, bytes) and s.endswith(END_OF_MAIL)


class _TlsHost(_Host, smtplib.SMTP_SSL):
    """Under TLS from the first byte."""


class _Connection(flask_mail.Connection):
    """Flask-Mail's connection, opened with a timeout and a verified certificate."""

    def __init__(self, backend: "SmtpBackend") -> None:
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
            host = _TlsHost(*server, timeout=timeout, context=self._backend.tls)
        else:
            host = _Host(*server, timeout=timeout)
        try:
            if self.mail.use_tls:
                host.starttls(context=self._backend.tls)
            if self.mail.username:
                _sign_in(host, self.mail.username, self.mail.password or "")
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

    @property
    def handed_over(self) -> bool:
        """Tell whether a whole mail was sent last: without an answer, it may have been taken."""
        return isinstance(self.host, _Host) and self.host.handed_over

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


def _failure(settings: "Settings", error: OSError | UnicodeError) -> MailError:
    """Say in French what happened; every error of smtplib is an OSError too."""
    server = f"{settings.smtp_host}:{settings.smtp_port}"
    words = _complaint(error)
    answer = _answer(error)
    if answer is not None and not words:
        return answer.failure(server)
    words = words or f"est injoignable ({type(error).__name__})"
    return Unavailable(f"Le serveur de courrier {server} {words}")


def _sign_in(host: smtplib.SMTP, username: str, password: str) -> None:
    """Sign in; smtplib writes ASCII only, where RFC 4616 wants UTF-8."""
    if (username + password).isascii():
        host.login(username, password)
        return
    host.ehlo_or_helo_if_needed()
    if "PLAIN" not in host.esmtp_features.get("auth", "").split():
        raise smtplib.SMTPNotSupportedError("AUTH PLAIN")
    credentials = base64.b64encode(f"\0{username}\0{password}".encode())
    code, text = host.docmd("AUTH", f"PLAIN {credentials.decode()}")
    if code not in SIGNED_IN:
        raise smtplib.SMTPAuthenticationError(code, text)


def _answer(error: OSError | UnicodeError) -> Answer | None:
    """Find what the server said, if it said anything, and to what."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        # One recipient a mail.
        answers: dict[str, tuple[int, bytes]] = error.recipients
        return _said(*next(iter(answers.values())), command="RCPT")
    if isinstance(error, smtplib.SMTPResponseException):
        command = next((name for kind, name in COMMANDS.items() if isinstance(error, kind)), "")
        return _said(error.smtp_code, error.smtp_error, command)
    return None


def _said(code: int, text: bytes | str, command: str) -> Answer:
    return Answer(
        code, text.decode("utf-8", "replace") if isinstance(text, bytes) else text, command
    )


def _complaint(error: OSError | UnicodeError) -> str:
    # smtplib tells a silence from a hang-up only by the cause.
    causes = (error.__context__, error)
    found = (
        words
        for kind, words in COMPLAINTS.items()
        if any(isinstance(cause, kind) for cause in causes)
    )
    return next(found, "")


COMMANDS: dict[type[OSError], str] = {
    smtplib.SMTPSenderRefused: "MAIL",
    smtplib.SMTPDataError: "DATA",
}
# The first that fits is said.
COMPLAINTS: dict[type[Exception], str] = {
    TimeoutError: "n’a pas répondu à temps",
    ConnectionRefusedError: "refuse la connexion",
    UnicodeError: "ne peut pas porter ce nom\u00a0: vérifiez PORTAIL_SMTP_HOST",
    socket.gaierror: "est introuvable : vérifiez PORTAIL_SMTP_HOST",
    ssl.SSLCertVerificationError: "présente un certificat qui n’est pas valable",
    ssl.SSLError: "ne parle pas TLS comme prévu : vérifiez PORTAIL_SMTP_SECURITY",
    smtplib.SMTPAuthenticationError: ("refuse PORTAIL_SMTP_USERNAME ou PORTAIL_SMTP_PASSWORD"),
    smtplib.SMTPNotSupportedError: (
        "ne propose pas ce que demandent PORTAIL_SMTP_SECURITY ou PORTAIL_SMTP_USERNAME"
    ),
    smtplib.SMTPServerDisconnected: "a coupé la connexion",
}
