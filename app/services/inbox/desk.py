"""The town hall's side: what families answered to its messages, and what it answers them."""

from datetime import date, datetime
from hashlib import sha256
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import bindparam, case, func, nulls_last, or_, select, update
from sqlalchemy.orm import Session, aliased

from app import db
from app.models import (
    Account,
    Family,
    Guardian,
    Message,
    MessageMark,
    MessageReply,
    MessageSending,
)
from app.models.messages import TOWN_HALL
from app.paging import PAGE_SIZE, Page
from app.services import journal
from app.services.actors import Actor
from app.services.families import lookup
from app.services.inbox import composing, replies
from app.services.mail import notices
from app.services.refusals import Reason, Refusal
from app.typed_text import one_line, some_lines

LARGEST_NUMBER = 2**31 - 1
KEY_DIGITS = 31

_LATEST = select(func.max(MessageReply.id)).group_by(
    MessageReply.message_id, MessageReply.family_id
)
_LAST = aliased(MessageReply, select(MessageReply).where(MessageReply.id.in_(_LATEST)).subquery())
_WAITS = _LAST.account_id.is_not(None)
_WHO = Guardian.full_name.label("who")
# Whom it is for, when that is neither one family nor all.
_SOME = (
    select(MessageSending.target_words)
    .where(MessageSending.message_id == Message.id, Message.for_some)
    .scalar_subquery()
)
_FOR = func.coalesce(Family.number, _SOME)
_LINES = (
    select(Message.id, Message.subject, _FOR, _LAST.written_at, _WAITS, _WHO)
    .outerjoin(_LAST, _LAST.message_id == Message.id)
    .outerjoin(Family, Family.id == func.coalesce(_LAST.family_id, Message.family_id))
    .outerjoin(Account, Account.id == _LAST.account_id)
    .outerjoin(Guardian, Guardian.id == Account.guardian_id)
    .where(Message.withdrawn_at.is_(None), ~Message.unsent)
    # Who has waited the longest comes first; then the latest answers, then what nobody answered.
    .order_by(
        case((_WAITS, 0), else_=1),
        case((_WAITS, _LAST.written_at)),
        case((_WAITS, _LAST.id)),
        nulls_last(_LAST.written_at.desc()),
        Message.id.desc(),
    )
)
_WAITING = _LINES.where(_WAITS)
_ANSWERABLE = _LINES.where(or_(_LAST.id.is_not(None), Message.answerable))

_MESSAGE = (
    select(
        Message.id,
        func.coalesce(func.nullif(Message.sender, ""), TOWN_HALL),
        Message.subject,
        Message.sent_on,
        Message.body,
        Message.answerable,
        Family.number,
        Message.withdrawn_at,
        _SOME,
        Message.unsent,
    )
    .outerjoin(Family, Family.id == Message.family_id)
    .where(Message.id == bindparam("number"))
)
_THREADS = (
    select(
        Family.id,
        Family.number,
        _WHO,
        MessageReply.written_at,
        MessageReply.body,
        MessageReply.acted_by,
    )
    .select_from(MessageReply)
    .join(Family, Family.id == MessageReply.family_id)
    .outerjoin(Account, Account.id == MessageReply.account_id)
    .outerjoin(Guardian, Guardian.id == Account.guardian_id)
    .where(MessageReply.message_id == bindparam("number"))
    .order_by(Family.number, Family.id, MessageReply.id)
)


class ThreadLine(NamedTuple):
    """A thread as the town hall lists it; or, without an hour, a message nobody answered yet."""

    number: int
    subject: str
    # Or whom it is for, in words; None for a message to every family, as long as nobody answered.
    family_number: str | None
    written_at: datetime | None
    waits: bool
    # Who wrote last; None for the town hall.
    name: str | None


class Written(NamedTuple):
    """What somebody wrote; without a name, the town hall, and who there."""

    name: str | None
    written_at: datetime
    body: str
    acted_by: str


class Thread(NamedTuple):
    """What one family and the town hall wrote to each other."""

    family_number: str
    written: list[Written]
    family_id: int

    @property
    def waits(self) -> bool:
        """Tell whether the family wrote last."""
        return self.written[-1].name is not None


