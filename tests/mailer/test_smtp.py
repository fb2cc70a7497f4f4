"""The portal hands a mail to a real SMTP server, or to one that misbehaves."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from flask import Flask

import config
from app.mailer import backends
from app.mailer.backends.smtp import SmtpBackend
from app.mailer.failures import (
    PerhapsSent,
    PermanentFailure,
    TemporaryFailure,
    Unavailable,
    WrongSettings,
)
from app.mailer.message import Message, Sender
from tests.support import smtp_servers
from tests.support.smtp_servers import ACCOUNT, HANG_UP, HOST, SILENCE, Mailbox, serve

# Long for a local server, short for whoever waits for these tests.
TIMEOUT = 0.3


@pytest.fixture(autouse=True)
def _in_context(app_without_database: Flask) -> Iterator[None]:
    """Flask-Mail works inside an application."""
    with app_without_database.app_context():
        yield


def backend(tmp_path: Path, port: int, **settings: Any) -> SmtpBackend:
    """Make the backend of a portal that uses this server."""
    made = SmtpBackend(config.Test(instance=tmp_path, smtp_host=HOST, smtp_port=port, **settings))
    made.timeout = TIMEOUT
    return made


def mail(recipient: str = "zest@exemple.fr", text: str = "Bonjour,\n") -> Message:
    """Write a mail."""
    return Message(
        sender=Sender("Mairie, service enfance", "portail@commune.fr"),
        recipient=recipient,
        subject="Réunion à l’école",
        text=text,
        html=f"<p>{text}</p>",
        domain="portail.commune.fr",
    )


def send(to: SmtpBackend, *messages: Message) -> None:
    """Send mails over one connection."""
    with to.connect() as post:
        for message in messages:
            post(message)


def test_a_mail_arrives_as_it_was_written(tmp_path: Path) -> None:
    """The server gets sender, recipient, subject and both parts, the comma included."""
    with serve(Mailbox()) as mailbox:
        send(backend(tmp_path, mailbox.port), mail(text="Voilà :\n.\n\nÀ bientôt.\n"))
    received = mailbox.newest()
    assert mailbox.recipients == ["zest@exemple.fr"]
    assert received["From"].addresses[0].display_name == "Mairie, service enfance"
    assert received["From"].addresses[0].addr_spec == "portail@commune.fr"
    assert received["Subject"] == "Réunion à l’école"
    plain = received.get_body(("plain",))
    assert plain is not None
    assert plain.get_content().replace("\r\n", "\n") == "Voilà :\n.\n\nÀ bientôt.\n"


def test_many_mails_share_one_connection(tmp_path: Path) -> None:
    """Ten mails leave: the server was greeted once."""
    with serve(Mailbox()) as mailbox:
        send(backend(tmp_path, mailbox.port), *(mail() for _ in range(10)))
    assert len(mailbox.received) == 10
    assert mailbox.connections == 1


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_verified_server_gets_the_mail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, security: str
) -> None:
    """The town's authority signed the certificate: the mail leaves, encrypted."""
    certificate = smtp_servers.certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with serve(Mailbox(), security, smtp_servers.server_context(certificate)) as mailbox:
        send(backend(tmp_path, mailbox.port, smtp_security=security), mail())
    assert len(mailbox.received) == 1


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize(("trusted", "name"), [(False, f"IP:{HOST}"), (True, "DNS:ailleurs.fr")])
def test_an_impostor_gets_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, security: str, trusted: bool, name: str
) -> None:
    """The certificate is unknown, or another server's: no mail leaves, operators read why."""
    certificate = smtp_servers.certificate(tmp_path, name)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with (
        serve(Mailbox(), security, smtp_servers.server_context(certificate)) as mailbox,
        pytest.raises(Unavailable, match="certificat qui n’est pas valable"),
    ):
        send(backend(tmp_path, mailbox.port, smtp_security=security), mail())
    assert mailbox.received == []


