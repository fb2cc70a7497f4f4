"""An outside tester reads the mails that the portal sent."""

import pytest
from flask import Flask

import config
from app import create_app
from app.services.mail.kinds import MailKind
from app.testing import Outbox
from tests.support.mail_room import ask
from tests.support.people import People


def test_everything_of_a_mail_can_be_read(app: Flask, people: People, outbox: Outbox) -> None:
    """Recipient, subject, both parts, headers, raw bytes, and what one looks for most."""
    with app.app_context():
        ask(people.zest.identifier)
        ask(people.moreau.identifier)
    assert len(outbox) == 2
    assert outbox[0].recipient == people.zest.email
    assert outbox.to(people.moreau.email) == [outbox.latest]
    mail = outbox.latest
    assert mail.subject == "Envoi de vos identifiants de connexion"
    assert mail.temporary_password in mail.text
    assert mail.temporary_password in mail.html
    assert mail.temporary_password.encode() in mail.raw
    assert mail.link.startswith("http://localhost/mot-de-passe/lien/")
    assert mail.parsed["Auto-Submitted"] == "auto-generated"
    outbox.clear()
    assert list(outbox) == []


def test_what_is_not_there_is_said(app: Flask, people: People, outbox: Outbox) -> None:
    """No mail yet, then one without a secret: the error says so."""
    with pytest.raises(LookupError, match="no mail was sent"):
        _ = outbox.latest
    with app.app_context():
        ask(people.zest.identifier, MailKind.PASSWORD_CHANGED)
    with pytest.raises(LookupError, match="no temporary password in the mail"):
        _ = outbox.latest.temporary_password
    with pytest.raises(LookupError, match="no link"):
        _ = outbox.latest.link


def test_mails_that_really_leave_cannot_be_read(app_without_database: Flask) -> None:
    """The application under test was given another backend: the error says which is needed."""
    settings = app_without_database.extensions["portail.settings"]
    smtp = create_app(config.Test(instance=settings.instance, mail_backend="smtp"))
    with pytest.raises(TypeError, match="PORTAIL_MAIL_BACKEND=memory"):
        Outbox(smtp)
