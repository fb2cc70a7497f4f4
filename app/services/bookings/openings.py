"""« Me prévenir »: whoever comes before the bookings of a service open is written to when they do.

The wish is the job that will tell: nothing else is kept of it, and it goes with it.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import db
from app.formats import today
from app.models import Job, JobState, Service
from app.services import journal
from app.services.accounts import allowances
from app.services.actors import CurrentAccount
from app.services.bookings import catalogue, instead, reading
from app.services.bookings.weeks import FARTHEST_AHEAD, Opening
from app.services.jobs import queue
from app.services.jobs.kinds import JobKind
from app.services.mail import notices

if TYPE_CHECKING:
    from app.services.jobs.running import Task

_IN_HAND = select(Job).where(Job.kind == JobKind.OPENING.value, Job.state == JobState.RUNNING)


def find(family_id: int, slug: str) -> Opening | None:
    """Find one of them; None once it is open, and for what their children are not enrolled at."""
    known = reading.known(family_id, today(), today() + FARTHEST_AHEAD)
    return next(
        (each for each in instead.to_open(known, datetime.now(UTC)) if each.slug == slug), None
    )


def is_asked(account: CurrentAccount, found: Opening) -> bool:
    """Tell whether they asked to be told."""
    queued = select(Job).where(Job.kind == JobKind.OPENING.value, Job.state == JobState.QUEUED)
    wish = _wish(account, found)
    return any(job.payload == wish for job in db.session().scalars(queued))


def ask(account: CurrentAccount, found: Opening) -> None:
    """Have them told when it opens; once, however often they ask."""
    with db.transaction() as session:
        allowances.one_at_a_time(session, account.account_id)
        if not _asked(session, account, found):
            queue.enqueue(session, JobKind.OPENING, _wish(account, found), found.opens_at)
            journal.record(session, "opening_asked", account, None, about=found.name)


def call_off(account: CurrentAccount, found: Opening) -> None:
    """Have them told nothing after all."""
    with db.transaction() as session:
        for job in _asked(session, account, found):
            job.payload = {}
            journal.record(session, "opening_unasked", account, None, about=found.name)


def tell_due(task: "Task") -> None:
    """Write to whoever asked, as the job of its hour; later, where the town opens it later.

    A job that is done again tells nobody twice: it is emptied as it tells.
    """
    if not task.payload:
        return
    account_id, number = (int(task.payload[name]) for name in ("account", "service"))
    with db.transaction() as session:
        for job in session.scalars(_IN_HAND.with_for_update()):
            if job.payload == task.payload:
                job.payload = {}
        service = session.get(Service, number)
        if service is None or service.archived_at:
            return
        opens = instead.opens(catalogue.read(today(), today()), number)
        if opens and opens > datetime.now(UTC):
            queue.enqueue(session, JobKind.OPENING, task.payload, opens)
        else:
            notices.tell_of_opening(session, account_id, service.name)


def _wish(account: CurrentAccount, found: Opening) -> dict[str, str]:
    return {"account": str(account.account_id), "service": str(found.service_id)}


def _asked(session: Session, account: CurrentAccount, found: Opening) -> list[Job]:
    wish = _wish(account, found)
    jobs = queue.to_come(session, JobKind.OPENING, datetime.now(UTC))
    return [job for job in jobs if job.payload == wish]
