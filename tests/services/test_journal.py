"""The journal: what may be asked about later, in the database and in the log."""

import json
import logging

import pytest
from flask import Flask
from sqlalchemy import select

from app import db
from app.models import JournalEntry
from app.services import journal
from app.services.actors import Origin, Stranger
from app.web.logs import STANDARD, JsonFormatter

VISITOR = Stranger(Origin(address="192.0.2.1", request_id="0123456789abcdef"))


# What logging, or the line of the journal, keeps for itself.
RESERVED = sorted(STANDARD | {"account", "address", "request", "details"})


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
