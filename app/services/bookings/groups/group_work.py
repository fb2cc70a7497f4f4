"""What follows once a service has other groups, or other places: bookings, then those who wait.

As for a closing, it is a job from the first moment, in the transaction of what the town said:
whoever asked goes through it at once, and when they are killed or have waited enough, the
background does what is left. A part looks at what stands, so that one done again changes nothing.
Families for whom there is a place by that are kept in the job's row, and told once at its end.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import db
from app.models import Child, Job, JobState, Service, ServiceGroup
from app.services.bookings import capacities, catalogue, places, waiting
from app.services.bookings.groups import moving
from app.services.bookings.groups.moving import Stray
from app.services.bookings.places import At
from app.services.bookings.waiting import Found
from app.services.jobs import queue
from app.services.jobs.kinds import JobKind

if TYPE_CHECKING:
    from app.services.jobs.running import Task

# Whoever asked has ended by then, or was killed.
LEFT_ALONE = timedelta(minutes=1)
# What somebody at a screen waits for: some seconds at worst.
WHILE_ONE_WAITS = 10
# Given, or told, in one transaction.
MOST_SERVED, MOST_TOLD = 200, 100
_UNDER_WAY = select(Job.payload).where(Job.kind == JobKind.GROUPS.value, Job.state != JobState.DONE)


class Errand(NamedTuple):
    """What a job of this kind is about."""

    service_id: int
    # Not where only the number of places is another.
    moves: bool = True

    def written(self) -> dict[str, str]:
        """Write it for a job."""
        return {"service": str(self.service_id), "moves": "yes" if self.moves else ""}

    @classmethod
    def read(cls, payload: Mapping[str, str]) -> "Errand":
        """Read it from a job."""
        return cls(int(payload["service"]), bool(payload["moves"]))


class Step(NamedTuple):
    """One part of it: days that count elsewhere by now, children that were looked at."""

    moved: int = 0
    children: int = 0
    wrote: bool = False


class Followed(NamedTuple):
    """How many days count elsewhere by now, and whether that is all of it."""

    moved: int
    is_over: bool


def ask(session: Session, errand: Errand) -> int:
    """Have it done, in the caller's transaction; return the number of the job."""
    due_at = datetime.now(UTC) + LEFT_ALONE
    return queue.enqueue(session, JobKind.GROUPS, errand.written(), due_at).id


def do(task: "Task") -> None:
    """Go on with one, as its job."""
    if not task.payload:
        return
    total, seen = db.session().scalar(select(func.count(Child.id))) or 0, 0
    for step in _parts(task.number, Errand.read(task.payload)):
        seen += step.children
        task.report(min(seen, total), total)


def follow(number: int, errand: Errand, most_parts: int | None = None) -> Followed:
    """Go through it at once; leave to the background what is over so many parts.

    It has that too when the database is too busy for somebody at a screen.
    """
    parts = _parts(number, errand)
    if most_parts is None:
        return Followed(sum(each.moved for each in parts), is_over=True)
    moved, steps = 0, 0
    with suppress(db.Unavailable):
        for each in parts:
            moved, steps = moved + each.moved, steps + each.wrote
            if steps >= most_parts:
                with db.transaction() as session:
                    queue.hurry(session, number)
                return Followed(moved, is_over=False)
        return Followed(moved, is_over=True)
    return Followed(moved, is_over=False)


def follow_all() -> int:
    """Do so for each service that has groups: children changed of school, or of class.

    Only where something is to be done, which is looked for holding nobody.
    """
    grouped = (
        select(Service.id)
        .where(Service.id.in_(select(ServiceGroup.service_id)), Service.archived_at.is_(None))
        .order_by(Service.id)
    )
    return sum(map(settle, db.session().scalars(grouped).all()))


def settle(service_id: int) -> int:
    """Count the days of a service anew and have them follow, where something is not so by now."""
    counted = count_again(service_id)
    has_strays = any(strays for strays, _ in moving.to_move(service_id))
    if has_strays or (counted and waiting.awaited(service_id)):
        return follow_one(Errand(service_id))
    return 0


