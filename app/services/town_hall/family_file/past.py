"""What was sent to a family, written down and done about it, in one statement."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, String, and_, cast, func, literal, null, select, union_all
from sqlalchemy.orm import InstrumentedAttribute

from app import db
from app.db import UtcDateTime
from app.mailer.answers import without_quote
from app.models import (
    FAMILY,
    Account,
    FamilyNote,
    Guardian,
    JournalEntry,
    MailState,
    OutboxMail,
)
from app.services.mail import letters, outbox
from app.services.mail.kinds import IN_FRENCH
from app.services.noted_acts import ACTS
from app.services.town_hall.family_file.opening import OPENED

MOST_MAILS = 5
MOST_ACTS = 10
MOST_NOTES = 50
# Told by the lists of mails and of notes; who looked at the file is for those who answer for it.
_UNTOLD = (
    OPENED, "mail_sent", "mail_refused", "mail_abandoned", "mail_for_nobody", "family_note_written",
)  # fmt: skip
_NOTHING = literal("")
_MAIL, _NOTE, _ACT = "mail", "note", "act"
_MAILS = (
    select(
        literal(_MAIL).label("what"),
        OutboxMail.id,
        OutboxMail.created_at.label("at"),
        OutboxMail.settled_at.label("settled_at"),
        OutboxMail.kind.label("kind"),
        Guardian.full_name.label("whose"),
        cast(OutboxMail.state, String).label("state"),
        func.coalesce(func.nullif(OutboxMail.address, ""), Guardian.email).label("address"),
        OutboxMail.last_error.label("words"),
    )
    .join(Account, Account.identifier == OutboxMail.identifier)
    .join(Guardian, Guardian.id == Account.guardian_id)
    .where(Guardian.family_id == FAMILY)
)
_ACTS = select(
    literal(_ACT),
    JournalEntry.id,
    JournalEntry.at,
    cast(null(), UtcDateTime),
    JournalEntry.event,
    func.coalesce(Guardian.full_name, ""),
    _NOTHING,
    JournalEntry.acted_by,
    func.coalesce(JournalEntry.details["reason"].as_string(), ""),
).where(and_(*(JournalEntry.event != event for event in _UNTOLD)))
# Apart: no database of ours goes by two indexes at once to the few that are wanted.
_OF_ACCOUNTS = (
    _ACTS.join(Account, Account.id == JournalEntry.account_id)
    .join(Guardian, Guardian.id == Account.guardian_id)
    .where(Guardian.family_id == FAMILY)
)
_OF_FAMILY = (
    _ACTS.outerjoin(Account, Account.id == JournalEntry.account_id)
    .outerjoin(Guardian, Guardian.id == Account.guardian_id)
    .where(JournalEntry.family_id == FAMILY)
)
_NOTES = select(
    literal(_NOTE),
    FamilyNote.id,
    FamilyNote.written_at,
    cast(null(), UtcDateTime),
    _NOTHING,
    _NOTHING,
    _NOTHING,
    FamilyNote.acted_by,
    FamilyNote.body,
).where(FamilyNote.family_id == FAMILY)


def _latest(
    statement: Select[*tuple[Any, ...]], number: InstrumentedAttribute[int], most: int
) -> Select[*tuple[Any, ...]]:
    """Take the latest of a statement, found by whose they are.

    By the number itself, databases would go through everybody's until they meet enough of them.
    """
    latest = statement.order_by((number + 0).desc()).limit(most).subquery()
    return select(*latest.c)


_together = union_all(
    _latest(_MAILS, OutboxMail.id, MOST_MAILS),
    _latest(_NOTES, FamilyNote.id, MOST_NOTES),
    _latest(_OF_ACCOUNTS, JournalEntry.id, MOST_ACTS),
    _latest(_OF_FAMILY, JournalEntry.id, MOST_ACTS),
).subquery()
_PAST = select(*_together.c).order_by(
    _together.c.what, _together.c.at.desc(), _together.c.id.desc()
)


class SentMail(NamedTuple):
    """A mail to one of the guardians."""

    id: int
    asked_at: datetime
    settled_at: datetime | None
    # In words.
    kind: str
    whose: str
    state: MailState
    address: str
    error: str

    @property
    def state_words(self) -> str:
        """Say what became of it."""
        return letters.STATES[self.state]

    @property
    def has_left(self) -> bool:
        """Tell whether their server took it."""
        return self.state is MailState.SENT

    @property
    def has_failed(self) -> bool:
        """Tell whether it may be tried again."""
        return not self.is_under_way and self.state not in outbox.GONE

    @property
    def is_under_way(self) -> bool:
        """Tell whether it may still leave."""
        return self.state in {MailState.QUEUED, MailState.SENDING}


class PastAct(NamedTuple):
    """Something that was done, by whom."""

    at: datetime
    # In words; an older version may have noted what this one does not know.
    words: str
    # Which guardian it is about; empty for the whole family.
    whose: str
    # Who at the town hall; empty for the family.
    acted_by: str
    reason: str


class Note(NamedTuple):
    """What somebody of the town hall wrote down."""

    id: int
    at: datetime
    acted_by: str
    body: str


class Past(NamedTuple):
    """What there was, the latest first."""

    mails: list[SentMail]
    notes: list[Note]
    acts: list[PastAct]


def read(family_id: int) -> Past:
    """Read the latest of each."""
    past = Past([], [], [])
    for row in db.rows(_PAST, family_id=family_id):
        what, number, at, settled_at, kind, whose, state, who, words = row
        if what == _MAIL:
            mail_words = IN_FRENCH.get(kind, kind)
            said = without_quote(words)
            mail = (number, at, settled_at, mail_words, whose, MailState(state), who, said)
            past.mails.append(SentMail(*mail))
        elif what == _NOTE:
            past.notes.append(Note(number, at, who, words))
        elif len(past.acts) < MOST_ACTS:
            past.acts.append(PastAct(at, ACTS.get(kind, kind), whose, who, words))
    return past
