"""The journal: what may be asked about later, in the database and in the log."""

import json
import logging

import pytest
from flask import Flask
from pythonjsonlogger.core import RESERVED_ATTRS
from sqlalchemy import select

from app import db
from app.models import JournalEntry
from app.services import journal
from app.services.actors import Origin, Stranger
from app.web.logs import JsonFormatter
from tests.services.accounts.conftest import signed_in
from tests.support.people import People

VISITOR = Stranger(Origin(address="192.0.2.1", request_id="0123456789abcdef"))


# What logging, or the line of the journal, keeps for itself.
OURS = {"account", "address", "at", "details", "host", "reference", "request", "town"}
RESERVED = sorted({*RESERVED_ATTRS, "taskName", *OURS})


def test_a_detail_may_have_any_name(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    """« message » is a name of logging's own: it once ended every answer in a 500."""
    caplog.set_level(logging.INFO, logger="portail")
    with app.app_context():
        with db.transaction() as session:
            for name in RESERVED:
                journal.record(session, "message_answered", VISITOR, None, **{name: "302"})
        kept = db.session().scalars(select(JournalEntry.details).order_by(JournalEntry.id))
        assert list(kept) == [{name: "302"} for name in RESERVED]
    for name, record in zip(RESERVED, caplog.records, strict=True):
        line = json.loads(JsonFormatter().format(record))
        assert line["details"] == {name: "302"}
        assert (line["event"], line["request"]) == ("message_answered", VISITOR.origin.request_id)


def test_an_act_without_words_is_refused(app: Flask) -> None:
    with app.app_context(), db.transaction() as session, pytest.raises(ValueError, match="words"):
        journal.record(session, "something_else", VISITOR)


def test_an_account_adds_so_many_lines_a_day(
    app: Flask, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then its acts of one kind share a line that counts them: none is hidden by a thousand."""
    monkeypatch.setattr(journal, "MOST_LINES_A_DAY", 3)
    with app.app_context():
        account = signed_in(people.zest)
        for event in (*["message_archived"] * 10, "password_changed", *["message_archived"] * 5):
            with db.transaction() as session:
                journal.record(session, event, account)
        lines = db.session().execute(
            select(JournalEntry.event, JournalEntry.details)
            .where(JournalEntry.event != "signed_in")
            .order_by(JournalEntry.id)
        )
        assert [(event, details.get("count")) for event, details in lines] == [
            ("message_archived", None),
            ("message_archived", "14"),
            ("password_changed", None),
        ]
