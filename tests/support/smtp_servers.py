"""Real SMTP servers for the tests: a good one, with and without TLS, and every kind of bad one."""

import asyncio
import socket
import ssl
import subprocess
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

HOST = "127.0.0.1"
A_MOMENT = 0.01
# Instead of an answer: keep silent, or hang up.
SILENCE = "silence"
HANG_UP = "hang up"

ACCOUNT = ("portail", "correct horse")


@dataclass
class Mailbox:
    """A server's handler: accepts and keeps every mail, but for what its script says.

    The script holds, for MAIL, RCPT and DATA, the next answers to give; when it has none left the
    server is a good one again. A mail whose DATA is not answered was received all the same.
    """

    script: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    delay: float = 0
    connections: int = 0
    port: int = 0
    received: list[bytes] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)

    def mails(self) -> list[EmailMessage]:
        """All that was received."""
        return [
            message_from_bytes(raw, EmailMessage, policy=policy.default) for raw in self.received
        ]

    def newest(self) -> EmailMessage:
        """The last of them."""
        return self.mails()[-1]

    async def handle_EHLO(  # noqa: N802
        self,
        _server: SMTP,
        session: Session,
        _envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        """Count the connections."""
        session.host_name = hostname
        self.connections += 1
        return responses

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        """Take the sender."""
        envelope.mail_from = address
        return await self._answer("MAIL", server)

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        """Take the recipient."""
        answer = await self._answer("RCPT", server)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Take the mail."""
        refused = self.script["DATA"] and self.script["DATA"][0][0] in "45"
        if not refused:
            assert isinstance(envelope.content, bytes)
            self.received.append(envelope.content)
            self.recipients += envelope.rcpt_tos
        return await self._answer("DATA", server)

    async def _answer(self, stage: str, server: SMTP) -> str:
        await asyncio.sleep(self.delay)
        answer = self.script[stage].pop(0) if self.script[stage] else "250 OK"
        if answer == SILENCE:
            await asyncio.Event().wait()
        if answer == HANG_UP:
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
        return answer


class _Server(Controller):
    """Hangs up on whoever is still there when it ends."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """Nobody is there yet."""
        super().__init__(*arguments, **options)
        self._talks: list[SMTP] = []

    def factory(self) -> SMTP:
        """Answer a connection, and remember it."""
        talk: SMTP = super().factory()  # type: ignore[no-untyped-call]
        self._talks.append(talk)
        return talk

    def cancel_tasks(self, stop_loop: bool = True) -> None:
        """End: aiosmtpd would leave connections open, to nobody.

        Whoever was let in this moment is there in the next one, and is gone in the one after.
        """
        assert self.server is not None
        self.server.close()
        self.loop.call_later(A_MOMENT, self._hang_up, stop_loop)

    def _hang_up(self, stop_loop: bool) -> None:
        for talk in self._talks:
            if isinstance(talk.transport, asyncio.WriteTransport):
                talk.transport.abort()
        self.loop.call_later(A_MOMENT, super().cancel_tasks, stop_loop)


@contextmanager
def serve(
    mailbox: Mailbox,
    security: str = "none",
    context: ssl.SSLContext | None = None,
    *,
    account: tuple[str, str] | None = None,
) -> Iterator[Mailbox]:
    """Run a server for this mailbox, in a thread of this process.

    With an account, it wants this name and this password.
    """
    mailbox.port = mailbox.port or free_port()
    controller = _Server(
        mailbox,
        hostname=HOST,
        port=mailbox.port,
        ssl_context=context if security == "tls" else None,
        tls_context=context if security == "starttls" else None,
        require_starttls=security == "starttls",
        # Without TLS an account is offered, and not compulsory.
        auth_required=account is not None and security != "none",
        auth_require_tls=account is None or security != "none",
        authenticator=account and _only(*account),
    )
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()


@contextmanager
def silent(port: int = 0) -> Iterator[int]:
    """Accept connections and never say a word; give the port."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen()
        yield listener.getsockname()[1]


def free_port() -> int:
    """Find a port where nobody listens."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def certificate(folder: Path, name: str = f"IP:{HOST}") -> Path:
    """Make a certificate for this name, its own authority, with its key in the same file."""
    path = folder / "certificate.pem"
    command = (
        "openssl req -x509 -nodes -days 2 -subj /CN=test -newkey ec "
        "-pkeyopt ec_paramgen_curve:prime256v1 -keyout certificate.pem -out public.pem "
        f"-addext subjectAltName={name}"
    )
    subprocess.run(command.split(), cwd=folder, check=True, capture_output=True)
    path.write_bytes(path.read_bytes() + (folder / "public.pem").read_bytes())
    return path


def server_context(path: Path) -> ssl.SSLContext:
    """Let a server show this certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


def _only(username: str, password: str) -> Callable[..., AuthResult]:
    def check(
        _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: Any
    ) -> AuthResult:
        assert isinstance(given, LoginPassword)
        right = (given.login, given.password) == (username.encode(), password.encode())
        return AuthResult(success=right, handled=False)

    return check
