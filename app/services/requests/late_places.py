"""Places past the limit that families asked for, and the town hall has not answered."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select

from app import db
from app.models import Child, Family, FamilyRequest
from app.services.requests import desk_line
from app.services.requests.answers import boxes
from app.services.requests.kinds import PLACE
from app.services.requests.moving import OPEN

# Wider than statements are typed.
_ASKED: Any = (
    select(
        FamilyRequest.id,
        FamilyRequest.family_id,
        Family.number,
        Child.first_name,
        Child.last_name,
        Child.school,
        Child.class_name,
        FamilyRequest.sent_at,
        FamilyRequest.details,
        desk_line.LATEST_EVENT.label("seen"),
    )
    .join(Family, Family.id == FamilyRequest.family_id)
    .join(Child, Child.id == FamilyRequest.child_id)
    .where(FamilyRequest.kind == PLACE, FamilyRequest.state.in_(OPEN))
    # Whoever asked first is answered first.
    .order_by(FamilyRequest.id)
)
_ONE: Any = _ASKED.where(FamilyRequest.id == bindparam("number"))


class LatePlace(NamedTuple):
    """What a family asks for: a child's days, past their limit."""

    number: int
    family_id: int
    family_number: str
    first_name: str
    last_name: str
    school: str
    class_name: str
    sent_at: datetime
    details: dict[str, object]
    # The last thing that happened to it, so that no act misses a later one.
    seen: int

    @property
    def child(self) -> str:
        """Write it whole."""
        return f"{self.first_name} {self.last_name}"

    @property
    def places(self) -> list[str]:
        """Name the boxes, as the family read them."""
        named = self.details.get("places")
        return [str(each) for each in named] if isinstance(named, list) else []

    @property
    def boxes(self) -> Sequence[str]:
        """Name them as forms do."""
        return boxes(self.details)

    @property
    def why(self) -> str:
        """Return what the family wrote."""
        return str(self.details.get("text", ""))


def asked() -> list[LatePlace]:
    """List what waits for an answer, the first that was asked at the head."""
    return [LatePlace(*row) for row in db.rows(_ASKED)]


def find(number: int) -> LatePlace | None:
    """Find one that waits for an answer."""
    return next((LatePlace(*row) for row in db.rows(_ONE, number=number)), None)
