"""Messages of the files: their service, their answers, what is joined, and whom a mail tells."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app import db
from app.formats import today
from app.models import Account, Document, Message, MessageAttachment, OutboxMail
from app.services.importing import running
from app.services.importing.options import Options
from tests.services.importing.town import JPEG, PDF, Town, faults_of, hand_over


@pytest.fixture
def town() -> Town:
    """A town whose first message is new, for every family, and brings two files."""
    town = Town()
    message = town.files["message.csv"][0]
    message |= {"famille_id": "", "date": today().isoformat(), "service": "Service enfance",
                "reponse": "OUI", "fichiers": "menus.pdf|plan.png"}  # fmt: skip
    town.attached |= {"messages/menus.pdf": PDF, "messages/plan.png": JPEG}
    return town


def let_in(app: Flask, **wishes: bool) -> None:
    """Everybody of the town has chosen a password."""
    with app.app_context(), db.transaction() as session:
        for account in session.scalars(select(Account)):
            account.password_hash = "chosen"
            for wish, wanted in wishes.items():
                setattr(account, wish, wanted)


def mails(app: Flask) -> list[tuple[str, str]]:
    """What waits in the queue, or has left."""
    with app.app_context():
        rows = db.session().execute(
            select(OutboxMail.kind, OutboxMail.identifier).order_by(OutboxMail.identifier)
        )
        return [(row.kind, row.identifier) for row in rows]


def test_a_message_says_who_writes_and_what_is_joined(
    app: Flask, tmp_path: Path, town: Town
) -> None:
    for _ in range(2):
        hand_over(app, town.folder(tmp_path / "files"))
    with app.app_context():
        message = db.session().scalars(select(Message).where(Message.source_id == "300")).one()
        assert (message.sender, message.answerable) == ("Service enfance", True)
        joined = db.session().scalars(select(MessageAttachment)).all()
        assert sorted(each.title for each in joined) == ["menus.pdf", "plan.png"]
        assert {each.message_id for each in joined} == {message.id}
        folder = Path(app.instance_path) / "messages"
        assert {path.name for path in folder.iterdir()} == {each.file for each in joined}


def test_a_file_no_longer_joined_leaves_its_message(app: Flask, tmp_path: Path, town: Town) -> None:
    hand_over(app, town.folder(tmp_path / "files"))
    town.files["message.csv"][0]["fichiers"] = "plan.png"
    hand_over(app, town.folder(tmp_path / "again"))
    with app.app_context():
        titles = db.session().scalars(select(MessageAttachment.title)).all()
    assert titles == ["plan.png"]


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("fichiers", "absent.pdf", "ce fichier manque dans le dossier « messages »."),
        ("fichiers", "plan.png|plan.png", "gardez un seul des deux noms."),
        ("fichiers", "|".join(f"{n}.pdf" for n in range(11)), "10 fichiers au plus"),
    ],
)
def test_what_cannot_be_is_told(
    app: Flask, tmp_path: Path, town: Town, column: str, value: str, said: str
) -> None:
    town.files["message.csv"][0][column] = value
    [fault] = faults_of(app, town.folder(tmp_path / "files"))
    assert said in fault.replace("\u00a0", " ")


def test_a_message_made_of_accents_alone_ends(app: Flask, tmp_path: Path, town: Town) -> None:
    """Folded for the search it is nothing: the import went round it for ever."""
    message = town.files["message.csv"][0]
    message |= {"objet": "\u0301", "texte": "\u0301", "service": "\u0301"}
    hand_over(app, town.folder(tmp_path / "files"))


def test_parents_are_told_of_a_new_message_once(app: Flask, tmp_path: Path, town: Town) -> None:
    """Those who have an address and a password; not again when nothing is new."""
    before = Town()
    del before.files["message.csv"]
    hand_over(app, before.folder(tmp_path / "before"))
    let_in(app)
    for _ in range(2):
        hand_over(app, town.folder(tmp_path / "files"))
    told = mails(app)
    assert {kind for kind, _ in told} == {"new_message"}
    assert len(told) == len({identifier for _, identifier in told}) > 0


@pytest.mark.both_databases
@pytest.mark.parametrize("wishes", [{"mail_messages": False}], ids=["not wanted"])
def test_who_does_not_want_mails_gets_none(
    app: Flask, tmp_path: Path, town: Town, wishes: dict[str, bool]
) -> None:
    before = Town()
    del before.files["message.csv"]
    hand_over(app, before.folder(tmp_path / "before"))
    let_in(app, **wishes)
    hand_over(app, town.folder(tmp_path / "files"))
    assert mails(app) == []


def test_a_first_load_writes_to_nobody(app: Flask, tmp_path: Path) -> None:
    """What is older than a week was news for nobody."""
    hand_over(app, Town().folder(tmp_path / "files"))
    assert mails(app) == []


def test_a_town_may_import_in_silence(app: Flask, tmp_path: Path, town: Town) -> None:
    before = Town()
    del before.files["message.csv"]
    hand_over(app, before.folder(tmp_path / "before"))
    let_in(app)
    with app.app_context():
        running.run(town.folder(tmp_path / "files"), Options(mail=False))
    assert mails(app) == []


def test_a_document_keeps_the_moment_it_came(app: Flask, tmp_path: Path, town: Town) -> None:
    hand_over(app, town.folder(tmp_path / "files"))
    with app.app_context():
        [first] = set(db.session().scalars(select(Document.added_at)))
    assert first is not None
    assert datetime.now(UTC) - first < timedelta(minutes=1)
    town.files["document.csv"][0]["titre"] = "Un autre titre"
    hand_over(app, town.folder(tmp_path / "again"))
    with app.app_context():
        assert set(db.session().scalars(select(Document.added_at))) == {first}
