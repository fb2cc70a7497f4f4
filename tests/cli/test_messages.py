"""The town hall reads what families answered, and answers them."""

import re

from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from app import db
from app.models import Family, JournalEntry, Message, MessageReply
from tests.browser import Browser
from tests.people import People, Person, public_id

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
        entry = db.session().scalars(select(JournalEntry).order_by(JournalEntry.id.desc())).first()
        family = db.session().scalars(select(Family.id).where(Family.number == "510002")).one()
        assert entry is not None
        assert (entry.event, entry.account_id) == ("message_answered_by_town", None)
        assert entry.details == {"message": number, "family": str(family)}