def share_out_all() -> None:
    """Give to those who wait what any service has more of than it had."""
    for number in waiting.services_awaited():
        follow_one(Errand(number, moves=False))


def follow_one(errand: Errand) -> int:
    """Have a service be followed to the end; return how many days count elsewhere by now."""
    with db.transaction() as session:
        number = ask(session, errand)
    return follow(number, errand).moved


def count_again(service_id: int) -> int:
    """Count its days to come anew where that says otherwise, a day at a time; return how many."""
    service = db.session().get_one(Service, service_id)
    wrong = sorted(capacities.wrong(db.session(), service))
    for day in wrong:
        with db.transaction() as session:
            capacities.recount(session, session.get_one(Service, service_id), [day])
        db.make_way()
    return len(wrong)


def is_under_way(service_id: int) -> bool:
    """Tell whether days of a service do not all count where their child is by now."""
    there = (Errand.read(row.payload) for row in db.rows(_UNDER_WAY) if row.payload)
    return any(each.moves and each.service_id == service_id for each in there)


def _parts(number: int, errand: Errand) -> Iterator[Step]:
    """Do part after part, and tell families at the end."""
    if errand.moves:
        _let_others_end()
        for strays, children in moving.to_move(errand.service_id):
            yield Step(_move(number, errand, strays), children, wrote=bool(strays))
    for day in waiting.awaited(errand.service_id):
        while _serve(number, At(errand.service_id, day)):
            yield Step(wrote=True)
    while _tell_some(number):
        yield Step(wrote=True)


def _move(number: int, errand: Errand, strays: Sequence[Stray]) -> int:
    if not strays:
        return 0
    with db.transaction() as session:
        moved = moving.move(session, errand.service_id, strays)
        _keep(session, number, moved.found)
    db.make_way()
    return moved.days


def _let_others_end() -> None:
    """Wait for whoever books by what the town said before: what they save is moved as well."""
    with db.transaction() as session:
        places.lock_all_children(session)


def _serve(number: int, at: At) -> bool:
    """Give to some who wait on a day what is free of it; tell whether there may be more."""
    with db.transaction() as session:
        town = catalogue.read(at.day, at.day)
        if at.service_id not in town.services:
            return False
        places.lock_places(session, town, [at])
        moved = waiting.serve(session, town, [at], MOST_SERVED)
        _keep(session, number, waiting.found_by(moved))
    db.make_way()
    return bool(moved)


def _keep(session: Session, number: int, found: Found) -> None:
    """Have families be told at the end; at once, when somebody else has ended it."""
    if not any(found):
        return
    job = _held(session, number)
    if job is None:
        waiting.tell(session, found)
        return
    there = _read(job)
    _write(job, Found(there.given | found.given, there.offered | found.offered))


def _tell_some(number: int) -> bool:
    """Tell some of the families that there is a place for; none left, it is over."""
    with db.transaction() as session:
        job = _held(session, number)
        if job is None:
            return False
        found = _read(job)
        given = sorted(found.given)[:MOST_TOLD]
        offered = sorted(found.offered)[: MOST_TOLD - len(given)]
        some = Found(frozenset(given), frozenset(offered))
        waiting.tell(session, some)
        if any(some):
            _write(job, Found(found.given - some.given, found.offered - some.offered))
        else:
            job.payload = {}
    db.make_way()
    return any(some)


def _held(session: Session, number: int) -> Job | None:
    """Find the job, held; None where somebody else has ended it."""
    job = session.get(Job, number, populate_existing=True, with_for_update=True)
    return job if job is not None and job.payload else None


def _read(job: Job) -> Found:
    return Found(*(frozenset(json.loads(job.payload.get(name, "[]"))) for name in Found._fields))


def _write(job: Job, found: Found) -> None:
    told = {name: json.dumps(sorted(families)) for name, families in found._asdict().items()}
    job.payload = job.payload | told
