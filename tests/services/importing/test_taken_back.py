"""What the town hall took back stays away, though its files bring it again."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app import db
from app.models import Document, Message, MessageAttachment
from app.services.documents import desk as documents
from app.services.inbox import withdrawing
from app.services.mail.kinds import MailKind
from tests.services.importing.town import PDF, Town, hand_over
from tests.support.people import TOWN_HALL

pytestmark = pytest.mark.both_databases


def test_files_that_bring_them_again_do_not(app: Flask, tmp_path: Path, town: Town) -> None:
    """The report says so, each month, until the files agree."""
    for row in town.files["message.csv"]:
        row["fichiers"] = "plan.pdf"
    town.attached["messages/plan.pdf"] = PDF
    files = town.folder(tmp_path / "files")
    hand_over(app, files)
    with app.app_context():
        message = db.session().scalars(select(Message.id).where(Message.source_id == "300")).one()
        document = db.session().scalars(select(Document.id)).one()
        assert withdrawing.withdraw(message, TOWN_HALL)
        assert documents.withdraw(document, TOWN_HALL)
    report = hand_over(app, files)
    told = list(report.lines())
    assert "  message 300\u00a0: «\u00a0Rentrée\u00a0»" in told
    assert "  document 400\u00a0: «\u00a0Règlement intérieur\u00a0»" in told
    assert report.mails[MailKind.NEW_MESSAGE] == 0
    with app.app_context():
        withdrawn = db.session().get_one(Document, document)
        assert (withdrawn.file, withdrawn.withdrawn_at is not None) == ("", True)
        assert db.session().get_one(Message, message).withdrawn_at is not None
        joined = db.session().scalars(select(MessageAttachment.message_id)).all()
        assert message not in joined
        assert len(joined) == 1


def test_a_number_used_again_for_another_message_is_told(
    app: Flask, settled: Path, town: Town
) -> None:
    """Families may have read what it said before: nobody is written to."""
    town.row("message.csv")["objet"] = "Vacances"
    town.row("message.csv", 1)["texte"] = "Venez."
    told = list(hand_over(app, town.folder(settled.parent / "next"), dry_run=True).lines())
    assert "  message 300\u00a0: «\u00a0Rentrée\u00a0» devient «\u00a0Vacances\u00a0»" in told
    assert "  message 301\u00a0: «\u00a0Rendez-vous\u00a0» a un autre texte" in told
