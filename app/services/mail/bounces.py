"""What comes back: a server's word that it could not deliver one of our mails (RFC 3464).

Only the address that it comes back to is believed, as only we can have made it; whatever else
stands in a bounce may be forged.
"""

import mailbox
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import Message as ParsedMail
from enum import Enum, auto
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import db
from app.mailer import delivery
from app.mailer.answers import Answer
from app.mailer.failures import MailError, PermanentFailure
from app.models import Account, Guardian, MailState, OutboxMail
from app.services import journal
from app.services.actors import Actor
from app.services.mail import clerk_news, refused_addresses
from app.services.tokens import bounce_tags

# In the order in which servers are to be believed.
CAME_BACK_TO = ("X-Original-To", "Delivered-To", "Envelope-To", "To")
THEIR_SERVER = "le serveur du destinataire"
DIAGNOSTIC = re.compile(r"(?P<code>[45]\d\d)[ -]+(?P<text>.*)", re.DOTALL)
STATUS = re.compile(r"5\.\d{1,3}\.\d{1,3}")
# A bounce may hold the whole mail that it is about; ours are small.
MOST_BYTES = 1024 * 1024


class Verdict(Enum):
    """What a mail that came back is worth."""

    REFUSED = auto()
    # Nothing is decided yet: the server goes on trying.
    DELAYED = auto()
    # Of no mail of ours: forged, too old, or its address has changed since.
    UNKNOWN = auto()
    # No notification that says so: an absence, somebody who writes.
    OTHER = auto()


def receive(raw: bytes, actor: Actor, came_back_to: str = "") -> Verdict:
    """Read one mail that came back, and flag what it says was refused."""
    mail = message_from_bytes(raw[:MOST_BYTES], policy=policy.compat32)
    named = _named(mail, came_back_to)
    if named is None:
        return Verdict.OTHER
    failures = [block for block in _recipients(mail) if block.get("Action")]
    if not failures:
        return Verdict.OTHER
    if all(_word(block, "Action") != "failed" for block in failures):
        return Verdict.DELAYED
    block = next(block for block in failures if _word(block, "Action") == "failed")
    return _flag(*named, _meaning(block), actor)


def receive_all(maildir: Path, actor: Actor) -> Counter[Verdict]:
    """Read what is new in a mailbox. What was of use is removed; the rest stays, as read.

    A bounce may hold the mail that it is about, and its temporary password.
    """
    box = mailbox.Maildir(maildir, create=False)
    verdicts: Counter[Verdict] = Counter()
    for key, mail in list(box.iteritems()):
        if mail.get_subdir() != "new":
            continue
        verdict = receive(mail.as_bytes(), actor)
        verdicts[verdict] += 1
        if verdict is Verdict.OTHER:
            mail.set_subdir("cur")
            mail.add_flag("S")
            box[key] = mail
        else:
            box.remove(key)
    return verdicts


def _named(mail: ParsedMail, came_back_to: str) -> tuple[int, str] | None:
    """Find the mail of ours in the address that it came back to."""
    addresses = [came_back_to]
    for name in CAME_BACK_TO:
        addresses += [str(value) for value in mail.get_all(name, [])]
    found = map(bounce_tags.named_in, addresses)
    return next(filter(None, found), None)


def _recipients(mail: ParsedMail) -> Iterator[ParsedMail]:
    """Go through what the notification says of each recipient."""
    for part in mail.walk():
        if part.get_content_type() == "message/delivery-status":
            blocks = part.get_payload()
            if isinstance(blocks, list):
                yield from (block for block in blocks if isinstance(block, ParsedMail))


def _word(block: ParsedMail, name: str) -> str:
    return str(block.get(name, "")).strip().lower()


def _meaning(block: ParsedMail) -> MailError:
    """Say in French what their server answered, and what to do about it."""
    said = str(block.get("Diagnostic-Code", ""))
    status = STATUS.search(str(block.get("Status", "")))
    found = DIAGNOSTIC.search(said)
    code = int(found["code"]) if found else 550
    text = found["text"] if found else said
    if status and not STATUS.search(text):
        text = f"{status[0]} {text}"
    return Answer(max(code, 500), text, "RCPT").failure(THEIR_SERVER)


def _flag(mail_id: int, tag: str, meaning: MailError, actor: Actor) -> Verdict:
    """Write the refusal down, of a mail that we did send to where it came back from."""
    reason = delivery.plain(meaning)
    with db.transaction() as session:
        found = _sent(session, mail_id)
        if found is None or not bounce_tags.is_ours(mail_id, found.recipient, tag):
            return Verdict.UNKNOWN
        session.execute(
            update(OutboxMail)
            .where(OutboxMail.id == mail_id)
            .values(state=MailState.REFUSED, settled_at=datetime.now(UTC), last_error=reason)
            .execution_options(synchronize_session=False)
        )
        # A server that takes us for a nuisance says nothing of the address.
        if found.is_their_own and isinstance(meaning, PermanentFailure):
            refused_addresses.note(session, found.recipient, reason)
        journal.record(session, "mail_refused", actor, found.account_id, mail=str(mail_id))
        clerk_news.tell_soon(session)
    return Verdict.REFUSED


@dataclass(frozen=True, slots=True)
class _Sent:
    """A mail that left, and where it went as far as is known now."""

    account_id: int
    recipient: str
    is_their_own: bool


def _sent(session: Session, mail_id: int) -> _Sent | None:
    statement = (
        select(OutboxMail.address, Guardian.email, Account.id)
        .join(Account, Account.identifier == OutboxMail.identifier)
        .join(Guardian, Guardian.id == Account.guardian_id)
        .where(OutboxMail.id == mail_id, OutboxMail.state.in_((MailState.SENT, MailState.SENDING)))
    )
    row = session.execute(statement).one_or_none()
    if row is None:
        return None
    elsewhere, email, account_id = row
    return _Sent(account_id, elsewhere or email, not elsewhere or elsewhere == email)