def test_a_server_without_starttls_gets_nothing(tmp_path: Path) -> None:
    """Someone strips STARTTLS on the way: the mail does not leave in clear."""
    with serve(Mailbox()) as mailbox, pytest.raises(Unavailable, match="PORTAIL_SMTP_SECURITY"):
        send(backend(tmp_path, mailbox.port, smtp_security="starttls"), mail())
    assert mailbox.received == []


@pytest.fixture
def guarded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    """A server that wants a name and a password, under STARTTLS."""
    certificate = smtp_servers.certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = smtp_servers.server_context(certificate)
    with serve(Mailbox(), "starttls", context, account=ACCOUNT) as mailbox:
        yield mailbox


def test_the_portal_signs_in(tmp_path: Path, guarded: Mailbox) -> None:
    """The name and the password are right: the mail leaves."""
    username, password = ACCOUNT
    right = {"smtp_username": username, "smtp_password": password, "smtp_security": "starttls"}
    send(backend(tmp_path, guarded.port, **right), mail())
    assert len(guarded.received) == 1


@pytest.mark.parametrize("username", ["", ACCOUNT[0]])
def test_a_wrong_password_holds_every_mail(tmp_path: Path, guarded: Mailbox, username: str) -> None:
    """The settings are wrong: that is no mail's fault, so none is refused for it."""
    wrong = {"smtp_username": username, "smtp_password": "x", "smtp_security": "starttls"}
    with pytest.raises(Unavailable):
        send(backend(tmp_path, guarded.port, **wrong), mail())


def test_a_password_may_have_an_accent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is sent in UTF-8, as RFC 4616 says; a wrong one is told like any other."""
    certificate = smtp_servers.certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = smtp_servers.server_context(certificate)
    username, password = account = ("réception", "été 2026")
    accented = {"smtp_username": username, "smtp_password": password, "smtp_security": "starttls"}
    with serve(Mailbox(), "starttls", context, account=account) as mailbox:
        send(backend(tmp_path, mailbox.port, **accented), mail())
        with pytest.raises(Unavailable, match="PORTAIL_SMTP_PASSWORD"):
            send(backend(tmp_path, mailbox.port, **accented | {"smtp_password": "hiver"}), mail())
    assert len(mailbox.received) == 1


def test_a_server_that_takes_no_accent_is_told(tmp_path: Path) -> None:
    """It offers no way of signing in that carries one: all mails wait, the setting is named."""
    with (
        serve(Mailbox()) as mailbox,
        pytest.raises(Unavailable, match=r"ne propose pas ce que demandent .*USERNAME"),
    ):
        send(backend(tmp_path, mailbox.port, smtp_username="é", smtp_password="è"), mail())


@pytest.mark.parametrize("host", ["smtp..commune.fr", f"{'x' * 64}.fr", ".fr"])
def test_a_name_that_no_server_can_have_says_so(tmp_path: Path, host: str) -> None:
    """A dot too many, a label too long: no traceback."""
    wrong = backend(tmp_path, 25)
    object.__setattr__(wrong.settings, "smtp_host", host)
    with pytest.raises(Unavailable, match="vérifiez PORTAIL_SMTP_HOST"):
        send(wrong, mail())


@pytest.mark.parametrize(
    ("stage", "answer", "setting"),
    [
        ("MAIL", "550 No", "MAIL_SENDER"),
        ("RCPT", "554 5.7.1 <zest@exemple.fr>: Relay access denied", "SMTP_HOST"),
        ("DATA", "550 5.7.60 SMTP; Client does not have permissions to send as", "MAIL_SENDER"),
    ],
)
def test_what_our_settings_cause_refuses_no_mail(
    tmp_path: Path, stage: str, answer: str, setting: str
) -> None:
    """The server takes nobody's mail as we are set: the setting is named."""
    with serve(Mailbox()) as mailbox:
        mailbox.script[stage] = [answer]
        with pytest.raises(WrongSettings, match=f"vérifiez .*PORTAIL_{setting}"):
            send(backend(tmp_path, mailbox.port), mail())
    assert mailbox.received == []


def test_a_server_that_is_down_says_so(tmp_path: Path) -> None:
    """Nobody listens there."""
    with pytest.raises(Unavailable, match=r"127\.0\.0\.1:\d+ refuse la connexion"):
        send(backend(tmp_path, smtp_servers.free_port()), mail())


