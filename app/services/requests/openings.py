"""Who at the town hall has just opened a request, so that two do not write the same answer."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import bindparam, func, select, update

from app import db
from app.formats import plural
from app.models import ClerkAccount, ClerkSession
from app.services.actors import CurrentClerk
from app.services.clerks import rights
from app.services.clerks.rights import Right

# Who opened it before that has gone on to something else.
LASTS = timedelta(minutes=15)
_OPENED_AT = (
    select(func.max(ClerkSession.request_opened_at))
    .where(
        ClerkSession.clerk_id == ClerkAccount.id,
        ClerkSession.request_opened == bindparam("number"),
        ClerkSession.request_opened_at > bindparam("since"),
        ClerkSession.ended_at.is_(None),
    )
    .correlate(ClerkAccount)
    .scalar_subquery()
)
_ANSWERERS = (
    select(ClerkAccount.public_id, ClerkAccount.name, ClerkAccount.roles, _OPENED_AT.label("at"))
    .where(ClerkAccount.closed_at.is_(None))
    .order_by(ClerkAccount.name, ClerkAccount.id)
)


class Answerer(NamedTuple):
    """Somebody who may answer it."""

    public_id: str
    name: str
    # When they opened it, if that was a moment ago.
    opened_at: datetime | None

    @property
    def when(self) -> str:
        """Say how long ago they opened it."""
        assert self.opened_at is not None
        minutes = (datetime.now(UTC) - self.opened_at) // timedelta(minutes=1)
        return f"il y a {plural(minutes, 'minute')}" if minutes else "à l’instant"


def answerers(number: int) -> list[Answerer]:
    """List who may answer families, and which of them have this request open."""
    return [
        Answerer(row.public_id, row.name, row.at)
        for row in db.rows(_ANSWERERS, number=number, since=datetime.now(UTC) - LASTS)
        if any(Right.ANSWER in rights.OF_ROLE[role] for role in rights.known(row.roles))
    ]


def note(number: int, clerk: CurrentClerk) -> None:
    """Write down that somebody opened a request; the one before is no longer open there."""
    with db.transaction() as session:
        session.execute(
            update(ClerkSession)
            .where(ClerkSession.id == clerk.session_id)
            .values(request_opened=number, request_opened_at=datetime.now(UTC))
        )