class DeskMessage(NamedTuple):
    """A message, whole."""

    number: int
    service: str
    subject: str
    sent_on: date
    body: str
    answerable: bool
    # None when it is for every family, or for some.
    family_number: str | None
    withdrawn_at: datetime | None
    # Whom it is for, in words, when that is some families.
    target_words: str | None
    unsent: bool
    # Those that wait come first.
    threads: list[Thread]


def listed(
    asked_page: str = "",
    size: int = PAGE_SIZE,
    *,
    everything: bool = False,
    published: bool = False,
) -> Page[ThreadLine]:
    """List the threads where a family wrote last; then, if wanted, all that can be answered.

    Or every message that a family may read.
    """
    answered = _ANSWERABLE if everything else _WAITING
    return db.page(_LINES if published else answered, asked_page, size).of(ThreadLine)


def find(number: int) -> DeskMessage:
    """Return a message with each family's thread. Raises Refusal when there is none."""
    found = db.rows(_MESSAGE, number=number) if 0 < number <= LARGEST_NUMBER else []
    if not found:
        raise Refusal(Reason.UNKNOWN, f"Il n’y a pas de message n°\u00a0{number}.")
    rows = groupby(db.rows(_THREADS, number=number), key=lambda row: (row[0], row[1]))
    threads = [
        Thread(family_number, [Written(*row[2:]) for row in written], family_id)
        for (family_id, family_number), written in rows
    ]
    threads.sort(key=lambda thread: not thread.waits)
    return DeskMessage._make((*found[0], threads))


def answer(number: int, family: str | int, text: str, actor: Actor) -> bool:
    """Answer a family in its thread, and make the message unread again for its guardians.

    It is named by the number on its papers, or by its row. False when these words were already the
    answer. Raises Refusal.
    """
    words = some_lines(text)
    if not words:
        raise Refusal(Reason.MISSING, "Écrivez votre réponse\u00a0: elle est vide.")
    if len(words) > replies.LONGEST_REPLY:
        raise Refusal(
            Reason.TOO_LONG,
            f"Raccourcissez votre réponse à {replies.LONGEST_REPLY} caractères au plus.",
        )
    message = find(number)
    if not message.answerable or message.withdrawn_at or message.unsent:
        raise Refusal(Reason.CLOSED, f"Le message n°\u00a0{number} ne prend pas de réponse.")
    with db.transaction() as session:
        family_id = _addressee(session, number, family)
        key = _key(session, number, family_id, words)
        if not replies.keep(session, number, family_id, actor, words, key):
            return False
        _bring_back(session, number, family_id)
        notices.tell_of_answer(session, family_id)
        told = {"message": str(number)}
        journal.record_of_family(session, "message_answered_by_town", actor, family_id, **told)
    return True


def _addressee(session: Session, number: int, family: str | int) -> int:
    """Find the family that has this message; a number given again is the family still here."""
    family_number = one_line(str(family))
    if not family_number:
        raise Refusal(Reason.MISSING, "Donnez le numéro de la famille.")
    here = [family] if isinstance(family, int) else lookup.open_families(family_number)
    message = session.get_one(Message, number)
    wanted = Family.id.in_(here) & composing.families_of(message)
    concerned = list(session.scalars(select(Family.id).where(wanted)))
    if not concerned:
        raise Refusal(
            Reason.UNKNOWN,
            f"Le message n°\u00a0{number} n’est pas adressé à la famille n°\u00a0{family_number}.",
        )
    return lookup.only_one(concerned, family_number)


def _key(session: Session, number: int, family_id: int, words: str) -> str:
    """Name this answer to what the family last wrote: the same command again sends nothing more.

    The letter keeps it apart from the keys that browsers send back, which anybody may forge.
    """
    last = session.scalar(
        select(func.max(MessageReply.id)).where(
            MessageReply.message_id == number,
            MessageReply.family_id == family_id,
            MessageReply.account_id.is_not(None),
        )
    )
    said = f"{number} {family_id} {last} {words}"
    return "m" + sha256(said.encode()).hexdigest()[:KEY_DIGITS]


def _bring_back(session: Session, number: int, family_id: int) -> None:
    """Put the message on top of the inbox of each guardian, « non lu »."""
    accounts = (
        select(Account.id)
        .join(Guardian, Guardian.id == Account.guardian_id)
        .where(Guardian.family_id == family_id)
    )
    session.execute(
        update(MessageMark)
        .where(MessageMark.message_id == number, MessageMark.account_id.in_(accounts))
        .values(read_at=None, archived_at=None)
    )
