"""« Courriels »: what became of each, what is done about it; what was typed that is nobody's."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, func, select

from app import db
from app.mailer import answers
from app.mailer.answers import Remedy
from app.memo import kept
from app.models import Account, Family, Guardian, MailState, OutboxMail
from app.paging import Asked, Page, Selection
from app.services.accounts import identifiers
from app.services.actors import Actor
from app.services.mail import letters, outbox
from app.services.mail.kinds import IN_FRENCH, TO_CLERKS
from app.services.mail.outbox import MailLine
from app.services.town_hall import long_lists, searching
from app.services.town_hall.long_lists import LongList, midnight, moment

DAY = timedelta(days=1)


class Outcome(StrEnum):
    """What became of mails, as addresses name it."""

    WAITING = "en-attente"
    SENT = "partis"
    FAILED = "pas-arrives"
    STOPPED = "ecartes"


_STATES: dict[str, Sequence[MailState]] = {
    Outcome.WAITING: outbox.PENDING,
    Outcome.SENT: (MailState.SENT,),
    Outcome.FAILED: outbox.WORTH_RETRYING,
    Outcome.STOPPED: (MailState.LIMITED, MailState.ARCHIVED, MailState.WITHDRAWN),
}
_ALL = select(OutboxMail.created_at, OutboxMail.id)
# What strangers ask for nobody is a list of its own.
_IS_SOMEBODYS = OutboxMail.state != MailState.UNKNOWN
_TYPED = long_lists.of(
    _ALL.where(
        outbox.IS_NOT_SENT, OutboxMail.state == MailState.UNKNOWN, OutboxMail.identifier != ""
    )
)
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_LINES = (
    outbox.LINES.add_columns(Family.id, func.coalesce(Family.number, ""))
    .outerjoin(Family, Family.id == Guardian.family_id)
    .where(OutboxMail.id.in_(_IDS))
    .order_by(None)
)
_TYPED_LINES = select(OutboxMail.id, OutboxMail.created_at, OutboxMail.identifier).where(
    OutboxMail.id.in_(_IDS)
)
_IDENTIFIERS: BindParameter[Any] = bindparam("identifiers", expanding=True)
_OWNERS = (
    select(Account.identifier, Guardian.full_name, Guardian.family_id)
    .join(Guardian, Guardian.id == Account.guardian_id)
    .where(Account.identifier.in_(_IDENTIFIERS))
)
_OF_FAMILIES = (
    select(Account.identifier)
    .join(Guardian, Guardian.id == Account.guardian_id)
    .where(Guardian.family_id.in_(bindparam("families", expanding=True)))
)


class DeskMail(NamedTuple):
    """A mail as the town hall lists it."""

    mail: MailLine
    # Of whom it is for; None for a clerk, or for nobody that is known.
    family_id: int | None
    family_number: str

    @property
    def id(self) -> int:
        """Give its number."""
        return self.mail.id

    @property
    def name(self) -> str:
        """Say whom it is for."""
        return f"{self.mail.first_name} {self.mail.last_name}".strip()

    @property
    def kind(self) -> str:
        """Say what it is."""
        return IN_FRENCH.get(self.mail.kind, self.mail.kind)

    @property
    def called(self) -> str:
        """Tell it from the others of a list."""
        return f"{self.kind}, à {self.name or self.mail.address}, n° {self.id}"

    @property
    def state_words(self) -> str:
        """Say what became of it."""
        return letters.STATES[self.mail.state]

    @property
    def why(self) -> str:
        """Say why it has not left, without the words of a server."""
        return "" if self.has_left else answers.without_quote(self.mail.last_error)

    @property
    def has_left(self) -> bool:
        """Tell whether their server took it."""
        return self.mail.state is MailState.SENT

    @property
    def is_under_way(self) -> bool:
        """Tell whether it may still leave."""
        return self.mail.state in outbox.PENDING

    @property
    def may_be_withdrawn(self) -> bool:
        """Tell whether it can be kept from leaving."""
        return self.mail.state is MailState.QUEUED

    @property
    def next_try(self) -> datetime | None:
        """Tell when it is tried again, once a try failed."""
        tried = self.mail.state is MailState.QUEUED and self.mail.attempts
        return self.mail.due_at if tried else None

    @property
    def has_failed(self) -> bool:
        """Tell whether it is worth trying again."""
        return self.mail.state in outbox.WORTH_RETRYING

    @property
    def remedy(self) -> Remedy:
        """Find what is to be done for its family."""
        if self.mail.state is MailState.NO_ADDRESS:
            return Remedy.ADDRESS
        return Remedy.NONE if self.has_left else answers.remedy(self.mail.last_error)


class Owner(NamedTuple):
    """Who has an identifiant."""

    identifier: str
    name: str
    family_id: int


class TypedLine(NamedTuple):
    """What somebody typed that is nobody's, and who may be meant."""

    at: datetime
    identifier: str
    likely: list[Owner]


