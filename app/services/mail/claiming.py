"""Taking mails that are due: what each leads to, and its secret, the same at each try."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import Session

from app.mailer.failures import ForNobody
from app.mailer.message import Message
from app.models import MAY_SIGN_IN, Account, EmailChange, Guardian, MailState
from app.services.mail import letters, to_clerks
from app.services.mail.kinds import (
    ASKED_BY_STRANGERS,
    TO_CLERKS,
    TO_OUTSIDERS,
    WITH_SECRET,
    MailKind,
)
from app.services.mail.letters import Recipient
from app.services.mail.limits import Recent
from app.services.tokens import bounce_tags, temporary_passwords
from app.services.tokens.temporary_passwords import NOBODY, IssuedPassword

AnyRow = Row[*tuple[Any, ...]]
Change = dict[str, Any]

# Why a mail is not sent: what it would carry opens nothing any more.
DEAD_LINK = "Son lien ou son code ne sert plus"
DEAD_PASSWORD = "Son mot de passe temporaire a déjà servi, ou ne sert plus"  # noqa: S105
# Of a mail that names no change of address; rows are numbered from one.
NO_CHANGE = 0
# Of what is written for nobody.
NO_MAILBOX = "personne@localhost"

# Locked, always in the same order: mails to one account, in two workers' hands, are counted one
# after the other.
RECIPIENTS = (
    select(
        Account.id,
        Account.identifier,
        Guardian.email,
        Guardian.title,
        Guardian.first_name,
        Guardian.last_name,
        Account.password_hash.is_(None).label("is_new"),
        MAY_SIGN_IN.label("may_sign_in"),
    )
    .join(Account.guardian)
    .join(Guardian.family)
    .where(Account.identifier.in_(bindparam("identifiers", expanding=True)))
    .order_by(Account.id)
    .with_for_update(of=Account, key_share=True)
)


@dataclass(frozen=True, slots=True)
class ClaimedMail:
    """A mail in the hands of one courier."""

    id: int
    kind: str
    lease_ends: datetime
    # This try included.
    attempts: int
    created_at: datetime
    due_at: datetime
    recipient: Recipient
    # It may hold a link, or a code.
    context: dict[str, str] = field(repr=False)
    issued: IssuedPassword | None = field(repr=False)
    # Why nobody has it, for one that is written all the same.
    dead_end: MailState | None = None

    def compose(self) -> Message:
        """Write the mail. Raises PermanentFailure when its address cannot be used."""
        written = letters.write(
            MailKind(self.kind), self.recipient, self.issued, self.created_at, self.context
        )
        comes_back_to = bounce_tags.address_for(self.id, self.recipient.address)
        message = replace(written, key=_key(self), bounces_to=comes_back_to)
        if self.dead_end is not None:
            message.as_bytes()
            raise ForNobody
        return message


class DeadEnd(NamedTuple):
    """Why a mail is not sent at all."""

    state: MailState
    why: str = ""


class _Chosen(NamedTuple):
    """A mail that is written, the account that it is for, and why nobody has it if nobody does."""

    row: AnyRow
    account: AnyRow | None
    dead_end: DeadEnd | None


def take(
    session: Session, rows: Sequence[AnyRow], now: datetime, lease_ends: datetime
) -> tuple[list[ClaimedMail], list[Change]]:
    """Claim these mails, but for those that nobody can be sent; say what becomes of each row."""
    if not rows:
        return [], []
    identifiers = sorted({row.identifier for row in rows})
    accounts = {
        row.identifier: row for row in session.execute(RECIPIENTS, {"identifiers": identifiers})
    }
    clerks = to_clerks.recipients(session, rows)
    recent = Recent(session, identifiers, {row.id for row in rows}, now)
    dead_links = _dead_links(session, rows, now) | to_clerks.dead_codes(rows, now)
    ends, chosen = {}, []
    for row in rows:
        account = _addressee(row, clerks, accounts)
        dead_end = _dead_end(row, account, dead_links)
        too_many = recent.limit(row, for_nobody=dead_end is not None)
        end = DeadEnd(too_many) if too_many else None if _is_written(row, dead_end) else dead_end
        if end is None:
            chosen.append(_Chosen(row, None if dead_end else account, dead_end))
        else:
            ends[row.id] = end
    claims = _claimed(session, chosen, lease_ends)
    changes = [
        _taken(row, lease_ends)
        if row.id in claims
        else _ended(row, ends.get(row.id) or DeadEnd(MailState.LIMITED, DEAD_PASSWORD), now)
        for row in rows
    ]
    return list(claims.values()), changes


class _Outsider(NamedTuple):
    """Whoever has no access here, as the queue sees a guardian."""

    email: str
    id: int = NOBODY
    identifier: str = ""
    title: str = ""
    first_name: str = ""
    last_name: str = ""
    is_new: bool = False
    may_sign_in: bool = True


def _addressee(row: AnyRow, clerks: dict[str, AnyRow], accounts: dict[str, AnyRow]) -> Any:
    if row.kind in TO_OUTSIDERS:
        return _Outsider(row.address)
    return clerks.get(row.address) if row.kind in TO_CLERKS else accounts.get(row.identifier)


def _taken(row: AnyRow, lease_ends: datetime) -> Change:
    return {
        "row_id": row.id,
        "state": MailState.SENDING,
        "attempts": row.attempts + 1,
        "due_at": lease_ends,
        "settled_at": None,
        "last_error": "",
    }


def _ended(row: AnyRow, dead_end: DeadEnd, now: datetime) -> Change:
    return {
        "row_id": row.id,
        "state": dead_end.state,
        "attempts": row.attempts,
        "due_at": row.due_at,
        "settled_at": now,
        "last_error": dead_end.why,
    }


def _is_written(mail: AnyRow, dead_end: DeadEnd | None) -> bool:
    """Tell whether it is; what a stranger asked is, whoever it is for."""
    return dead_end is None or (mail.kind in ASKED_BY_STRANGERS and not mail.by_town_hall)


def _dead_end(mail: AnyRow, account: AnyRow | None, dead_links: set[int]) -> DeadEnd | None:
    if account is None:
        return DeadEnd(MailState.UNKNOWN)
    if not account.may_sign_in:
        return DeadEnd(MailState.ARCHIVED)
    if not (mail.address or account.email.strip()):
        return DeadEnd(MailState.NO_ADDRESS)
    return DeadEnd(MailState.LIMITED, DEAD_LINK) if mail.id in dead_links else None


def _dead_links(session: Session, rows: Sequence[AnyRow], now: datetime) -> set[int]:
    """Find the mails whose link confirms nothing: asked anew, given up, too old, or none."""
    named = {
        row.id: int(row.context.get("change", NO_CHANGE))
        for row in rows
        if row.kind == MailKind.EMAIL_CONFIRMATION
    }
    if not named:
        return set()
    under_way = select(EmailChange.id).where(
        EmailChange.id.in_(named.values()),
        EmailChange.ended_at.is_(None),
        EmailChange.expires_at >= now,
    )
    alive = set(session.scalars(under_way))
    return {mail for mail, change in named.items() if change not in alive}


def _claimed(
    session: Session, chosen: Sequence[_Chosen], lease_ends: datetime
) -> dict[int, ClaimedMail]:
    """Take them, by number; but for those whose secret was used, or died, since the try before."""
    wanted = {
        _key(each.row): each.account.id if each.account else None
        for each in chosen
        if each.row.kind in WITH_SECRET
    }
    issued = temporary_passwords.issue_for_mails(session, wanted)
    return {
        each.row.id: _claim(each, issued.get(_key(each.row)), lease_ends)
        for each in chosen
        if issued.get(_key(each.row), ...) is not None
    }


def _claim(chosen: _Chosen, issued: IssuedPassword | None, lease_ends: datetime) -> ClaimedMail:
    row, account = chosen.row, chosen.account
    is_new = account is not None and account.is_new
    return ClaimedMail(
        id=row.id,
        # Whoever asks before having chosen a password has lost nothing: it is their first time.
        kind=MailKind.ACTIVATION if issued and is_new else row.kind,
        lease_ends=lease_ends,
        attempts=row.attempts + 1,
        created_at=row.created_at,
        due_at=row.due_at,
        recipient=_recipient(row, account),
        context=to_clerks.context(row, account) if row.kind in TO_CLERKS else row.context,
        issued=issued,
        dead_end=chosen.dead_end.state if chosen.dead_end else None,
    )


def _recipient(row: AnyRow, account: AnyRow | None) -> Recipient:
    """Name whom it is for, unless it goes elsewhere than to their own address."""
    if account is None:
        return Recipient(NOBODY, row.identifier, NO_MAILBOX)
    elsewhere = row.address and row.address != account.email
    names = () if elsewhere else (account.title, account.first_name, account.last_name)
    return Recipient(
        account.id,
        account.identifier,
        row.address or account.email,
        " ".join(filter(None, names)),
    )


def _key(mail: ClaimedMail | AnyRow) -> str:
    """Tell a mail from any other: one that is asked for again is another."""
    return f"{mail.id} {mail.created_at.isoformat()}"
