"""A child’s days that were declared missed at once, and the paper that may excuse them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import Date, Select, bindparam, or_, select

from app import db
from app.booking_kinds import BookingState, ProofVerdict
from app.formats import today, town_zone
from app.models import (
    FAMILY,
    AbsenceProof,
    Booking,
    BookingBatch,
    BookingEvent,
    Child,
    Folder,
    Service,
)
from app.services.bookings.judge import proving, spoken
from app.services.files.stored_files import FoundFile

# On the page of a child: as long as an answer is news.
SHOWN = timedelta(days=31)
DAYS: Select[*tuple[Any, ...]] = (
    select(
        BookingBatch.public_id.label("batch"),
        BookingBatch.at,
        Child.public_id.label("child"),
        Child.first_name,
        Booking.day,
        Service.name.label("service"),
        Service.proof_hours,
        AbsenceProof.received_at,
        AbsenceProof.title,
        AbsenceProof.file,
        AbsenceProof.verdict,
        AbsenceProof.reason,
    )
    .select_from(BookingBatch)
    .join(BookingEvent, BookingEvent.batch_id == BookingBatch.id)
    .join(Booking, Booking.id == BookingEvent.booking_id)
    .join(Child, Child.id == Booking.child_id)
    .join(Service, Service.id == Booking.service_id)
    .outerjoin(
        AbsenceProof,
        (AbsenceProof.batch_id == BookingBatch.id) & (AbsenceProof.child_id == Child.id),
    )
    .where(
        BookingBatch.family_id == FAMILY,
        BookingEvent.new == BookingState.ABSENT,
        # Whoever came after all has nothing to prove; the other home may have the day by now.
        Booking.state == BookingState.ABSENT,
        Booking.family_id == FAMILY,
        Service.proof_hours.is_not(None),
        or_(Service.due_absences.is_(None), Service.due_absences != proving.NOTHING_DUE),
    )
    .order_by(
        BookingBatch.at.desc(),
        BookingBatch.id,
        Child.birth_date,
        Child.id,
        Booking.day,
        Service.position,
        Service.id,
    )
)
_OF_BATCH = DAYS.where(BookingBatch.public_id == bindparam("batch"))
_ONE = _OF_BATCH.where(Child.public_id == bindparam("child"))
_OF_BATCHES = DAYS.where(BookingBatch.public_id.in_(bindparam("batches", expanding=True)))
_OF_CHILD = DAYS.where(
    Child.public_id == bindparam("child"), Booking.day >= bindparam("since", type_=Date)
)


class Proof(NamedTuple):
    """The paper that a family sent."""

    received_at: datetime
    title: str
    # Empty once it is erased.
    file: str
    verdict: ProofVerdict | None
    reason: str


@dataclass(frozen=True, slots=True)
class Missed:
    """Days of a child that were declared at once."""

    batch: str
    child: str
    first_name: str
    days: Sequence[date]
    services: Sequence[str]
    until: datetime
    proof: Proof | None

    @property
    def may_send(self) -> bool:
        """Tell whether a paper is still taken: a better one too, until one is accepted."""
        is_accepted = self.proof is not None and self.proof.verdict is ProofVerdict.ACCEPTED
        return not is_accepted and datetime.now(UTC) < self.until

    @property
    def until_words(self) -> str:
        """Say until when: minuit is the end of its day, as in every limit."""
        return spoken.whole_limit(self.until, town_zone())

    @property
    def found_file(self) -> FoundFile | None:
        """Say where the paper lies."""
        if self.proof is None or not self.proof.file:
            return None
        return FoundFile(Folder.PROOFS, self.proof.file, self.proof.title)


def of_batch(family_id: int, batch: str) -> list[Missed]:
    """List the children who miss days of what was saved at once."""
    return _missed(db.rows(_OF_BATCH, family_id=family_id, batch=batch))


def sent(family_id: int, batches: Iterable[str]) -> dict[tuple[str, str], Proof]:
    """Find the papers that a family sent for what it saved at once, by batch and child."""
    asked = sorted(set(batches))
    found = _missed(db.rows(_OF_BATCHES, family_id=family_id, batches=asked))
    return {(each.batch, each.child): each.proof for each in found if each.proof}


def of_child(family_id: int, child: str) -> list[Missed]:
    """List what a child missed lately, the latest first."""
    since = today() - SHOWN
    return _missed(db.rows(_OF_CHILD, family_id=family_id, child=child, since=since))


def find(family_id: int, batch: str, child: str) -> Missed | None:
    """Find one of them; another family's does not exist."""
    found = _missed(db.rows(_ONE, family_id=family_id, batch=batch, child=child))
    return found[0] if found else None


def _missed(rows: Iterable[Any]) -> list[Missed]:
    groups = groupby(rows, lambda row: (row.batch, row.child))
    return [_together(list(theirs)) for _, theirs in groups]


def _together(rows: Sequence[Any]) -> Missed:
    first, zone = rows[0], town_zone()
    proof = None
    if first.received_at is not None:
        proof = Proof(first.received_at, first.title, first.file, first.verdict, first.reason)
    return Missed(
        batch=first.batch,
        child=first.child,
        first_name=first.first_name,
        days=list(dict.fromkeys(row.day for row in rows)),
        services=list(dict.fromkeys(row.service for row in rows)),
        until=max(proving.until(row.at, row.day, row.proof_hours, zone) for row in rows),
        proof=proof,
    )
