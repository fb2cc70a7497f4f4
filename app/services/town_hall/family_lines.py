"""Families as lists of the town hall show them: who is in them, and who can come in."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import BindParameter, bindparam, func, select

from app import db
from app.formats import day_of, together
from app.models import Account, AccountSession, Child, Family, FamilyChild, Guardian
from app.services.town_hall.access_states import IN_FRENCH, STATE

# As many as a page has: a statement of so many numbers is compiled once.
SIZE = 25
IDS: list[BindParameter[int]] = [bindparam(f"family{place}") for place in range(SIZE)]
NOBODY = 0
_LAST_SEEN = (
    select(func.max(AccountSession.last_seen_at))
    .where(AccountSession.account_id == Account.id)
    .scalar_subquery()
)
_GUARDIANS = (
    select(
        Guardian.family_id,
        Guardian.first_name,
        Guardian.last_name,
        STATE.label("state"),
        _LAST_SEEN.label("last_seen_at"),
    )
    .join(Family, Family.id == Guardian.family_id)
    .outerjoin(Account, Account.guardian_id == Guardian.id)
    .where(Guardian.family_id.in_(IDS), Guardian.rank.is_not(None))
    .order_by(Guardian.family_id, Guardian.rank)
)
_CHILDREN = (
    select(FamilyChild.family_id, Child.first_name, Child.last_name, Child.class_name)
    .join(Child, Child.id == FamilyChild.child_id)
    .where(FamilyChild.family_id.in_(IDS))
    .order_by(FamilyChild.family_id, Child.birth_date, Child.id)
)
_FAMILIES = select(Family.id, Family.number, Family.archived_at, Family.missing_since).where(
    Family.id.in_(IDS)
)


class GuardianLine(NamedTuple):
    """A guardian of a family."""

    first_name: str
    last_name: str
    state: str
    last_seen_at: datetime | None

    @property
    def name(self) -> str:
        """Say who it is; a home or an association has the last name only."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def access(self) -> str:
        """Say how far they are in coming to the portal."""
        return IN_FRENCH[self.state]


class ChildLine(NamedTuple):
    """A child of a family."""

    first_name: str
    last_name: str
    class_name: str


class FamilyLine(NamedTuple):
    """A family in a list."""

    id: int
    number: str
    archived_at: datetime | None
    # Since when the files do not name it, though it is still here.
    missing_since: datetime | None
    guardians: Sequence[GuardianLine]
    children: Sequence[ChildLine]

    @property
    def name(self) -> str:
        """Call it by the names of its guardians, each once."""
        return together(each.last_name for each in self.guardians)

    @property
    def last_visit(self) -> date | None:
        """Return the day when one of them was last here."""
        seen = max(filter(None, (each.last_seen_at for each in self.guardians)), default=None)
        return day_of(seen) if seen else None


def numbered(families: Sequence[int]) -> dict[str, int]:
    """Give the parameters of statements about so many families at most."""
    assert len(families) <= SIZE, families
    several = [*families, *[NOBODY] * (SIZE - len(families))]
    return {f"family{place}": family for place, family in enumerate(several)}


def read(families: Sequence[int]) -> list[FamilyLine]:
    """Read as many as a page has, in the order given."""
    asked = numbered(families)
    guardians: dict[int, list[GuardianLine]] = defaultdict(list)
    children: dict[int, list[ChildLine]] = defaultdict(list)
    for row in db.rows(_GUARDIANS, **asked):
        guardians[row.family_id].append(GuardianLine(*row[1:]))
    for family, *child in db.rows(_CHILDREN, **asked):
        children[family].append(ChildLine(*child))
    lines = {
        row.id: FamilyLine(*row, guardians[row.id], children[row.id])
        for row in db.rows(_FAMILIES, **asked)
    }
    return [lines[each] for each in families if each in lines]
