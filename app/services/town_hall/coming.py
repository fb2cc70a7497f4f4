"""« Qui peut entrer ? »: how many parents come, by school, and who is to be helped to."""

from collections import Counter
from typing import NamedTuple

from sqlalchemy import and_, case, func, select

from app import db
from app.models import MAY_SIGN_IN, Account, Child, Family, FamilyChild, Guardian
from app.services.town_hall.access_states import STATE, AccessState

# Whatever becomes of the mails to them; nobody whose access is closed.
_MAY_ENTER = and_(Account.password_hash.is_not(None), MAY_SIGN_IN)
_GUARDIANS = (
    select(STATE.label("state"), func.count(), func.count(case((_MAY_ENTER, Guardian.id))))
    .select_from(Guardian)
    .join(Family, Family.id == Guardian.family_id)
    .outerjoin(Account, Account.guardian_id == Guardian.id)
    .where(Guardian.rank.is_not(None), Family.archived_at.is_(None))
    .group_by(STATE)
)
# A parent of two schools is one in each.
_CAME = func.count(case((_MAY_ENTER, Guardian.id)).distinct())
_SCHOOLS = (
    select(Child.school, func.count(Guardian.id.distinct()), _CAME)
    .join(FamilyChild, FamilyChild.child_id == Child.id)
    .join(Family, Family.id == FamilyChild.family_id)
    .join(Guardian, Guardian.family_id == Family.id)
    .outerjoin(Account, Account.guardian_id == Guardian.id)
    .where(Guardian.rank.is_not(None), Family.archived_at.is_(None))
    .group_by(Child.school)
    .order_by(Child.school)
)


class Share(NamedTuple):
    """How many parents of a school have chosen a password, of how many."""

    school: str
    parents: int
    came: int

    @property
    def percent(self) -> int:
        """Round it down: all is said of all only."""
        return self.came * 100 // self.parents if self.parents else 0


class Coming(NamedTuple):
    """How far a town is."""

    whole: Share
    # Of children who are in a school.
    schools: list[Share]
    states: Counter[str]

    def of(self, state: str) -> int:
        """Count the parents in one of the states of AccessState."""
        return self.states[AccessState(state)]


def read() -> Coming:
    """Count all the parents of families that are here: a second in a town of 100,000."""
    found = db.rows(_GUARDIANS)
    states = Counter({state: parents for state, parents, _ in found})
    schools = [Share(*row) for row in db.rows(_SCHOOLS) if row[0]]
    whole = Share("", sum(states.values()), sum(came for _, _, came in found))
    return Coming(whole, schools, states)
