"""« Journal »: who did what, when, narrowed by what is looked for; reading it is an act too."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    String,
    bindparam,
    exists,
    func,
    literal_column,
    select,
)

from app import db, formats
from app.formats import today, town_zone
from app.memo import kept
from app.models import Account, ClerkAccount, Family, Guardian, JournalEntry
from app.paging import Asked, Page
from app.services import journal
from app.services.actors import PORTAL, CurrentClerk
from app.services.town_hall import act_words, long_lists, searching
from app.services.town_hall.long_lists import LongList, midnight, moment

DAY = timedelta(days=1)
READ = "journal_read"
HEADINGS = ("quand", "qui", "quoi", "identifiant", "sur qui", "famille", "d’où", "détails")


class Who(StrEnum):
    """Who acted, when it is nobody of the town hall by name."""

    PARENT = "parent"
    COMMAND = "commande"
    PORTAL = "portail"


_NOTHING = literal_column("''", String)
_OF_TOWN = JournalEntry.acted_by != _NOTHING
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_FAMILIES: BindParameter[Any] = bindparam("families", expanding=True)
_ACCOUNTS: BindParameter[Any] = bindparam("accounts", expanding=True)
_ALL = select(JournalEntry.at, JournalEntry.id)
# What a clerk asked for is done by a job, which has no address either.
_BY_A_CLERK = exists().where(ClerkAccount.name == JournalEntry.acted_by)
_LINES = (
    select(
        JournalEntry.id,
        JournalEntry.at,
        JournalEntry.event,
        JournalEntry.acted_by,
        _BY_A_CLERK,
        func.coalesce(Account.identifier, JournalEntry.details["identifier"].as_string(), ""),
        func.coalesce(Guardian.full_name, ""),
        Family.id,
        func.coalesce(Family.number, ""),
        JournalEntry.address,
        JournalEntry.details,
    )
    .outerjoin(Account, Account.id == JournalEntry.account_id)
    .outerjoin(Guardian, Guardian.id == Account.guardian_id)
    .outerjoin(Family, Family.id == func.coalesce(Guardian.family_id, JournalEntry.family_id))
    .where(JournalEntry.id.in_(_IDS))
)
_CLERKS = select(ClerkAccount.public_id, ClerkAccount.id, ClerkAccount.name).order_by(
    ClerkAccount.name, ClerkAccount.id
)
_ACCOUNTS_OF = (
    select(Account.id)
    .join(Guardian, Guardian.id == Account.guardian_id)
    .where(Guardian.family_id.in_(_FAMILIES))
)
_READ_TODAY = select(JournalEntry.details).where(
    JournalEntry.event == bindparam("event"),
    JournalEntry.at >= moment("since"),
    JournalEntry.clerk_id == bindparam("clerk_id"),
)


class Act(NamedTuple):
    """An act as the journal tells it."""

    id: int
    at: datetime
    kind: str
    acted_by: str
    by_a_clerk: bool
    identifier: str
    # Whose account it is about; empty for nobody's.
    whose: str
    family_id: int | None
    family_number: str
    address: str
    noted: Mapping[str, str]

    @property
    def who(self) -> str:
        """Say who acted."""
        if not self.acted_by:
            return "un parent" if self.whose else "un visiteur"
        if self.acted_by == PORTAL.name:
            return "le portail"
        known = self.address or self.by_a_clerk
        return self.acted_by if known else f"{self.acted_by} (commande)"

    @property
    def words(self) -> str:
        """Say what was done."""
        return act_words.said(self.kind)

    @property
    def details(self) -> list[str]:
        """Say the rest."""
        return list(act_words.told(self.noted))


class Colleague(NamedTuple):
    """Somebody of the town hall, whose acts may be looked for."""

    public_id: str
    clerk_id: int
    name: str


class _Question(NamedTuple):
    """What is asked, but for the values that it is asked with: its statements are made once."""

    since: bool
    until: bool
    who: str
    of_kind: bool
    of_family: bool


def colleagues() -> list[Colleague]:
    """Name whoever has or had an access at the town hall."""
    return list(map(Colleague._make, db.rows(_CLERKS)))


def listed(asked: Asked, team: Sequence[Colleague]) -> Page[Act]:
    """List those that an address asks for, the latest first."""
    question, values = _question(asked.filters, team)
    return long_lists.page(_long_list(question), _read, asked.page, **values)


def table(asked: Asked, team: Sequence[Colleague]) -> bytes:
    """Write all that are asked for, for a spreadsheet. Raises Refusal when they are too many."""
    question, values = _question(asked.filters, team)
    return long_lists.table(_long_list(question), HEADINGS, _read, _cells, **values)


def note_reading(clerk: CurrentClerk, asked: Asked, team: Sequence[Colleague]) -> None:
    """Write down that they read the journal, of one colleague or of all; once a day for each."""
    about = {each.public_id: each.name for each in team}.get(asked.filters.get("qui", ""), "")
    since = datetime.combine(today(), time.min, town_zone())
    read = db.rows(_READ_TODAY, event=READ, since=since, clerk_id=clerk.clerk_id)
    if about in {row[0].get("about", "") for row in read}:
        return
    with db.transaction() as session:
        journal.record(session, READ, clerk, None, **({"about": about} if about else {}))


def _cells(each: Act) -> tuple[str, ...]:
    return (
        f"{formats.day(formats.day_of(each.at))} {formats.hour(each.at)}",
        each.who,
        each.words,
        each.identifier,
        each.whose,
        each.family_number,
        each.address,
        ", ".join(each.details),
    )


def _read(ids: Sequence[int]) -> list[Act]:
    return [Act(*row) for row in long_lists.known(ids, db.rows(_LINES, ids=list(ids)))]


def _question(
    filters: Mapping[str, str], team: Sequence[Colleague]
) -> tuple[_Question, dict[str, Any]]:
    """Tell what is asked from the values that it is asked with."""
    who = filters.get("qui", "")
    clerks = {each.public_id: each for each in team}
    question = _Question(
        "du" in filters,
        "au" in filters,
        "personne" if who in clerks else who,
        "acte" in filters,
        "famille" in filters,
    )
    values: dict[str, Any] = {}
    if question.since:
        values["since"] = midnight(filters["du"])
    if question.until:
        values["until"] = midnight(filters["au"]) + DAY
    if who in clerks:
        values |= {"clerk_id": clerks[who].clerk_id, "name": clerks[who].name}
    if question.of_kind:
        values["event"] = filters["acte"]
    if question.of_family:
        families = searching.families(filters["famille"])
        found = db.rows(_ACCOUNTS_OF, families=families) if families else ()
        values |= {"families": families, "accounts": [row[0] for row in found]}
    return question, values


@kept(most=64)
def _long_list(question: _Question) -> LongList:
    return long_lists.of(_ALL.where(*_wanted(question)))


def _wanted(question: _Question) -> Iterator[ColumnElement[bool]]:
    if question.since:
        yield JournalEntry.at >= moment("since")
    if question.until:
        yield JournalEntry.at < moment("until")
    if question.who:
        yield _BY[question.who]
    if question.of_kind:
        yield JournalEntry.event == bindparam("event")
    if question.of_family:
        yield JournalEntry.account_id.in_(_ACCOUNTS) | JournalEntry.family_id.in_(_FAMILIES)


_IS_BY_NAME = JournalEntry.clerk_id.is_(None)
_BY: dict[str, ColumnElement[bool]] = {
    Who.PARENT: JournalEntry.acted_by == _NOTHING,
    Who.PORTAL: JournalEntry.acted_by == PORTAL.name,
    Who.COMMAND: _OF_TOWN
    & (JournalEntry.acted_by != PORTAL.name)
    & JournalEntry.clerk_id.is_(None)
    & (JournalEntry.address == _NOTHING)
    & ~_BY_A_CLERK,
    # On their way in, and by a job, they are known by name alone.
    "personne": _OF_TOWN
    & (
        (JournalEntry.clerk_id == bindparam("clerk_id"))
        | (_IS_BY_NAME & (JournalEntry.acted_by == bindparam("name")))
    ),
}
