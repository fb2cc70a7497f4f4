"""All that happened to a family's bookings, as it was told that day: to read, and to keep as proof.

Of a day that went from one home of a child to the other, each reads its own part.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    Date,
    Row,
    Select,
    String,
    bindparam,
    case,
    false,
    func,
    null,
    or_,
    select,
    type_coerce,
    union_all,
)

from app import db, formats
from app.calendar import ONE_DAY
from app.calendar.months import both_ends, name_of
from app.models import (
    FAMILY,
    Booking,
    BookingBatch,
    BookingEvent,
    BookingEventKind,
    BookingRefusal,
    BookingState,
    Child,
    ProofVerdict,
    Service,
)
from app.paging import Page
from app.services.actors import CurrentAccount
from app.services.bookings import months
from app.services.bookings.proofs import missed
from app.services.bookings.words import STATES
from app.services.families import children

# Some sheets: whoever needs more asks for a month.
MOST_ON_PAPER = 400
NOTHING = "Rien"
YOU, OTHER, TOWN, LIST = "Vous", "L’autre responsable", "La mairie", "Liste d’attente"
SENT_PAPER = "Justificatif envoyé"
JUDGED = {
    ProofVerdict.ACCEPTED: "Justificatif accepté",
    ProofVerdict.REFUSED: "Justificatif refusé",
}
REFUSED = {
    BookingState.BOOKED: "Réservation refusée",
    BookingState.CANCELLED: "Annulation refusée",
    BookingState.ABSENT: "Absence refusée",
}
BY_TOWN = frozenset(
    {
        BookingEventKind.CLOSED,
        BookingEventKind.REOPENED,
        BookingEventKind.IMPORTED,
        BookingEventKind.CORRECTED,
    }
)
_CHILD = bindparam("child", type_=String)
_DAYS = bindparam("first", type_=Date), bindparam("last", type_=Date)
_OF_CHILD = or_(_CHILD == "", Child.public_id == _CHILD)
_WHERE = (
    Child.first_name, Child.birth_date, Child.id.label("child_id"), Child.public_id, Service.name,
    Service.position, Service.id.label("service_id"),
)  # fmt: skip
_NO_STATE = type_coerce(null(), BookingEvent.old.type)
_EVERY = union_all(
    select(
        BookingEvent.at,
        Booking.day,
        *_WHERE,
        BookingEvent.kind,
        BookingEvent.old,
        BookingEvent.new,
        _NO_STATE.label("asked"),
        BookingEvent.sentence,
        BookingEvent.late,
        BookingBatch.id.label("batch"),
        BookingBatch.public_id.label("batch_key"),
        BookingBatch.account_id,
    )
    .join(Booking, Booking.id == BookingEvent.booking_id)
    .join(Child, Child.id == Booking.child_id)
    .join(Service, Service.id == Booking.service_id)
    .outerjoin(BookingBatch, BookingBatch.id == BookingEvent.batch_id)
    .where(BookingEvent.family_id == FAMILY, _OF_CHILD, Booking.day.between(*_DAYS)),
    select(
        BookingBatch.at,
        BookingRefusal.day,
        *_WHERE,
        type_coerce(null(), BookingEvent.kind.type),
        _NO_STATE,
        _NO_STATE,
        BookingRefusal.asked,
        BookingRefusal.sentence,
        false(),
        BookingBatch.id,
        BookingBatch.public_id,
        BookingBatch.account_id,
    )
    .join(BookingBatch, BookingBatch.id == BookingRefusal.batch_id)
    .join(Child, Child.id == BookingRefusal.child_id)
    .join(Service, Service.id == BookingRefusal.service_id)
    .where(BookingRefusal.family_id == FAMILY, _OF_CHILD, BookingRefusal.day.between(*_DAYS)),
).subquery()
_LINES: Select[*tuple[Any, ...]] = select(*_EVERY.c).order_by(
    _EVERY.c.at.desc(),
    func.coalesce(_EVERY.c.batch, 0).desc(),
    case((_EVERY.c.asked.is_(None), 0), else_=1),
    _EVERY.c.kind,
    _EVERY.c.day,
    _EVERY.c.birth_date,
    _EVERY.c.child_id,
    _EVERY.c.position,
    _EVERY.c.service_id,
)
_ENDS: Select[*tuple[Any, ...]] = (
    select(func.min(Booking.day), func.max(Booking.day))
    .join(BookingEvent, BookingEvent.booking_id == Booking.id)
    .where(BookingEvent.family_id == FAMILY)
)


class Paper(NamedTuple):
    """The paper that a family sent for days that were missed."""

    batch: str
    child: str
    # Justificatif envoyé, accepté, refusé.
    words: str


class Change(NamedTuple):
    """What a child's day became, at services of which the same is told."""

    at: datetime
    who: str
    day: date
    child: str
    before: str
    after: str
    # What was asked and could not be.
    refused: str
    # Dans les temps, Hors délai; nothing for what no limit is for.
    in_time: str
    sentence: str
    services: Sequence[str]
    # The paper of an absence, as its page is called: by what was saved at once, and child.
    proof: Paper | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks of the history: one child, the days of one month; or all."""

    child: str = ""
    month: str = ""

    @property
    def days(self) -> tuple[date, date]:
        """Return the first and the last day."""
        first = months.first_of(self.month)
        return both_ends(first) if first else (date.min, date.max)


@dataclass(frozen=True, slots=True)
class History:
    """A page of it."""

    asked: Asked
    page: Page[Row[*tuple[Any, ...]]]
    changes: Sequence[Change]
    # To choose from: by public id and name, by the name of addresses and that of pages.
    children: Sequence[tuple[str, str]]
    months: Sequence[tuple[str, str]]

    @property
    def is_empty(self) -> bool:
        """Tell whether there is none at all, whatever is asked."""
        return not self.page.total and self.asked == Asked()


def page(account: CurrentAccount, child: str, month: str, number: str) -> History:
    """Read a page of it, the latest first. What is asked of another family's child is not asked."""
    cards = children.cards(account.family_id)
    asked = _asked([card.public_id for card in cards], child, month)
    found = db.page(_LINES, number, **_parameters(account, asked))
    [(first, last)] = db.rows(_ENDS, family_id=account.family_id)
    return History(
        asked=asked,
        page=found,
        changes=_together(account, found.items),
        children=[(card.public_id, card.first_name) for card in cards],
        months=_months(first, last) if first else [],
    )


