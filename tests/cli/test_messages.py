"""The town hall reads what families answered, and answers them."""

import re

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from app import db
from app.models import Family, JournalEntry, Message, MessageReply
from app.testing import Outbox
from tests.support.browser import Browser
from tests.support.people import People, Person, public_id

M1, M2, M3 = (public_id(name) for name in ("m1", "m2", "m3"))


def launch(app: Flask, *arguments: str, typed: str | None = None) -> Result:
    """Run `flask messages` with these words."""
    return app.test_cli_runner().invoke(args=["messages", *arguments], input=typed)


def number_of(app: Flask, name: str) -> str:
    """Return what the town calls a message."""
    with app.app_context():
        wanted = select(Message.id).where(Message.public_id == name)
        return str(db.session().scalars(wanted).one())


def write(app: Flask, person: Person, name: str, text: str) -> Browser:
    """A guardian answers a message."""
    browser = Browser(app)
    browser.sign_in(person)
    page = browser.get("family.message", public_id=name).fill({"Votre réponse": text})
    page.submit("Envoyer ma réponse")
    return browser


def town_replies(app: Flask) -> int:
    """Count what the town hall answered."""
    with app.app_context():
        of_town = select(func.count(MessageReply.id)).where(MessageReply.account_id.is_(None))
        return db.session().scalar(of_town) or 0


def test_the_town_reads_and_answers_one_family(app: Flask, people: People) -> None:
    """Inès asks; the clerk sees who waits, answers; both guardians find it « non lu »."""
    number = number_of(app, M1)
    assert "Aucune famille n’attend de réponse." in launch(app, "list").output
    ines = write(app, people.ines, M1, "Est-ce sûr, ou non,\nmerci.")
    ines.get("family.message", public_id=M1).submit("Archiver ce message")
    karim, claire = Browser(app), Browser(app)
    for browser, person in ((karim, people.karim), (claire, people.claire)):
        browser.sign_in(person)
        browser.get("family.message", public_id=M1)
    listed = launch(app, "list").output
    assert re.search(
        rf"^{number} +510002 +Inès GARNIER +.+ attend votre réponse +Ferm", listed, re.MULTILINE
    )
    shown = launch(app, "show", number)
    assert shown.exit_code == 0
    assert "à toutes les familles" in shown.output
    assert "Famille n°\u00a0510002 – attend votre réponse" in shown.output
    assert "  Est-ce sûr, ou non,\n  merci." in shown.output
    result = launch(app, "answer", number, "--family", "510002", "Oui,\nà vendredi.")
    assert result.exit_code == 0, result.output
    assert "boîte de réception de la famille n°\u00a0510002" in result.output
    for browser in (ines, karim):
        assert "Non lu – Mairie – aujourd’hui – la mairie vous a répondu" in (
            browser.get("family.messages").text
        )
        assert "Mairie – " in (page := browser.get("family.message", public_id=M1)).text
        assert "Oui, à vendredi." in page.text
    assert "Aucun nouveau message" in claire.get("family.messages").text
    assert "à vendredi" not in claire.get("family.message", public_id=M1).text
    assert "Aucune famille n’attend de réponse." in launch(app, "list").output
    assert "répondu" in launch(app, "list", "--all").output
    with app.app_context():
        answered = JournalEntry.event == "message_answered_by_town"
        entry = db.session().scalars(select(JournalEntry).where(answered)).one()
        family = db.session().scalars(select(Family.id).where(Family.number == "510002")).one()
        assert (entry.account_id, entry.family_id) == (None, family)
        assert entry.details == {"message": number}


def test_each_family_has_a_thread_and_the_one_that_waits_comes_first(
    app: Flask, people: People
) -> None:
    """Separated parents answer the same message: each gets their own answer, alone."""
    number = number_of(app, M1)
    claire, marc = write(app, people.claire, M1, "Claire."), write(app, people.marc, M1, "Marc.")
    rows = launch(app, "list").output.splitlines()[1:]
    assert [row.split()[1] for row in rows] == ["520004", "530005"]
    assert (
        "La liste continue\u00a0: ajoutez --limit 2." in launch(app, "list", "--limit", "1").output
    )
    launch(app, "answer", number, "--family", "520004", "À Claire.")
    shown = launch(app, "show", number).output
    assert shown.index("530005 – attend votre réponse") < shown.index("520004 – répondu")
    assert "À Claire." in claire.get("family.message", public_id=M1).text
    for theirs in (marc.get("family.message", public_id=M1), marc.get("family.messages")):
        assert "Claire" not in theirs.text
        assert "la mairie vous a répondu" not in theirs.text
    assert "Aucun nouveau message" in marc.get("family.home").text
    listed = launch(app, "list", "--all").output.splitlines()[1:]
    assert ["530005" in listed[0], "520004" in listed[1]] == [True, True]
    assert re.search(r"3816231 +aucune réponse +Votre dossier", listed[2])
    assert len(listed) == 3  # what takes no answer is not there


@pytest.mark.both_databases
def test_the_same_command_again_sends_nothing_more(app: Flask, people: People) -> None:
    """Until the family has written again: then « Oui » answers something else."""
    number = number_of(app, M1)
    write(app, people.ines, M1, "Une place, merci.")
    arguments = ("answer", number, "--family", "510002")
    launch(app, *arguments, "Oui")
    again = launch(app, *arguments, " Oui\r\n")
    assert again.exit_code == 0
    assert "déjà envoyée" in again.output
    assert town_replies(app) == 1
    write(app, people.ines, M1, "Une autre, merci.")
    launch(app, *arguments, "Oui")
    assert town_replies(app) == 2


