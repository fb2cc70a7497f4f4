"""The requests of one family, as the town hall finds them in its file: every guardian's."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import case, or_, select

from app import db
from app.formats import today
from app.models import FAMILY, Account, Child, FamilyRequest, Guardian, RequestState
from app.models.requests import WAIT_FOR_TOWN
from app.services.requests.kinds import BY_KEY
from app.services.requests.moving import OPEN, state_words

MOST = 5
_IS_OPEN = or_(*(FamilyRequest.state == state for state in OPEN))
_LINES = (
    select(
        FamilyRequest.id,
        FamilyRequest.kind,
        FamilyRequest.state,
        FamilyRequest.expected_on,
        Guardian.full_name.label("sender"),
        Child.first_name.label("child"),
    )
    .join(Account, Account.id == FamilyRequest.account_id)
    .join(Guardian, Guardian.id == Account.guardian_id)
    .outerjoin(Child, Child.id == FamilyRequest.child_id)
    .where(FamilyRequest.family_id == FAMILY)
    .order_by(case((_IS_OPEN, 0), else_=1), FamilyRequest.id.desc())
    .limit(MOST)
)


class FamilysRequest(NamedTuple):
    """A request of the family, whoever sent it."""

    number: int
    kind: str
    state: RequestState
    expected_on: date
    sender: str
    child: str | None

    @property
    def label(self) -> str:
        """Say what is asked."""
        return BY_KEY[self.kind].label

    @property
    def state_words(self) -> str:
        """Say where it stands."""
        return state_words(self.kind, self.state)

    @property
    def is_open(self) -> bool:
        """Tell whether somebody still has something to do."""
        return self.state in OPEN

    @property
    def is_late(self) -> bool:
        """Tell whether the town hall promised an answer for a day that has passed."""
        return self.state in WAIT_FOR_TOWN and self.expected_on < today()


def listed(family_id: int) -> list[FamilysRequest]:
    """List the few latest, those that are open first."""
    return [FamilysRequest(*row) for row in db.rows(_LINES, family_id=family_id)]
