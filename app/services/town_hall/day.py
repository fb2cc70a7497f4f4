"""« À faire aujourd’hui »: what waits for somebody at the town hall, the most pressing first.

Everything is counted in one statement, each to two hundred: a page that is opened all day long
looks at what waits, never at all that there is.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import starmap
from typing import Any, NamedTuple

from sqlalchemy import (
    Label,
    Select,
    String,
    bindparam,
    case,
    exists,
    func,
    literal_column,
    select,
)

from app import db
from app.formats import day_of, today
from app.mailer.answers import without_quote
from app.models import (
    MAY_SIGN_IN,
    AbsenceProof,
    AcceptedValue,
    Account,
    Document,
    Family,
    FamilyRequest,
    Guardian,
    ImportRun,
    ImportState,
    JournalEntry,
    MailState,
    Message,
    MessageReply,
    OutboxMail,
    RefusedAddress,
)
from app.models.requests import WAIT_FOR_TOWN
from app.services.mail import leaving
from app.services.mail.kinds import MailKind
from app.services.mail.refused_addresses import IS_REFUSED
from app.services.requests import desk_listing
from app.services.requests.desk_line import DeskLine
from app.settings import settings

SHOWN = 5
MOST = 200
_NOTHING = literal_column("''", String)


def _count(found: Select[*tuple[Any, ...]], name: str) -> Label[int]:
    """Count rows, no further than one past the most, inside another statement."""
    return (
        select(func.count())
        .select_from(found.limit(MOST + 1).subquery())
        .scalar_subquery()
        .label(name)
    )


_GUARDIANS = (
    select(Guardian.id)
    .select_from(Guardian)
    .join(Account, Account.guardian_id == Guardian.id)
    .join(Family, Family.id == Guardian.family_id)
    .where(MAY_SIGN_IN, Guardian.rank.is_not(None), Account.password_hash.is_(None))
)
# Whoever a reminder may reach: the others are counted below, or above.
_INVITED = _GUARDIANS.where(
    Account.invited_at.is_not(None), Guardian.email != _NOTHING, ~IS_REFUSED
)
_REQUESTS = select(FamilyRequest.id).where(FamilyRequest.state.in_(WAIT_FOR_TOWN))
_THREADS = (
    select(
        Message.id.label("number"),
        Message.subject,
        Family.id,
        Family.number,
        Guardian.full_name.label("who"),
        MessageReply.waits_since,
    )
    .select_from(MessageReply)
    .join(Message, Message.id == MessageReply.message_id)
    .join(Family, Family.id == MessageReply.family_id)
    .join(Account, Account.id == MessageReply.account_id)
    .join(Guardian, Guardian.id == Account.guardian_id)
    .where(MessageReply.waits_since.is_not(None), Message.withdrawn_at.is_(None))
    # The order of an index, which has nothing to read of those that do not wait.
    .order_by(MessageReply.waits_since)
)
_LATEST_THREADS = _THREADS.limit(SHOWN)
# Apart and bounded, so that databases begin with these few and not with every guardian.
_ADDRESSES = (
    select(RefusedAddress.address, RefusedAddress.reason, RefusedAddress.refused_at)
    .order_by(RefusedAddress.refused_at.desc())
    .limit(literal_column("1000"))
    .subquery()
)
_REFUSED = (
    select(
        Family.id,
        Family.number,
        Guardian.full_name.label("who"),
        _ADDRESSES.c.address,
        _ADDRESSES.c.reason,
    )
    .select_from(_ADDRESSES)
    .join(Guardian, Guardian.email == _ADDRESSES.c.address)
    .join(Account, Account.guardian_id == Guardian.id)
    .join(Family, Family.id == Guardian.family_id)
    .where(MAY_SIGN_IN, Guardian.rank.is_not(None))
)
_LATEST_REFUSED = _REFUSED.order_by(_ADDRESSES.c.refused_at.desc()).limit(SHOWN)
# One that was undone is none any more; the journal alone knows those from before the history.
_LAST_IMPORT = case(
    (
        exists(select(ImportRun.id).where(~ImportRun.of_services)),
        select(func.max(ImportRun.settled_at))
        .where(ImportRun.state == ImportState.IMPORTED, ~ImportRun.of_services)
        .scalar_subquery(),
    ),
    else_=select(func.max(JournalEntry.at))
    .where(JournalEntry.event == literal_column("'import'"))
    .scalar_subquery(),
)
_ALL = select(
    _count(_REQUESTS, "requests"),
    _count(_REQUESTS.where(FamilyRequest.expected_on < bindparam("today")), "late"),
    _count(_THREADS, "threads"),
    _count(_REFUSED, "refused"),
    _count(select(AcceptedValue.id).where(AcceptedValue.settled_at.is_(None)), "to_report"),
    _count(select(AbsenceProof.id).where(AbsenceProof.judged_at.is_(None)), "proofs"),
    _count(_INVITED, "invited"),
    _count(_GUARDIANS.where(Guardian.email == _NOTHING), "without_address"),
    _LAST_IMPORT.label("imported_at"),
    leaving.HELD_UP.label("held_up_since"),
    leaving.LAST_SENT.label("last_sent_at"),
    exists(select(Family.id)).label("has_families"),
    exists(
        select(Account.id).where(
            Account.password_hash.is_not(None) | Account.invited_at.is_not(None)
        )
    ).label("has_invited"),
)
_SET_UP = select(
    exists(
        select(OutboxMail.id).where(
            OutboxMail.kind == MailKind.TRIAL.value, OutboxMail.state == MailState.SENT
        )
    ).label("mail"),
    exists(select(Document.id)).label("document"),
)


class ThreadLine(NamedTuple):
    """A family that waits for an answer to what it wrote."""

    number: int
    subject: str
    family_id: int
    family_number: str
    who: str
    since: datetime


class RefusedLine(NamedTuple):
    """A guardian whose mails come back."""

    family_id: int
    family_number: str
    who: str
    address: str
    reason: str


class SetUp(NamedTuple):
    """What a town does before its parents come, and whether it is done."""

    town: bool
    mail: bool
    families: bool
    document: bool


class Day(NamedTuple):
    """What waits today; what is counted is never counted further than one past MOST."""

    requests: int
    late: int
    threads: int
    refused: int
    to_report: int
    proofs: int
    invited: int
    without_address: int
    imported_at: datetime | None
    # Since when no mail leaves; None while they do.
    no_mail_since: datetime | None
    urgent: Sequence[DeskLine]
    waiting: Sequence[ThreadLine]
    unreached: Sequence[RefusedLine]
    # None once parents are invited.
    set_up: SetUp | None

    @property
    def is_quiet(self) -> bool:
        """Tell whether nothing waits."""
        waits = (self.requests, self.threads, self.refused, self.to_report, self.proofs)
        return not any((*waits, self.invited, self.without_address))

    @property
    def days_since_import(self) -> int | None:
        """Count the days since the last import."""
        return (today() - day_of(self.imported_at)).days if self.imported_at else None


def read(*, reads_proofs: bool) -> Day:
    """Gather it, for somebody who reads why children did not come or does not."""
    [row] = db.rows(_ALL, today=today(), limit=leaving.limit())
    return Day(
        requests=row.requests,
        late=row.late,
        threads=row.threads,
        refused=row.refused,
        to_report=row.to_report,
        # Nobody is told of what they may not read.
        proofs=row.proofs if reads_proofs else 0,
        invited=row.invited,
        without_address=row.without_address,
        imported_at=row.imported_at,
        no_mail_since=leaving.stopped_since(row.held_up_since, row.last_sent_at),
        urgent=desk_listing.urgent(SHOWN) if row.requests else (),
        waiting=[*map(ThreadLine._make, db.rows(_LATEST_THREADS))] if row.threads else (),
        unreached=[*starmap(_refused_line, db.rows(_LATEST_REFUSED))] if row.refused else (),
        set_up=None if row.has_invited else _set_up(has_families=row.has_families),
    )


def _refused_line(family_id: int, number: str, who: str, address: str, reason: str) -> RefusedLine:
    return RefusedLine(family_id, number, who, address, without_quote(reason))


def _set_up(*, has_families: bool) -> SetUp:
    [row] = db.rows(_SET_UP)
    return SetUp(
        town=bool(settings.town_phone and settings.town_address),
        mail=row.mail,
        families=has_families,
        document=row.document,
    )
