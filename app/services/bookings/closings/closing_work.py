"""What follows once days are closed or open again: bookings, part by part, then the message.

It is a job from the first moment, in the transaction of its days: whoever asked goes through it at
once, and when they are killed or have waited enough, the background does what is left. The job's
row says what it is about until families are written to, in one transaction with that: whoever comes
second finds it empty.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import db
from app.formats import NBSP, ended
from app.models import Closing, Job, ServiceDay
from app.services.actors import Command
from app.services.bookings.closings import closing_letters, closing_parts
from app.services.bookings.closings.closing_extent import NOTHING, Counts
from app.services.bookings.closings.closing_letters import Opened, Told
from app.services.bookings.closings.closing_moves import Changed
from app.services.bookings.closings.closing_parts import Work
from app.services.jobs import queue
from app.services.jobs.kinds import JobKind

if TYPE_CHECKING:
    from app.services.jobs.running import Task

# Whoever asked has ended by then, or was killed.
LEFT_ALONE = timedelta(minutes=1)
# What somebody at a screen waits for: some seconds at worst.
WHILE_ONE_WAITS = 10
# Children done, and of how many: said between two parts.
Report = Callable[[int, int], object]


@dataclass(frozen=True, slots=True)
class Followed:
    """How far it went."""

    # Of each closing, or of what was opened, in their order.
    moved: Sequence[Counts]
    # What families were told; None while the background goes on.
    told: Told | None

    def said_of(self, changed: Sequence[Changed]) -> list[Changed]:
        """Tell how these stand by that."""
        return [
            replace(
                each,
                counts=counts._replace(families=self.told.families[number] if self.told else 0),
                is_over=self.told is not None,
                due_at=self.told.due_at if self.told else None,
            )
            for number, (each, counts) in enumerate(zip(changed, self.moved, strict=True))
        ]


@dataclass(frozen=True, slots=True)
class Errand:
    """What a job of this kind is about: closings, or what is open again."""

    by: str
    # What the town hall adds to the message.
    more: str = ""
    closings: tuple[int, ...] = ()
    opened: Opened | None = None

    def written(self) -> dict[str, str]:
        """Write it for a job."""
        told = {"by": self.by, "more": self.more, "closings": json.dumps(self.closings)}
        return told | ({"opened": self.opened.written()} if self.opened else {})

    @classmethod
    def read(cls, payload: Mapping[str, str]) -> "Errand":
        """Read it from a job."""
        opened = Opened.read(payload["opened"]) if "opened" in payload else None
        closings = tuple(json.loads(payload["closings"]))
        return cls(payload["by"], payload["more"], closings, opened)


def ask(session: Session, errand: Errand) -> int:
    """Have it done, in the caller's transaction; return the number of the job."""
    due_at = datetime.now(UTC) + LEFT_ALONE
    return queue.enqueue(session, JobKind.CLOSING, errand.written(), due_at).id


def do(task: "Task") -> None:
    """Go on with one, as its job."""
    if not task.payload:
        return
    errand = Errand.read(task.payload)
    _follow(_works(errand), report=task.report)
    _finish(task.number, errand)


def follow(number: int, errand: Errand, most_parts: int | None) -> Followed:
    """Go through it at once; leave to the background what is over so many parts.

    It has that too when the database is too busy for somebody at a screen: their days are closed.
    """
    works = _works(errand)
    if most_parts is None:
        return Followed(_follow(works)[0], _finish(number, errand))
    moved = [NOTHING] * len(works)
    with suppress(db.Unavailable):
        moved, is_over = _follow(works, most_parts)
        if is_over:
            return Followed(moved, _finish(number, errand))
        with db.transaction() as session:
            queue.hurry(session, number)
    return Followed(moved, None)


def _follow(
    works: Sequence[Work], most_parts: int | None = None, report: Report | None = None
) -> tuple[list[Counts], bool]:
    """Do part after part; tell what was moved of each, and whether that was all."""
    total = sum(closing_parts.children_of(each) for each in works) if report else 0
    moved, done, steps = [NOTHING] * len(works), 0, 0
    for number, work in enumerate(works):
        for counts, children in closing_parts.parts(work):
            moved[number] = moved[number].plus(counts)
            done, steps = done + children, steps + 1
            if report:
                report(min(done, total), total)
            if steps == most_parts:
                return moved, False
    return moved, True


def _works(errand: Errand) -> list[Work]:
    if errand.opened:
        return [Work(errand.opened.about.days)]
    return [_of_closing(each) for each in errand.closings]


def _of_closing(number: int) -> Work:
    session = db.session()
    closing = session.get_one(Closing, number)
    marks = select(ServiceDay.day, ServiceDay.school).where(ServiceDay.closing_id == number)
    rows = session.execute(marks).all()
    schools = {row.school for row in rows}
    return Work(
        days=tuple(sorted({row.day for row in rows})),
        closing_id=number,
        schools=() if "" in schools else tuple(sorted(schools)),
        sentence=ended(f"Fermé{NBSP}: {closing.reason}"),
    )


def _finish(number: int, errand: Errand) -> Told | None:
    """Write to families, and be over with it; None where somebody else has."""
    by = Command(errand.by)
    if errand.opened and errand.opened.closing_id is not None:
        closing_letters.take_back(errand.opened.closing_id, by)
    with db.transaction() as session:
        job = session.get(Job, number, populate_existing=True, with_for_update=True)
        if job is None or not job.payload:
            return None
        job.payload = {}
        if errand.opened:
            return closing_letters.tell_of_reopening(
                session, errand.opened, job.created_at, errand.more, by
            )
        return closing_letters.tell_of_closings(session, errand.closings, errand.more, by)
