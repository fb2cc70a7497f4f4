"""« Qui peut entrer ? »: how many parents come, by school, and who is to be helped to."""

from collections import Counter
from typing import NamedTuple

from sqlalchemy import Integer, and_, case, func, select

from app import db
from app.models import MAY_SIGN_IN, Account, Child, Family, FamilyChild, Guardian
from app.services.town_hall.access_states import STATE, AccessState
from app.services.town_hall.measures import percent

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
# A parent of two schools is one in each, and of two children of one school one: found parent by
# parent, which takes SQLite a sixth of what counting distinct ones does.
_OF_SCHOOLS = (
    select(Child.school, func.max(case((_MAY_ENTER, 1), else_=0)).label("came"))
    .select_from(Guardian)
    .join(Family, Family.id == Guardian.family_id)
    .join(FamilyChild, FamilyChild.family_id == Family.id)
    .join(Child, Child.id == FamilyChild.child_id)
    .outerjoin(Account, Account.guardian_id == Guardian.id)
    .where(Guardian.rank.is_not(None), Family.archived_at.is_(None), Child.school != "")
    .group_by(Guardian.id, Child.school)
    .subquery()
)
_SCHOOLS = (
    select(_OF_SCHOOLS.c.school, func.count(), func.sum(_OF_SCHOOLS.c.came, type_=Integer))
    .group_by(_OF_SCHOOLS.c.school)
    .order_by(_OF_SCHOOLS.c.school)
)


class Share(NamedTuple):
    """How many parents of a school have chosen a password, of how many."""

    school: str
    parents: int
    came: int

    @property
    def percent(self) -> int:
        """Write it in hundredths."""
        return percent(self.came, self.parents) or 0


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
    schools = [Share(*row) for row in db.rows(_SCHOOLS)]
    whole = Share("", sum(states.values()), sum(came for _, _, came in found))
    return Coming(whole, schools, states)
