"""The stories happen. Nobody waits for days: between two acts, what happened becomes older."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session

from app import db
from app.calendar import ONE_DAY, working_days
from app.formats import today
from app.models import (
    AcceptedValue,
    Child,
    FamilyRequest,
    Invoice,
    JournalEntry,
    Message,
    MessageReply,
    RequestEvent,
    RequestFile,
)
from app.services.demonstration.parents import account_of
from app.services.demonstration.stories import TOWN_HALL, Story, stories
from app.services.inbox import answering, desk
from app.services.requests import sending
from app.services.requests.kinds import BY_KEY
from app.services.requests.sending import Asked

# Who writes about which message, a few days ago, and what the town hall answers the day after.
PARENT, FAMILY_NUMBER, MESSAGE = "38162386", "3816231", "302"
QUESTION = "Bonjour, je peux apporter deux gâteaux. À quelle heure faut-il les déposer\u00a0?"
ANSWER = "Merci beaucoup\u00a0! Déposez-les à l’école à partir de 15\u00a0h\u00a030."
WHO_WAITS, WAITING_QUESTION = "38162469", "Reste-t-il un stand pour les parents de CM2\u00a0?"

_CHILD = select(Child.public_id).where(Child.source_id == bindparam("source_id"))
_INVOICE = select(Invoice.public_id).where(Invoice.source_id == bindparam("source_id"))
_MESSAGE = select(Message.id, Message.public_id).where(Message.source_id == bindparam("source_id"))
_LATEST_ENTRY = select(func.max(JournalEntry.id))
_REPLIES = select(MessageReply.id).where(MessageReply.message_id == bindparam("message_id"))


def play(town: Path) -> None:
    """Let each story happen, once; `town` is where the files of the demonstration are."""
    for number, story in enumerate(stories(town)):
        _tell(story, f"demonstration {number}")
    _talk()


def _tell(story: Story, key: str) -> None:
    account = account_of(story.identifier)
    if sending.was_sent(account, key):
        return
    child = _public_id(_CHILD, story.child)
    asked = Asked(story.details, [child] if child else [], _public_id(_INVOICE, story.invoice))
    before = _latest_entry()
    sent = sending.send(account, BY_KEY[story.kind], asked, key, story.files)
    ago = story.sent
    for next_ago, act in story.then:
        _age_request(sent.number, _between(ago, next_ago), before)
        act(account, sent)
        ago = next_ago
    _age_request(sent.number, _between(ago, 0), before)


def _talk() -> None:
    [(number, public_id)] = db.rows(_MESSAGE, source_id=MESSAGE)
    if db.rows(_REPLIES, message_id=number):
        return
    before = _latest_entry()
    answering.answer(account_of(PARENT), public_id, QUESTION, "demonstration 1")
    _age_thread(number, _between(2, 1), before)
    desk.answer(number, FAMILY_NUMBER, ANSWER, TOWN_HALL)
    answering.answer(account_of(WHO_WAITS), public_id, WAITING_QUESTION, "demonstration 2")
    _age_thread(number, _between(1, 0), before)


def _public_id(statement: Select[str], source_id: str | None) -> str | None:
    return None if source_id is None else db.rows(statement, source_id=source_id)[0].public_id


def _between(ago: int, later_ago: int) -> timedelta:
    """Count what passes from so many working days ago to less: no town hall works on Sundays."""
    return working_days.before(today(), later_ago) - working_days.before(today(), ago)


def _latest_entry() -> int:
    """Return the number of the journal's last entry: what a story adds comes after it."""
    return db.rows(_LATEST_ENTRY)[0][0] or 0


def _age_journal(session: Session, before: int, passed: timedelta) -> None:
    for entry in session.scalars(select(JournalEntry).where(JournalEntry.id > before)):
        entry.at -= passed


def _age_request(number: int, passed: timedelta, before: int) -> None:
    """Make a request, and all that happened to it, older."""
    with db.transaction() as session:
        _age_journal(session, before, passed)
        request = session.get_one(FamilyRequest, number)
        request.sent_at -= passed
        # The first working day from there on.
        request.expected_on = working_days.after(request.expected_on - passed - ONE_DAY, 1)
        events = session.scalars(select(RequestEvent).where(RequestEvent.request_id == number))
        for event in events:
            event.at -= passed
        for file in session.scalars(select(RequestFile).where(RequestFile.request_id == number)):
            file.added_at -= passed
        accepted = select(AcceptedValue).where(AcceptedValue.request_id == number)
        for value in session.scalars(accepted):
            value.accepted_at -= passed


def _age_thread(message_id: int, passed: timedelta, before: int) -> None:
    with db.transaction() as session:
        _age_journal(session, before, passed)
        found = select(MessageReply).where(MessageReply.message_id == message_id)
        for reply in session.scalars(found):
            reply.written_at -= passed
            if reply.waits_since:
                reply.waits_since -= passed
