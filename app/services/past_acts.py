"""The acts of the journal, for those who answer for them: found by when, whose, what and who.

Asked about one family, it answers with what is about that family alone.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select

from app import db
from app.formats import fold
from app.models import Account, Family, Guardian, JournalEntry

AT_A_TIME = 500


class Wanted(NamedTuple):
    """Which acts are looked for; what is None or empty chooses nothing."""

    since: datetime | None = None
    until: datetime | None = None
    account: int | None = None
    identifier: str = ""
    family: str = ""
    kinds: tuple[str, ...] = ()
    actor: str = ""


class PastAct(NamedTuple):
    """One act: about whose account, by whom at the town hall, and from where."""

    id: int
    at: datetime
    kind: str
    account: int | None
    # Empty for an act that is about nobody's account.
    identifier: str
    family: str
    # Empty for a family.
    actor: str
    address: str
    request: str
    details: dict[str, str]


_ABOUT_NOBODY = JournalEntry.account_id.is_(None)
_ACTS = (
    select(
        JournalEntry.id,
        JournalEntry.at,
        JournalEntry.event,
        JournalEntry.account_id,
        func.coalesce(Account.identifier, JournalEntry.details["identifier"].as_string(), ""),
        func.coalesce(Family.number, ""),
        JournalEntry.acted_by,
        JournalEntry.address,
        JournalEntry.request_id,
        JournalEntry.details,
    )
    .outerjoin(Account, Account.id == JournalEntry.account_id)
    .outerjoin(Guardian, Guardian.id == Account.guardian_id)
    .outerjoin(Family, Family.id == func.coalesce(Guardian.family_id, JournalEntry.family_id))
    .order_by(JournalEntry.at.desc(), JournalEntry.id.desc())
)


def find(wanted: Wanted, most: int | None = None) -> Iterator[PastAct]:
    """Go through the acts, the latest first; all of them unless `most` says how many."""
    # No database of ours compares French without its accents.
    name, found = fold(wanted.actor), 0
    # PostgreSQL's side of it is to be closed, also when what is wanted comes first.
    with db.stream(_chosen(wanted), AT_A_TIME) as rows:
        for act in map(_act, rows):
            if name in fold(act.actor):
                yield act
                found += 1
            if found == most:
                return


def _act(row: Row[*tuple[Any, ...]]) -> PastAct:
    return PastAct(*row)


def _chosen(wanted: Wanted) -> Select[*tuple[Any, ...]]:
    conditions: tuple[tuple[object, Callable[[], ColumnElement[bool]]], ...] = (
        (wanted.since, lambda: JournalEntry.at >= wanted.since),
        (wanted.until, lambda: JournalEntry.at < wanted.until),
        (wanted.account, lambda: JournalEntry.account_id == wanted.account),
        (wanted.identifier, lambda: _about(wanted.identifier)),
        (wanted.family, lambda: _about_family(wanted.family)),
        (wanted.kinds, lambda: JournalEntry.event.in_(wanted.kinds)),
        (wanted.actor, lambda: JournalEntry.acted_by != ""),
    )
    return _ACTS.where(*(condition() for given, condition in conditions if given))


def _about(identifier: str) -> ColumnElement[bool]:
    """Choose what is about this account, or what somebody typed and nobody has."""
    # Looked up first: joined to the whole journal, no index would lead to them.
    accounts = _all(select(Account.id).where(Account.identifier == identifier))
    typed = JournalEntry.details["identifier"].as_string() == identifier
    return or_(JournalEntry.account_id.in_(accounts), and_(_ABOUT_NOBODY, typed))


def _about_family(number: str) -> ColumnElement[bool]:
    families = _all(select(Family.id).where(Family.number == number))
    theirs = select(Account.id).join(Account.guardian).where(Guardian.family_id.in_(families))
    told = JournalEntry.family_id.in_(families)
    return or_(JournalEntry.account_id.in_(_all(theirs)), told)


def _all(ids: Select[int]) -> list[int]:
    return list(db.session().scalars(ids))
