"""A request as the town hall lists it, in one line: what is read of it, and what that says."""

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from app.formats import today
from app.models import (
    Account,
    Child,
    ClerkAccount,
    Family,
    FamilyRequest,
    Guardian,
    RequestEvent,
    RequestEventKind,
    RequestFile,
    RequestState,
)
from app.models.requests import WAIT_FOR_TOWN
from app.services.requests import moving
from app.services.requests.kinds import BY_KEY, PHOTO
from app.services.requests.moving import OPEN
from app.services.requests.reading import told

_said = aliased(RequestEvent)
_ANSWERED_SINCE = (
    select(1)
    .where(
        _said.request_id == RequestEvent.request_id,
        _said.account_id.is_(None),
        told(_said),
        _said.at >= RequestEvent.at,
    )
    .exists()
)
# The latest file that nobody at the town hall has answered.
_PIECE_CAME = (
    select(func.max(RequestEvent.at))
    .where(
        RequestEvent.request_id == FamilyRequest.id,
        RequestEvent.kind == RequestEventKind.PIECE_ADDED,
        FamilyRequest.state.in_(OPEN),
        ~_ANSWERED_SINCE,
    )
    .correlate(FamilyRequest)
    .scalar_subquery()
)
LATEST_EVENT = (
    select(func.max(RequestEvent.id))
    .where(RequestEvent.request_id == FamilyRequest.id)
    .correlate(FamilyRequest)
    .scalar_subquery()
)
# The photo that is proposed: the latest that the family sent with it.
_PICTURE = (
    select(RequestFile.public_id)
    .where(
        FamilyRequest.kind == PHOTO,
        RequestFile.request_id == FamilyRequest.id,
        RequestFile.event_id.is_(None),
    )
    .order_by(RequestFile.id.desc())
    .limit(1)
    .correlate(FamilyRequest)
    .scalar_subquery()
)
COLUMNS = (
    FamilyRequest.id,
    FamilyRequest.kind,
    FamilyRequest.state,
    FamilyRequest.sent_at,
    FamilyRequest.expected_on,
    Family.number,
    Guardian.full_name.label("sender"),
    _PIECE_CAME.label("piece_came_at"),
    func.coalesce(Child.first_name, "").label("child"),
    func.coalesce(ClerkAccount.name, "").label("holder"),
    LATEST_EVENT.label("latest_event"),
    _PICTURE.label("picture"),
)


def joined(statement: Select[*tuple[object, ...]]) -> Select[*tuple[object, ...]]:
    """Join what COLUMNS are read from but the child; whoever left the town hall holds nothing."""
    return (
        statement.join(Family, Family.id == FamilyRequest.family_id)
        .join(Account, Account.id == FamilyRequest.account_id)
        .join(Guardian, Guardian.id == Account.guardian_id)
        .outerjoin(
            ClerkAccount,
            (ClerkAccount.id == FamilyRequest.clerk_id) & ClerkAccount.closed_at.is_(None),
        )
    )


class DeskLine(NamedTuple):
    """A request as the town hall lists it."""

    number: int
    kind: str
    state: RequestState
    sent_at: datetime
    expected_on: date
    family_number: str
    sender: str
    # When the family added a file that the town hall has not answered; None otherwise.
    piece_came_at: datetime | None
    # Empty when it is about none, or about several.
    child: str
    # Who at the town hall looks after it.
    holder: str
    # The last thing that happened to it, so that no act misses a later one.
    latest_event: int
    # The public id of the photo that is proposed, if one is.
    picture: str | None

    @property
    def called(self) -> str:
        """Name it among others."""
        return f"la demande n°\u00a0{self.number}"

    @property
    def label(self) -> str:
        """Say what is asked."""
        return BY_KEY[self.kind].label

    @property
    def state_words(self) -> str:
        """Say where it stands."""
        return moving.state_words(self.kind, self.state)

    @property
    def waits_for_town(self) -> bool:
        """Tell whether the town hall has to answer."""
        return self.state in WAIT_FOR_TOWN

    @property
    def is_late(self) -> bool:
        """Tell whether the family should have had its answer."""
        return moving.is_late(self.state, self.expected_on)

    @property
    def days_left(self) -> int:
        """Count the days until the promised one; negative once it is over."""
        return (self.expected_on - today()).days