def test_a_long_answer_comes_from_a_file(app: Flask, people: People) -> None:
    """Bytes that are no text harm nothing."""
    number = number_of(app, M2)
    result = launch(app, "answer", number, "--family", "3816231", "-", typed="Un\x00.\n\nDeux.\n")
    assert result.exit_code == 0, result.output
    parent = Browser(app)
    parent.sign_in(people.zest)
    assert "Un.\n\nDeux." in parent.fetch(f"/messages/{M2}").text.replace("\r", "")


@pytest.mark.both_databases
@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(
    ("name", "family", "text", "said"),
    [
        ("m1", "999", "Oui", "Il n’y a pas de famille n°\u00a0999."),
        ("m1", "\udce9", "Oui", "Donnez le numéro de la famille."),
        ("m1", "540006", "Oui", "La famille n°\u00a0540006 est archivée"),
        (
            "m2",
            "500001",
            "Oui",
            " n’est pas adressé à la famille n°\u00a0500001.",
        ),
        ("m3", "500001", "Oui", "Le message n°\u00a0{} ne prend pas de réponse."),
        ("m1", "500001", " \udce9\n", "Écrivez votre réponse\u00a0: elle est vide."),
        ("m1", "500001", "é" * 4_001, "Raccourcissez votre réponse à 4000 caractères au plus."),
    ],
)
def test_what_cannot_be_answered_is_said(
    app: Flask, name: str, family: str, text: str, said: str
) -> None:
    """In words, with a status that says so; nothing is sent."""
    number = number_of(app, public_id(name))
    result = launch(app, "answer", number, "--family", family, text)
    assert result.exit_code == 1
    assert said.format(number) in result.output
    assert town_replies(app) == 0


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("number", ["0", "4000", str(2**31), str(10**30)])
def test_a_message_that_nobody_sent(app: Flask, number: str) -> None:
    """However large the number."""
    for arguments in (["show"], ["answer", "--family", "500001", "--", "Oui"]):
        command, *rest = arguments
        result = launch(app, command, *rest[:2], number, *rest[3:])
        assert result.exit_code == 1
        assert f"Il n’y a pas de message n°\u00a0{number}." in result.output


@pytest.mark.both_databases
def test_a_number_given_again_is_the_family_still_here(app: Flask, people: People) -> None:
    """A family left, another got its number; two that are here are one too many."""
    number = number_of(app, M1)
    with app.app_context(), db.transaction() as session:
        old = session.scalars(select(Family).where(Family.number == "540006")).one()
        old.number = "500001"
    assert launch(app, "answer", number, "--family", "500001", "Oui").exit_code == 0
    parent = Browser(app)
    parent.sign_in(people.moreau)
    assert "Oui" in parent.get("family.message", public_id=M1).text
    with app.app_context(), db.transaction() as session:
        old = session.scalars(select(Family).where(Family.archived_at.is_not(None))).one()
        old.archived_at = None
    result = launch(app, "answer", number, "--family", "500001", "Non")
    assert result.exit_code == 1
    assert "Plusieurs familles ont le n°\u00a0500001." in result.output


def test_both_guardians_are_told_of_an_answer_by_mail(
    app: Flask, people: People, outbox: Outbox
) -> None:
    """A link only: neither the question nor the answer."""
    write(app, people.ines, M1, "Dites-moi.")
    launch(app, "answer", number_of(app, M1), "--family", "510002", "Oui, c’est certain.")
    told = sorted(mail.recipient for mail in outbox)
    assert told == ["ines.garnier@exemple.fr", "karim@exemple.fr"]
    for mail in outbox:
        assert "certain" not in mail.text + mail.html + mail.subject


@pytest.mark.both_databases
def test_a_message_given_by_mistake_is_taken_back(app: Flask, people: People) -> None:
    """No family reads it any more, nor what was joined; the town hall still sees what was said."""
    number = number_of(app, M1)
    browser = write(app, people.ines, M1, "Merci de préciser.")
    browser.get("family.message", public_id=M1)
    assert re.search(rf"^{number} ", launch(app, "list", "--published").stdout, re.MULTILINE)
    assert "Plus aucune famille ne voit" in launch(app, "withdraw", number).stdout
    assert "rien n’a changé" in launch(app, "withdraw", number).stdout
    browser.get("family.message", _status=404, public_id=M1)
    assert M1 not in str(browser.get("family.messages").soup)
    assert M1 not in str(browser.get("family.home").soup)
    for listed in (("list",), ("list", "--all"), ("list", "--published")):
        assert not re.search(rf"^{number} ", launch(app, *listed).output, re.MULTILINE)
    shown = launch(app, "show", number).stdout
    assert "aucune famille ne le voit plus" in shown
    assert "Merci de préciser" in shown
    family = people.ines.family_number
    assert launch(app, "answer", number, "Rien.", "--family", family).exit_code == 1
    assert launch(app, "withdraw", "99999").exit_code == 1
    with app.app_context():
        acts = select(JournalEntry).where(JournalEntry.event == "message_withdrawn")
        assert len(db.session().scalars(acts).all()) == 1