class _Question(NamedTuple):
    """What is asked, but for the values that it is asked with: its statements are made once."""

    with_clerks: bool
    outcome: str = ""
    of_kind: bool = False
    of_day: bool = False
    of_family: bool = False


def listed(asked: Asked, *, with_clerks: bool) -> Page[DeskMail]:
    """List those that an address asks for, the latest first; colleagues' for whoever may."""
    question, values = _question(asked.filters, with_clerks=with_clerks)
    return long_lists.page(_long_list(question), _read, asked.page, **values)


def typed(asked_page: str) -> Page[TypedLine]:
    """List what was typed that is nobody's, each with who may be meant."""
    return long_lists.page(_TYPED, _read_typed, asked_page)


def retry(actor: Actor, selection: Selection, *, with_clerks: bool) -> int:
    """Put those that are chosen back in the queue, but what has left; count them."""
    return outbox.retry_chosen(actor, _chosen(selection, with_clerks=with_clerks))


def withdraw(actor: Actor, selection: Selection, *, with_clerks: bool) -> int:
    """Keep those that are chosen from leaving, if they still wait; count them."""
    return outbox.withdraw_chosen(actor, _chosen(selection, with_clerks=with_clerks))


def _owners(identifiers_: set[str]) -> Sequence[Any]:
    return db.rows(_OWNERS, identifiers=sorted(identifiers_)) if identifiers_ else ()


def _read(ids: Sequence[int]) -> list[DeskMail]:
    rows = long_lists.known(ids, db.rows(_LINES, ids=list(ids)))
    return [DeskMail(MailLine(*row[:-2]), *row[-2:]) for row in rows]


def _read_typed(ids: Sequence[int]) -> list[TypedLine]:
    lines = long_lists.known(ids, db.rows(_TYPED_LINES, ids=list(ids)))
    near = {line.identifier: identifiers.near(line.identifier) for line in lines}
    known = {row[0]: Owner(*row) for row in _owners(set().union(*near.values()))}
    return [
        TypedLine(
            line.created_at,
            line.identifier,
            [known[each] for each in sorted(near[line.identifier] & known.keys())],
        )
        for line in lines
    ]


def _chosen(selection: Selection, *, with_clerks: bool) -> ColumnElement[bool]:
    if selection.everything:
        question, values = _question(selection.filters, with_clerks=with_clerks)
        found = select(OutboxMail.id).where(*_wanted(question)).params(values)
        return OutboxMail.id.in_(found)
    ours = _wanted(_Question(with_clerks))
    return and_(OutboxMail.id.in_(selection.ids), *ours)


def _question(filters: Mapping[str, str], *, with_clerks: bool) -> tuple[_Question, dict[str, Any]]:
    """Tell what is asked from the values that it is asked with."""
    question = _Question(
        with_clerks,
        filters.get("etat", ""),
        "sorte" in filters,
        "jour" in filters,
        "famille" in filters,
    )
    values: dict[str, Any] = {}
    if question.of_kind:
        values["kind"] = filters["sorte"]
    if question.of_day:
        since = midnight(filters["jour"])
        values |= {"since": since, "until": since + DAY}
    if question.of_family:
        families = searching.families(filters["famille"])
        found = db.rows(_OF_FAMILIES, families=families) if families else ()
        values["identifiers"] = [row[0] for row in found]
    return question, values


@kept(most=64)
def _long_list(question: _Question) -> LongList:
    return long_lists.of(_ALL.where(*_wanted(question)))


def _wanted(question: _Question) -> Iterator[ColumnElement[bool]]:
    if question.outcome:
        yield OutboxMail.state.in_(_STATES[question.outcome])
        if question.outcome != Outcome.SENT:
            yield outbox.IS_NOT_SENT
    else:
        yield _IS_SOMEBODYS
    if not question.with_clerks:
        yield OutboxMail.kind.not_in(TO_CLERKS)
    if question.of_kind:
        yield OutboxMail.kind == bindparam("kind")
    if question.of_day:
        yield OutboxMail.created_at >= moment("since")
        yield OutboxMail.created_at < moment("until")
    if question.of_family:
        yield OutboxMail.identifier.in_(_IDENTIFIERS)