def test_a_name_that_does_not_exist_says_so(tmp_path: Path) -> None:
    """The setting has a typing mistake."""
    wrong = backend(tmp_path, 25)
    object.__setattr__(wrong.settings, "smtp_host", "courrier.invalid")
    with pytest.raises(Unavailable, match="PORTAIL_SMTP_HOST"):
        send(wrong, mail())


def test_a_silent_server_is_left_after_the_timeout(tmp_path: Path) -> None:
    """It accepts the connection and says nothing."""
    with smtp_servers.silent() as port:
        started = monotonic()
        with pytest.raises(Unavailable, match="pas répondu à temps"):
            send(backend(tmp_path, port), mail())
        assert monotonic() - started < 3 * TIMEOUT


def test_a_slow_server_is_waited_for(tmp_path: Path) -> None:
    """Each answer takes its time, within the timeout: the mail arrives."""
    with serve(Mailbox(delay=TIMEOUT / 4)) as mailbox:
        send(backend(tmp_path, mailbox.port), mail())
    assert len(mailbox.received) == 1


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA"])
def test_later_please(tmp_path: Path, stage: str) -> None:
    """The server wants one mail later, a full mailbox: it is told, and the next one leaves."""
    with serve(Mailbox()) as mailbox:
        mailbox.script[stage] = ["452 4.2.2 Mailbox full"]
        with backend(tmp_path, mailbox.port).connect() as post:
            with pytest.raises(TemporaryFailure, match=r"« 452 4\.2\.2 Mailbox full »"):
                post(mail())
            post(mail())
    assert len(mailbox.received) == 1


@pytest.mark.parametrize("stage", ["RCPT", "DATA"])
def test_never(tmp_path: Path, stage: str) -> None:
    """The server refuses one mail for good: it is told, and the next one leaves."""
    with serve(Mailbox()) as mailbox:
        mailbox.script[stage] = ["550 5.1.1 No such user"]
        with backend(tmp_path, mailbox.port).connect() as post:
            with pytest.raises(PermanentFailure, match=r"« 550 5\.1\.1 No such user »"):
                post(mail())
            post(mail())
    assert len(mailbox.received) == 1


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("answer", [SILENCE, HANG_UP, "421 4.3.2 Closing"])
def test_a_connection_lost_in_the_middle(tmp_path: Path, stage: str, answer: str) -> None:
    """The server hangs, drops the line or closes: nobody waits twice, the mail is not lost."""
    with serve(Mailbox()) as mailbox:
        mailbox.script[stage] = [answer]
        started = monotonic()
        with pytest.raises(Unavailable) as lost:
            send(backend(tmp_path, mailbox.port), mail())
        assert monotonic() - started < 2 * TIMEOUT
    # Only of what was handed over whole, without a word, can one think that it may have arrived.
    perhaps = stage == "DATA" and answer in {SILENCE, HANG_UP}
    assert isinstance(lost.value, PerhapsSent) == perhaps
    assert len(mailbox.received) == (stage == "DATA" and answer != "421 4.3.2 Closing")


def test_a_line_lost_after_a_mail_was_taken(tmp_path: Path) -> None:
    """The second mail had not begun: it cannot have arrived."""
    with serve(Mailbox()) as mailbox, backend(tmp_path, mailbox.port).connect() as post:
        post(mail())
        mailbox.script["MAIL"] = [HANG_UP]
        with pytest.raises(Unavailable) as lost:
            post(mail())
    assert not isinstance(lost.value, PerhapsSent)


def test_a_mail_that_takes_too_long_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However patient each wait may be, the mail is let go before its lease ends."""
    monkeypatch.setattr(backends, "SEND_LIMIT", timedelta(seconds=TIMEOUT))
    with serve(Mailbox()) as mailbox:
        patient = backend(tmp_path, mailbox.port)
        patient.timeout = 20
        mailbox.script["DATA"] = [SILENCE]
        started = monotonic()
        with pytest.raises(Unavailable):
            send(patient, mail())
        assert monotonic() - started < 1
