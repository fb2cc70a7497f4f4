"""Mails come back: whom they concern is told, and nobody can make them up."""

from email.message import EmailMessage, Message
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from pathlib import Path

import pytest
from flask import Flask

import config
from app import db
from app.mailer.backends.memory import MemoryBackend
from app.models import MailState, RefusedAddress
from app.services.mail.kinds import MailKind
from app.testing import Outbox
from tests.blueprints.family.test_account import ask as ask_new_address
from tests.support.browser import Browser
from tests.support.mail_room import ask, courier_of, rows, states
from tests.support.people import People, Person
from tests.support.screens.account import confirmation_link

GONE = "smtp; 550 5.1.1 <x@exemple.fr>: Recipient address rejected: User unknown"
FULL = "smtp; 452-4.2.2 The email account that you tried to reach is over quota"
SPAM = "smtp; 550 5.7.1 Message rejected due to local policy (spam)"


@pytest.fixture
def settings(settings: config.Settings) -> config.Settings:
    """The town reads what comes back."""
    object.__setattr__(settings, "mail_bounces", "rebonds@commune.fr")
    return settings


def write_to(app: Flask, person: Person) -> str:
    """Send somebody a mail of news; return the address that it comes back to."""
    with app.app_context():
        ask(person.identifier, MailKind.NEW_MESSAGE)
    backend = courier_of(app).backend
    assert isinstance(backend, MemoryBackend)
    message, _ = backend.sent[-1]
    assert message.recipient == person.email
    return message.envelope_sender


def notification(
    came_back_to: str, said: str = GONE, action: str = "failed", status: str = "5.1.1"
) -> bytes:
    """Write what a server sends back (RFC 3464), as Postfix does."""
    report = MIMEMultipart("report", report_type="delivery-status")
    report["From"] = "MAILER-DAEMON@mx.exemple.fr (Mail Delivery System)"
    report["To"] = came_back_to
    report["Auto-Submitted"] = "auto-replied"
    report["Subject"] = "Undelivered Mail Returned to Sender"
    report.attach(MIMEText("This is the mail system at host mx.exemple.fr."))
    server, recipient = Message(), Message()
    server["Reporting-MTA"] = "dns; mx.exemple.fr"
    recipient["Final-Recipient"] = "rfc822; x@exemple.fr"
    recipient["Action"] = action
    recipient["Status"] = status
    recipient["Diagnostic-Code"] = said
    part = Message()
    part["Content-Type"] = "message/delivery-status"
    part.set_payload([server, recipient])
    report.attach(part)
    return report.as_bytes()


def receive(app: Flask, raw: bytes, *options: str) -> str:
    """Hand it to the command, as a mail server does; it never sends a bounce back itself."""
    result = app.test_cli_runner().invoke(args=["mail", "bounces", *options], input=raw)
    assert result.exit_code == 0, result.output
    return result.output


def refused(app: Flask) -> list[str]:
    with app.app_context():
        return [row.address for row in db.session().query(RefusedAddress)]


def test_a_mailbox_that_is_gone(app: Flask, people: People, outbox: Outbox) -> None:
    """The town hall reads whose it is, and Madame ZEST reads it at home, with what to do."""
    came_back_to = write_to(app, people.zest)
    assert came_back_to.startswith("rebonds+")
    assert receive(app, notification(came_back_to)) == "1\u00a0courriel refusé.\n"
    told = app.test_cli_runner().invoke(args=["mail", "refused"]).output
    assert people.zest.email in told
    assert people.zest.family_number in told
    assert "Cette adresse n’existe pas" in told
    with app.app_context():
        assert states() == [MailState.REFUSED]
        assert "User unknown" in rows()[0].last_error

    parent = Browser(app)
    page = parent.sign_in(people.zest)
    assert "nous reviennent" in page.text
    assert people.zest.email in page.text
    assert "nous reviennent" not in Browser(app).sign_in(people.moreau).text
    page = page.link("Vérifier votre adresse de courriel").click()
    assert page.endpoint == "family.change_email"


def test_a_mailbox_that_works_again(app: Flask, people: People, outbox: Outbox) -> None:
    """She made room in it: the same address, proved by the link that got there, is good again."""
    receive(app, notification(write_to(app, people.zest), FULL, status="5.2.2"))
    assert refused(app) == [people.zest.email]
    parent = Browser(app)
    parent.sign_in(people.zest)
    ask_new_address(parent, people.zest, people.zest.email)
    page = Browser(app).visit(confirmation_link(app, people.zest.email))
    assert page.submit("Confirmer cette adresse").h1 == "Adresse confirmée"
    assert refused(app) == []
    assert "nous reviennent" not in parent.get("family.home").text
    # Nobody was told of a change that was none.
    assert not [mail for mail in outbox if "chang" in mail.subject.lower()]


