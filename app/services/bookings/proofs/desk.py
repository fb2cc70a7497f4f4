"""The town hall reads why children did not come, and says what comes of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Select, bindparam, select

from app import db, typed_text
from app.booking_kinds import AbsenceReason, BookingState, ProofVerdict
from app.formats import NBSP, day_in_full, ended
from app.models import (
    AbsenceProof,
    Booking,
    BookingBatch,
    BookingEvent,
    Child,
    Family,
    Folder,
    Service,
)
from app.services import journal
from app.services.actors import Actor
from app.services.bookings.words import ABSENCE_REASONS
from app.services.files.stored_files import FoundFile
from app.services.inbox import composing, sending
from app.services.inbox.composing import Letter
from app.services.refusals import Reason, Refusal
from app.services.targets.kinds import Target, TargetKind

LONGEST_REASON = 200
NO_REASON = "Dites pourquoi\u00a0: la famille le lit."
ANSWERED = "Ce justificatif a déjà sa réponse, ou la famille en a envoyé un autre."
_PROOFS: Select[*tuple[Any, ...]] = (
    select(
        AbsenceProof.public_id,
        AbsenceProof.title,
        AbsenceProof.file,
        AbsenceProof.received_at,
        AbsenceProof.verdict,
        AbsenceProof.reason,
        AbsenceProof.judged_at,
        AbsenceProof.acted_by,
        BookingBatch.absence_reason,
        Child.first_name,
        Child.last_name,
        Child.school,
        Child.class_name,
        Family.id.label("family_id"),
        Family.number.label("family_number"),
        Booking.day,
        Service.name.label("service"),
    )
    .join(BookingBatch, BookingBatch.id == AbsenceProof.batch_id)
    .join(Child, Child.id == AbsenceProof.child_id)
    .join(Family, Family.id == BookingBatch.family_id)
    .join(BookingEvent, BookingEvent.batch_id == BookingBatch.id)
    .join(Booking, (Booking.id == BookingEvent.booking_id) & (Booking.child_id == Child.id))
    .join(Service, Service.id == Booking.service_id)
    .where(BookingEvent.new == BookingState.ABSENT, Service.proof_hours.is_not(None))
)
_ORDER = (AbsenceProof.id, Booking.day, Service.position, Service.id)
_WAITING = _PROOFS.where(AbsenceProof.judged_at.is_(None)).order_by(
    AbsenceProof.received_at, *_ORDER
)
# As long as the file is there: the answer may still be looked at with it.
_ANSWERED = _PROOFS.where(AbsenceProof.judged_at.is_not(None), AbsenceProof.file != "").order_by(
    AbsenceProof.judged_at.desc(), *_ORDER
)
_ONE = _PROOFS.where(AbsenceProof.public_id == bindparam("public_id")).order_by(*_ORDER)


@dataclass(frozen=True, slots=True)
class DeskProof:
    """A paper, whose it is and which days it is for."""

    public_id: str
    title: str
    file: str
    received_at: datetime
    verdict: ProofVerdict | None
    reason: str
    judged_at: datetime | None
    acted_by: str
    declared: AbsenceReason | None
    first_name: str
    last_name: str
    school: str
    class_name: str
    family_id: int
    family_number: str
    days: Sequence[date]
    services: Sequence[str]

    @property
    def child(self) -> str:
        """Write it whole."""
        return f"{self.first_name} {self.last_name}"

    @property
    def found_file(self) -> FoundFile | None:
        """Say where the paper lies; None once it is erased."""
        return FoundFile(Folder.PROOFS, self.file, self.title) if self.file else None

    @property
    def why(self) -> str:
        """Say what the family declared."""
        return ABSENCE_REASONS[self.declared] if self.declared else ""


@dataclass(frozen=True, slots=True)
class Desk:
    """Those that wait, the oldest first; those that were answered, the latest first."""

    waiting: Sequence[DeskProof]
    answered: Sequence[DeskProof]


def read() -> Desk:
    """List them: two statements."""
    return Desk(_together(db.rows(_WAITING)), _together(db.rows(_ANSWERED)))


def find(public_id: str) -> DeskProof | None:
    """Find one."""
    found = _together(db.rows(_ONE, public_id=public_id))
    return found[0] if found else None


def note_opening(found: DeskProof, by: Actor) -> None:
    """Write down who opens the paper."""
    with db.transaction() as session:
        journal.record_of_family(
            session, "absence_proof_opened", by, found.family_id, child=found.first_name
        )


def accept(found: DeskProof, by: Actor) -> datetime:
    """Excuse the days, and write it to the family; return when that leaves. Raises Refusal."""
    _judge(found, ProofVerdict.ACCEPTED, "", by)
    said = (
        f"Nous avons accepté votre justificatif. {_services(found)}{NBSP}: "
        "ces jours ne seront pas facturés."
    )
    return _write(found, said, by)


def refuse(found: DeskProof, reason: str, by: Actor) -> datetime:
    """Say why not, and write it to the family; return when that leaves. Raises Refusal."""
    why = typed_text.reason(reason, LONGEST_REASON)
    if not why:
        raise Refusal(Reason.MISSING, NO_REASON)
    _judge(found, ProofVerdict.REFUSED, why, by)
    said = (
        "Nous ne pouvons pas accepter votre justificatif.\n"
        + ended(f"Motif{NBSP}: {why}")
        + f"\n\n{_services(found)}{NBSP}: l’absence est facturée d’après la règle du service."
    )
    return _write(found, said, by)


def _judge(found: DeskProof, verdict: ProofVerdict, reason: str, by: Actor) -> None:
    """Write the answer to the very paper that was read."""
    with db.transaction() as session:
        proof = session.scalars(
            select(AbsenceProof)
            .where(AbsenceProof.public_id == found.public_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        ).one_or_none()
        if proof is None or proof.verdict is not None or proof.file != found.file:
            raise Refusal(Reason.OUTDATED, ANSWERED)
        proof.verdict, proof.reason = verdict, reason
        proof.judged_at, proof.acted_by = datetime.now(UTC), by.acted_by
        journal.record_of_family(
            session, f"absence_proof_{verdict.value}", by, found.family_id, child=found.first_name
        )


def _write(found: DeskProof, said: str, by: Actor) -> datetime:
    days = ", ".join(day_in_full(day) for day in found.days)
    body = f"Bonjour,\n\nAbsence de {found.first_name}, {days}.\n{said}"
    target = Target(TargetKind.FAMILY, (found.family_number,))
    letter = Letter(target, "Votre justificatif d’absence", body, answerable=True)
    return sending.send(composing.save(letter, by), by)


def _services(found: DeskProof) -> str:
    return ", ".join(found.services)


def _together(rows: Sequence[Any]) -> list[DeskProof]:
    groups = groupby(rows, lambda row: row.public_id)
    return [_proof(list(theirs)) for _, theirs in groups]


def _proof(rows: Sequence[Any]) -> DeskProof:
    first = rows[0]
    return DeskProof(
        public_id=first.public_id,
        title=first.title,
        file=first.file,
        received_at=first.received_at,
        verdict=first.verdict,
        reason=first.reason,
        judged_at=first.judged_at,
        acted_by=first.acted_by,
        declared=first.absence_reason,
        first_name=first.first_name,
        last_name=first.last_name,
        school=first.school,
        class_name=first.class_name,
        family_id=first.family_id,
        family_number=first.family_number,
        days=list(dict.fromkeys(row.day for row in rows)),
        services=list(dict.fromkeys(row.service for row in rows)),
    )
