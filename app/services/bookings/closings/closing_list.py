"""What the town closed, the latest first, and what there is to choose among."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select

from app import db
from app.formats import fold, today
from app.models import Child, Closing, Family, FamilyChild, Message, MessageSending, Service

# A closing that was a mistake is undone by one press as long as that.
UNDONE_WITHIN = timedelta(hours=1)
# Two years of strikes and snow.
MOST = 40

# Wider than statements are typed.
_LINES: Any = (
    select(
        Closing.public_id,
        Closing.at,
        Closing.acted_by,
        Closing.words,
        Closing.last,
        Closing.reason,
        Closing.meals,
        Closing.children,
        Closing.families,
        Closing.ended_at,
        Closing.undone_at,
        Closing.message_id,
        MessageSending.due_at,
    )
    .outerjoin(Message, (Message.id == Closing.message_id) & Message.withdrawn_at.is_(None))
    .outerjoin(MessageSending, MessageSending.message_id == Message.id)
    .order_by(Closing.at.desc(), Closing.id.desc())
)
_LATEST: Any = _LINES.limit(MOST)
_ONE: Any = _LINES.where(Closing.public_id == bindparam("public_id"))
_SERVICES = (
    select(Service.slug, Service.name)
    .where(Service.archived_at.is_(None))
    .order_by(Service.position, Service.id)
)
_SCHOOLS = (
    select(Child.school)
    .join(FamilyChild, FamilyChild.child_id == Child.id)
    .join(Family, Family.id == FamilyChild.family_id)
    .where(Family.archived_at.is_(None), Child.school != "")
    .distinct()
)


class Closed(NamedTuple):
    """A closing, as the town hall reads it."""

    public_id: str
    at: datetime
    acted_by: str
    words: str
    last: date
    reason: str
    meals: int
    children: int
    families: int
    # None while what was booked is still being taken away.
    ended_at: datetime | None
    undone_at: datetime | None
    message_id: int | None
    # When the message leaves, or left; None when it will not.
    due_at: datetime | None

    @property
    def undone_until(self) -> datetime | None:
        """Return until when one press undoes it; None when it is too late, or done."""
        until = self.at + UNDONE_WITHIN
        return until if self.may_open and datetime.now(UTC) < until else None

    @property
    def may_open(self) -> bool:
        """Tell whether some of it may be opened again."""
        return self.undone_at is None and self.last >= today()


def latest() -> list[Closed]:
    """List the last ones."""
    rows: Any = db.rows(_LATEST)
    return [Closed(*row) for row in rows]


def find(public_id: str) -> Closed | None:
    """Find one."""
    rows: Any = db.rows(_ONE, public_id=public_id)
    return next((Closed(*row) for row in rows), None)


def services() -> list[tuple[str, str]]:
    """List what there is to close: slugs and names."""
    return [(slug, name) for slug, name in db.rows(_SERVICES)]


def schools() -> list[str]:
    """List the schools of the children, in French order."""
    return sorted((name for (name,) in db.rows(_SCHOOLS)), key=fold)
