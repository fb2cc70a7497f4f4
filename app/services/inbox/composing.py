"""The town hall writes a message on screen: a draft until it is sent, that no family has.

Whom it is for is written down with it, family by family, so that what is read again is what leaves.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, delete, exists, func, insert, literal, select
from sqlalchemy.orm import Session

from app import db
from app.formats import today
from app.models import (
    Account,
    Family,
    Folder,
    Message,
    MessageAttachment,
    MessageRecipient,
    MessageSending,
)
from app.models.messages import folded_message
from app.services.actors import Actor
from app.services.files import stored_files
from app.services.files.uploads import CheckedFile
from app.services.refusals import Reason, Refusal
from app.services.targets import choosing, reach
from app.services.targets.kinds import Target, TargetKind
from app.services.targets.reach import Reach

LONGEST_SUBJECT, LONGEST_BODY, LONGEST_SENDER = 200, 10_000, 100
MOST_FILES = 10
# What the import would call it: no file of the town's software may take it over.
SOURCE_ID_PREFIX = "portail-"

NO_DRAFT = "Ce message n’est plus un brouillon\u00a0: il est envoyé, ou retiré."
TOO_MANY_FILES = f"Un message porte {MOST_FILES} fichiers au plus\u00a0: retirez-en d’abord."


class Letter(NamedTuple):
    """What a message says, and how it is to be sent."""

    target: Target
    subject: str
    body: str
    # The service that writes; empty for the town hall at large.
    sender: str = ""
    answerable: bool = False
    mails: bool = True
    # None for at once.
    planned_for: datetime | None = None


class Draft(NamedTuple):
    """A message that nobody sent yet, and which families it is for."""

    letter: Letter
    reach: Reach
    families: ColumnElement[bool]


def save(
    letter: Letter,
    actor: Actor,
    number: int | None = None,
    files: Sequence[CheckedFile] = (),
    removed: Collection[str] = (),
) -> int:
    """Keep a draft, with whom it is for today; return its number. Raises Refusal."""
    with stored_files.keeping(Folder.MESSAGES, files) as stored, db.transaction() as session:
        kept = compose(session, letter, actor, number)
        _attach(session, kept, list(zip(files, stored, strict=True)), removed)
        return kept


def compose(session: Session, letter: Letter, actor: Actor, number: int | None = None) -> int:
    """Keep what a draft says, in the caller's transaction; return its number. Raises Refusal."""
    message, sending = _begun(session, letter) if number is None else draft(session, number)
    message.sender, message.subject = letter.sender, letter.subject
    message.body, message.answerable = letter.body, letter.answerable
    message.folded = folded_message(letter.sender, letter.subject, letter.body)
    message.sent_on = today()
    _address(session, message, letter.target)
    sending.target, sending.target_words = letter.target.stored(), letter.target.words
    sending.mails, sending.planned_for = letter.mails, letter.planned_for
    sending.acted_by = actor.acted_by
    return message.id


def draft(session: Session, number: int, *, hold: bool = True) -> tuple[Message, MessageSending]:
    """Return a message that nobody sent yet, held until the transaction ends. Raises Refusal."""
    message, sending = written(session, number, hold=hold)
    if not message.unsent or message.withdrawn_at or sending.due_at:
        raise Refusal(Reason.CLOSED, NO_DRAFT)
    return message, sending


def written(session: Session, number: int, *, hold: bool = True) -> tuple[Message, MessageSending]:
    """Return a message that was written on screen, held likewise. Raises Refusal."""
    if found := held(session, number, hold=hold):
        return found
    raise Refusal(Reason.UNKNOWN, f"Il n’y a pas de message n°\u00a0{number} écrit à l’écran.")


def held(
    session: Session, number: int, *, hold: bool = True
) -> tuple[Message, MessageSending] | None:
    """Return a message that was written on screen, if there is one."""
    both = (
        select(Message, MessageSending)
        .join(MessageSending, MessageSending.message_id == Message.id)
        .where(Message.id == number)
        .execution_options(populate_existing=True)
    )
    found = session.execute(both.with_for_update(of=Message) if hold else both).first()
    return found and (found[0], found[1])


def read(number: int) -> Draft:
    """Read a draft again, with whom it reaches today. Raises Refusal when it is none."""
    message, sending = draft(db.session(), number, hold=False)
    letter = Letter(
        Target.read(sending.target),
        message.subject,
        message.body,
        message.sender,
        message.answerable,
        sending.mails,
        sending.planned_for,
    )
    return Draft(letter, reach_of(message), families_of(message))


def families_of(message: Message) -> ColumnElement[bool]:
    """Choose the families that a message is for."""
    if message.for_some:
        is_recipient = exists().where(
            MessageRecipient.message_id == message.id, MessageRecipient.family_id == Family.id
        )
        return choosing.OPEN & is_recipient
    return choosing.OPEN if message.family_id is None else Family.id == message.family_id


def reach_of(message: Message) -> Reach:
    """Count whom a message reaches."""
    return reach.of(families_of(message), Account.mail_messages)


def _begun(session: Session, letter: Letter) -> tuple[Message, MessageSending]:
    public_id = db.new_public_id()
    message = Message(
        public_id=public_id,
        source_id=f"{SOURCE_ID_PREFIX}{public_id}",
        sent_on=today(),
        subject=letter.subject,
        body=letter.body,
        unsent=True,
    )
    session.add(message)
    session.flush()
    sending = MessageSending(message_id=message.id, target_words="", acted_by="")
    session.add(sending)
    return message, sending


def _address(session: Session, message: Message, target: Target) -> None:
    session.execute(delete(MessageRecipient).where(MessageRecipient.message_id == message.id))
    message.family_id = None
    message.for_some = target.kind not in {TargetKind.EVERYBODY, TargetKind.FAMILY}
    if target.kind is TargetKind.FAMILY:
        message.family_id = choosing.one_family(target)
    if message.for_some:
        chosen = choosing.some_families(target).add_columns(literal(message.id))
        rows = insert(MessageRecipient).from_select(["family_id", "message_id"], chosen)
        session.execute(rows)
        if not session.scalar(select(exists().where(MessageRecipient.message_id == message.id))):
            raise Refusal(Reason.UNKNOWN, choosing.NOBODY)


def _attach(
    session: Session,
    number: int,
    files: Sequence[tuple[CheckedFile, str]],
    removed: Collection[str],
) -> None:
    held = MessageAttachment.message_id == number
    if removed:
        session.execute(
            delete(MessageAttachment).where(held, MessageAttachment.public_id.in_(removed))
        )
    count = session.scalar(select(func.count(MessageAttachment.id)).where(held)) or 0
    if count + len(files) > MOST_FILES:
        raise Refusal(Reason.TOO_MANY, TOO_MANY_FILES)
    for file, stored in files:
        session.add(
            MessageAttachment(
                message_id=number,
                title=stored_files.file_name(file.title, file.suffix),
                file=stored,
                file_size=len(file.content),
            )
        )
