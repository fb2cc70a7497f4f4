"""What stands out of a family's requests: the latest to move, and those that miss a piece."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import case, func, literal_column, select

from app import db
from app.formats import day_of, town_zone
from app.models import FamilyRequest, RequestEvent, RequestState
from app.services.actors import CurrentAccount
from app.services.requests.kinds import BY_KEY
from app.services.requests.reading import SEEN, TOLD

# The home page's block.
FEW = 3

_PIECE_MISSING = FamilyRequest.state == RequestState.PIECE_MISSING
# How many wait for the family, to be put in other statements.
PIECES_MISSING = select(func.count(FamilyRequest.id)).where(SEEN, _PIECE_MISSING).scalar_subquery()
# The last that happened has the last number.
_LAST_EVENT = (
    select(RequestEvent.at)
    .where(RequestEvent.request_id == FamilyRequest.id, TOLD)
    .order_by(RequestEvent.id.desc())
    .limit(literal_column("1"))
    .scalar_subquery()
)
# One that nothing happened to moved when it was sent.
_MOVED_AT = func.coalesce(_LAST_EVENT, FamilyRequest.sent_at).label("moved_at")
_FEW = (
    select(
        FamilyRequest.public_id,
        FamilyRequest.id,
        FamilyRequest.kind,
        FamilyRequest.state,
        _MOVED_AT,
    )
    .where(SEEN)
    .order_by(case((_PIECE_MISSING, 0), else_=1), _MOVED_AT.desc(), FamilyRequest.id.desc())
    .limit(FEW)
)


class LatestRequest(NamedTuple):
    """A request and where it stands, since its last event."""

    public_id: str
    number: int
    kind: str
    state: RequestState
    # Of the last event, in the town.
    day: date

    @property
    def label(self) -> str:
        """Say what is asked."""
        return BY_KEY[self.kind].label

    @property
    def misses_a_piece(self) -> bool:
        """Tell whether it waits for the family."""
        return self.state is RequestState.PIECE_MISSING


def few(account: CurrentAccount) -> list[LatestRequest]:
    """Return those that miss a piece, then the latest to move, in one statement."""
    found = db.rows(_FEW, family_id=account.family_id, account_id=account.account_id)
    zone = town_zone()
    return [
        LatestRequest(public_id, number, kind, state, day_of(moved_at, zone))
        for public_id, number, kind, state, moved_at in found
    ]
