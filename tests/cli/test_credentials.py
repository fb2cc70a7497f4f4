"""The town hall invites parents to the portal."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from click.testing import Result
from flask import Flask
from sqlalchemy import update

from app import db
from app.models import Family, Guardian, MailState
from app.services.mail import outbox as queue
from app.testing import Outbox
from tests.support.mail_room import courier_of, states
from tests.support.people import People

pytestmark = pytest.mark.both_databases


def launch(app: Flask, *arguments: str) -> Result:
    """Run `flask credentials` with these words."""
    return app.test_cli_runner().invoke(args=["credentials", *arguments])


def test_everybody_new_gets_a_first_mail(app: Flask, people: People, outbox: Outbox) -> None:
    """Only the newcomer never chose a password: one mail, with an opening of its own."""
    result = launch(app, "send", "--all-new")
    assert result.exit_code == 0
    assert "1 courriel de première connexion dans la file d’envoi." in result.output
    (mail,) = outbox
    assert mail.recipient == people.newcomer.email
    assert mail.subject == "Envoi de vos identifiants de connexion"
    assert "Votre accès au portail famille est prêt." in mail.text
    assert "perdu" not in mail.text
    assert len(mail.temporary_password) == 32


@pytest.mark.usefixtures("people")
def test_nobody_of_a_family_that_left_is_invited(app: Flask, outbox: Outbox) -> None:
    """The town archived the newcomer's family before it sent its letters."""
    with app.app_context(), db.transaction() as session:
        session.execute(update(Family).values(archived_at=datetime.now(UTC)))
    result = launch(app, "send", "--all-new")
    assert "0\u00a0courriel de première connexion" in result.output
    assert len(outbox) == 0


@pytest.mark.usefixtures("people")
def test_a_dry_run_sends_nothing(app: Flask, outbox: Outbox) -> None:
    """The clerk wants to know first: the same count, and nothing in the queue."""
    result = launch(app, "send", "--all-new", "--dry-run")
    assert "1 courriel de première connexion à envoyer." in result.output
    assert len(outbox) == 0
    with app.app_context():
        assert states() == []


def test_named_people_get_theirs(app: Flask, people: People, outbox: Outbox) -> None:
    """However the identifiant is spaced; who chose a password gets the mail of a lost one."""
    result = launch(app, "send", "38 16 23 86", people.newcomer.identifier)
    assert result.exit_code == 0
    assert {mail.recipient for mail in outbox} == {people.zest.email, people.newcomer.email}
    assert "Vous avez perdu vos identifiants" in outbox.to(people.zest.email)[0].text


def test_a_clerk_s_mail_leaves_at_once(app: Flask, people: People, outbox: Outbox) -> None:
    """A parent calls right after a mail was sent: the clerk sends another, and it does leave."""
    for _ in range(2):
        assert launch(app, "send", people.zest.identifier).exit_code == 0
    with app.app_context():
        assert states() == [MailState.SENT, MailState.SENT]
    assert len(outbox.to(people.zest.email)) == 2


def test_a_couple_with_one_mailbox_reads_whose_it_is(
    app: Flask, people: People, outbox: Outbox
) -> None:
    """Two mails with one subject in one mailbox: each names the person whose password it is."""
    shared = "famille@exemple.fr"
    with app.app_context(), db.transaction() as session:
        session.execute(update(Guardian).values(email=shared))
    launch(app, "send", people.ines.identifier, people.karim.identifier)
    greetings = {mail.text.splitlines()[0] for mail in outbox.to(shared)}
    assert greetings == {
        f"Bonjour {person.title} {person.first_name} {person.last_name},"
        for person in (people.ines, people.karim)
    }


def test_who_cannot_be_written_to_is_said(app: Flask, people: People, outbox: Outbox) -> None:
    """No address, nobody, somebody who left: each is named, the others get their mail."""
    result = launch(
        app, "send", people.zest.identifier, people.no_address.identifier,
        people.archived.identifier, "abc",
    )  # fmt: skip
    assert result.exit_code == 1
    assert "55000071  Monsieur Jean PETIT" in result.output
    assert "Aucun compte ouvert pour : 54000063, abc." in result.output
    assert [mail.recipient for mail in outbox] == [people.zest.email]


def test_who_waits_already_is_not_queued_twice(app: Flask, people: People) -> None:
    """The command is run twice while the server is down: one mail waits."""
    courier_of(app).mode = "worker"
    launch(app, "send", "--all-new")
    result = launch(app, "send", "--all-new")
    assert f"{people.newcomer.identifier}  Madame Lina ROUX" in result.output
    with app.app_context():
        assert states() == [MailState.QUEUED]
        assert [line.kind for line in queue.latest(5)] == ["activation"]
        db.session().rollback()


@pytest.mark.parametrize("command", ["send", "letter"])
@pytest.mark.parametrize("arguments", [[], ["38162386", "--all-new"]])
def test_one_way_of_naming_is_wanted(app: Flask, command: str, arguments: list[str]) -> None:
    """Nobody named, or both ways: a sentence says what to give."""
    result = launch(app, command, *arguments)
    assert result.exit_code == 2
    assert "Donnez des identifiants, ou --all-new." in result.output


def test_a_letter_a_page_without_any_secret(
    app: Flask, people: People, tmp_path: Path, outbox: Outbox
) -> None:
    """The clerk prints letters: identifiant, portal address, its QR code, and no password."""
    output = tmp_path / "lettres.html"
    result = launch(
        app, "letter", people.zest.identifier, people.no_address.identifier,
        "--output", str(output),
    )  # fmt: skip
    assert result.exit_code == 0
    assert "2 lettres à imprimer." in result.output
    page = BeautifulSoup(output.read_text("utf-8"), "html.parser")
    by_name = {}
    for letter in page.select("section.letter"):
        recipient = letter.select_one(".recipient")
        assert recipient is not None
        by_name[recipient.get_text(" ", strip=True)] = letter
    (zest,) = [text for text in by_name if "ZEST" in text]
    assert zest == "Madame PAYS ZEST 1 rue de la Famille Zest 38160 Saint-Exemple"
    assert people.zest.identifier in by_name[zest].get_text()
    assert "http://localhost" in by_name[zest].get_text()
    assert by_name[zest].select_one("svg path") is not None
    assert "pas votre adresse" not in by_name[zest].get_text()
    (petit,) = [text for text in by_name if "PETIT" in text]
    assert "Nous n’avons pas votre adresse de courriel." in by_name[petit].get_text()
    assert len(outbox) == 0


@pytest.mark.usefixtures("people")
def test_letters_for_those_without_address(app: Flask) -> None:
    """Mails reach the others: letters may be for these only, on the standard output."""
    result = launch(app, "letter", "--all-new", "--without-address")
    assert "0 lettre à imprimer." in result.stderr
    assert result.stdout.startswith("<!DOCTYPE html>")