def test_another_address_is_not_refused(app: Flask, people: People) -> None:
    """The town's file brings a new one: nothing is left to say."""
    receive(app, notification(write_to(app, people.zest)))
    result = app.test_cli_runner().invoke(
        args=["adresse", people.zest.identifier, "zest@nouvelle.exemple.fr"]
    )
    assert result.exit_code == 0
    assert "nous reviennent" not in Browser(app).sign_in(people.zest).text
    assert "Aucune adresse refusée" in app.test_cli_runner().invoke(args=["mail", "refused"]).output


def forged(came_back_to: str) -> list[str]:
    """Write addresses that are nearly ours."""
    local, _, domain = came_back_to.partition("@")
    box, _, named = local.partition("+")
    number, _, tag = named.partition("-")
    return [
        f"{box}@{domain}",
        f"{box}+{number}@{domain}",
        f"{box}+{number}-{'0' * 16}@{domain}",
        f"{box}+{int(number) + 1}-{tag}@{domain}",
        f"{box}+{number}-{tag[:-1]}@{domain}",
        "portail@commune.fr",
    ]


def test_forged_bounces_change_nothing(app: Flask, people: People) -> None:
    """Somebody who knows how ours look, and not our key."""
    came_back_to = write_to(app, people.zest)
    for address in forged(came_back_to):
        assert "refusé" not in receive(app, notification(address)), address
    assert refused(app) == []
    with app.app_context():
        assert states() == [MailState.SENT]


def test_a_bounce_of_an_address_that_was_left_changes_nothing(app: Flask, people: People) -> None:
    """It is slow to come, and the town corrected the address meanwhile; or rows came back."""
    came_back_to = write_to(app, people.zest)
    app.test_cli_runner().invoke(args=["adresse", people.zest.identifier, "z@exemple.fr"])
    assert "aucun courriel" in receive(app, notification(came_back_to))
    assert refused(app) == []


def test_what_is_no_refusal_changes_nothing(app: Flask, people: People) -> None:
    """A delay, an absence notice, somebody who answers, and noise."""
    came_back_to = write_to(app, people.zest)
    absence = EmailMessage()
    absence["To"], absence["Auto-Submitted"] = came_back_to, "auto-replied"
    absence.set_content("Je suis en vacances. Action: failed")
    assert "retardé" in receive(app, notification(came_back_to, action="delayed", status="4.4.1"))
    assert "pas un retour" in receive(app, absence.as_bytes())
    for noise in (b"", b"\xff\x00" * 500, notification(came_back_to)[:400]):
        receive(app, noise)
    assert refused(app) == []
    with app.app_context():
        assert states() == [MailState.SENT]


def test_a_server_that_takes_us_for_a_nuisance_accuses_no_address(
    app: Flask, people: People
) -> None:
    """The mail did not arrive, and the address may be right."""
    receive(app, notification(write_to(app, people.zest), SPAM, status="5.7.1"))
    assert refused(app) == []
    with app.app_context():
        assert states() == [MailState.REFUSED]


def test_a_mailbox_of_bounces_is_read(app: Flask, people: People, tmp_path: Path) -> None:
    """What was of use is gone, as it may quote a mail; what a person must read stays."""
    for name in ("new", "cur", "tmp"):
        (tmp_path / "box" / name).mkdir(parents=True)
    new = tmp_path / "box" / "new"
    (new / "1.a").write_bytes(notification(write_to(app, people.zest)))
    (new / "2.b").write_bytes(b"To: rebonds@commune.fr\n\nBonjour, qui \xc3\xaates-vous ?\n")
    said = receive(app, b"", "--maildir", str(tmp_path / "box"))
    assert "1\u00a0courriel refusé." in said
    assert "n’est pas un retour" in said
    assert not list(new.iterdir())
    [kept] = (tmp_path / "box" / "cur").iterdir()
    assert b"qui " in kept.read_bytes()
    assert "Rien n’est revenu." in receive(app, b"", "--maildir", str(tmp_path / "box"))


def test_the_server_may_say_where_it_came_back(app: Flask, people: People) -> None:
    """Postfix's pipe gives the address apart; some servers write it in capitals."""
    came_back_to = write_to(app, people.zest)
    raw = notification("undisclosed-recipients:;")
    assert "refusé" in receive(app, raw, "--to", came_back_to.upper())


def test_a_database_that_is_away_makes_the_server_wait(
    app: Flask, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Any other status would have the mail server bounce the bounce."""
    raw = notification(write_to(app, people.zest))
    monkeypatch.setattr(db, "transaction", away)
    result = app.test_cli_runner().invoke(args=["mail", "bounces"], input=raw)
    assert result.exit_code == 75


def away() -> None:
    raise db.Unavailable("", {}, Exception("away"))
