"""Something happened that somebody of the town hall may want to know at once."""

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.models import ClerkWish, Told
from app.services.jobs import queue
from app.services.jobs.kinds import JobKind

# By what they chose: nobody is told at once who has not asked to be.
_SOMEBODY_WANTS_IT = select(
    exists(select(ClerkWish.clerk_id).where(ClerkWish.told == Told.AT_ONCE))
)


def tell_soon(session: Session) -> None:
    """Have those told who want to be, in the caller's transaction: within minutes, and together."""
    if session.scalar(_SOMEBODY_WANTS_IT):
        queue.enqueue_soon(session, JobKind.CLERK_NEWS)