def on_paper(account: CurrentAccount, child: str, month: str) -> History:
    """Read the latest ones, as many as some sheets hold."""
    cards = children.cards(account.family_id)
    asked = _asked([card.public_id for card in cards], child, month)
    found = db.page(_LINES, "1", MOST_ON_PAPER, **_parameters(account, asked))
    named = [(card.public_id, card.first_name) for card in cards if card.public_id == asked.child]
    return History(asked, found, _together(account, found.items), named, [])


def _asked(known: Sequence[str], child: str, month: str) -> Asked:
    return Asked(child if child in known else "", month if months.first_of(month) else "")


def _parameters(account: CurrentAccount, asked: Asked) -> dict[str, Any]:
    first, last = asked.days
    return {"family_id": account.family_id, "child": asked.child, "first": first, "last": last}


def _months(first: date, last: date) -> list[tuple[str, str]]:
    """List them, the latest first."""
    found = []
    month = last.replace(day=1)
    while month >= first.replace(day=1):
        if months.first_of(name_of(month)):
            found.append((name_of(month), formats.month(month)))
        month = (month - ONE_DAY).replace(day=1)
    return found


def _together(account: CurrentAccount, rows: Sequence[Row[*tuple[Any, ...]]]) -> list[Change]:
    """Say once what is told of several services of a day."""
    told: list[Change] = []
    papers = _papers(account, rows)
    for row in rows:
        change = _change(account, row, papers)
        if told and told[-1]._replace(services=()) == change._replace(services=()):
            told[-1] = told[-1]._replace(services=[*told[-1].services, *change.services])
        else:
            told.append(change)
    return told


def _papers(
    account: CurrentAccount, rows: Sequence[Row[*tuple[Any, ...]]]
) -> dict[tuple[str, str], Paper]:
    """Find those of the days that were missed: one statement, of whatever page."""
    batches = {row.batch_key for row in rows if row.batch_key}
    return {
        key: Paper(*key, SENT_PAPER if proof.verdict is None else JUDGED[proof.verdict])
        for key, proof in missed.sent(account.family_id, batches).items()
    }


def _change(
    account: CurrentAccount,
    row: Row[*tuple[Any, ...]],
    papers: Mapping[tuple[str, str], Paper],
) -> Change:
    return Change(
        at=row.at,
        who=_who(account, row),
        day=row.day,
        child=row.first_name,
        before=_state(row.old),
        after=_state(row.new),
        refused=REFUSED[row.asked] if row.asked else "",
        in_time=_in_time(row),
        sentence=row.sentence,
        services=[row.name],
        proof=papers.get((row.batch_key, row.public_id))
        if row.new is BookingState.ABSENT
        else None,
    )


def _who(account: CurrentAccount, row: Row[*tuple[Any, ...]]) -> str:
    if row.batch is None:
        return TOWN if row.kind in BY_TOWN else LIST
    if row.account_id is None:
        return TOWN
    return YOU if row.account_id == account.account_id else OTHER


def _in_time(row: Row[*tuple[Any, ...]]) -> str:
    if row.account_id is None or row.asked:
        return ""
    return "hors délai" if row.late else "dans les temps"


def _state(state: BookingState | None) -> str:
    return STATES[state] if state else NOTHING
