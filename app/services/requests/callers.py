"""Who of a family calls the town hall, or stands at its counter: a clerk types what they ask."""

from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import select

from app import db
from app.models import FAMILY, Account, Family, Guardian
from app.services.actors import CurrentClerk
from app.services.refusals import Reason, Refusal
from app.services.requests.moving import WANTS_MAIL

GONE = (
    "Cette famille n’est plus inscrite\u00a0: une demande ne peut pas partir en son nom. "
    "Rouvrez d’abord un accès dans son dossier."
)

_PEOPLE = (
    select(
        Family.number,
        Family.archived_at.is_(None).label("is_here"),
        Guardian.id,
        Guardian.full_name.label("name"),
        Account.id.label("account_id"),
        WANTS_MAIL.label("is_written_to"),
    )
    .select_from(Family)
    .outerjoin(Guardian, (Guardian.family_id == Family.id) & Guardian.rank.is_not(None))
    .outerjoin(Account, Account.guardian_id == Guardian.id)
    .where(Family.id == FAMILY)
    .order_by(Guardian.rank)
)


@dataclass(frozen=True, slots=True)
class Caller:
    """A guardian for whom a clerk types; the request is theirs."""

    family_id: int
    account_id: int
    clerk: CurrentClerk


class Person(NamedTuple):
    """A guardian who may call."""

    guardian_id: int
    account_id: int
    name: str
    # Whether a mail will say that the request has come.
    is_written_to: bool


class Household(NamedTuple):
    """A family, as a clerk knows it who has one of its guardians on the telephone."""

    number: str
    # Whether it has not left.
    is_here: bool
    people: list[Person]


def of_family(family_id: int) -> Household | None:
    """Return a family and who of it may call; None when there is no such family."""
    rows = db.rows(_PEOPLE, family_id=family_id)
    if not rows:
        return None
    people = [
        Person(row.id, row.account_id, row.name, bool(row.is_written_to))
        for row in rows
        if row.account_id is not None
    ]
    return Household(rows[0].number, bool(rows[0].is_here), people)


def typed_by(clerk: CurrentClerk, family_id: int, guardian_id: int) -> tuple[Caller, Person]:
    """Let a clerk type for this guardian. Raises Refusal where nobody may ask any more."""
    household = of_family(family_id)
    people = household.people if household else []
    person = next((each for each in people if each.guardian_id == guardian_id), None)
    if household is None or person is None:
        raise Refusal(Reason.UNKNOWN, "Choisissez qui appelle.")
    if not household.is_here:
        raise Refusal(Reason.UNFIT, GONE)
    return Caller(family_id, person.account_id, clerk), person
