"""A family sends the paper that says why a child did not come."""

from datetime import UTC, datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app import db
from app.booking_kinds import ProofVerdict
from app.models import FAMILY, AbsenceProof, BookingBatch, Child, Folder
from app.services import journal
from app.services.actors import CurrentAccount
from app.services.bookings.proofs import missed
from app.services.files import stored_files
from app.services.files.uploads import CheckedFile
from app.services.refusals import Reason, Refusal

TOO_LATE = "Rien n’est envoyé\u00a0: ce justificatif n’est plus attendu. Appelez la mairie."
# Two who send at once wait here for each other.
_WHOSE = (
    select(BookingBatch.id, Child.id.label("child_id"))
    .join(Child, Child.public_id == bindparam("child"))
    .where(BookingBatch.public_id == bindparam("batch"), BookingBatch.family_id == FAMILY)
    .with_for_update(of=BookingBatch)
)


def send(account: CurrentAccount, batch: str, child: str, file: CheckedFile) -> None:
    """Keep it, in place of the one before that was not accepted; the sweep takes that one.

    Raises Refusal when none is expected any more.
    """
    with stored_files.keeping(Folder.PROOFS, [file]) as [stored], db.transaction() as session:
        asked = {"family_id": account.family_id, "batch": batch, "child": child}
        whose = session.execute(_WHOSE, asked).first()
        found = missed.find(account.family_id, batch, child)
        if whose is None or found is None or not found.may_send:
            raise Refusal(Reason.CLOSED, TOO_LATE)
        proof = _hold(session, *whose)
        # Accepted while this one was on its way.
        if proof.verdict is ProofVerdict.ACCEPTED:
            raise Refusal(Reason.CLOSED, TOO_LATE)
        proof.title, proof.file, proof.file_size = file.title, stored, len(file.content)
        proof.received_at = datetime.now(UTC)
        proof.verdict, proof.reason, proof.acted_by = None, "", ""
        proof.judged_at, proof.erased_at = None, None
        session.add(proof)
        journal.record(session, "absence_proof_sent", account)


def _hold(session: Session, batch_id: int, child_id: int) -> AbsenceProof:
    """Return the row, which nobody answers meanwhile; a new one where there is none."""
    there = select(AbsenceProof).where(
        AbsenceProof.batch_id == batch_id, AbsenceProof.child_id == child_id
    )
    found = session.scalars(there.with_for_update()).one_or_none()
    return found or AbsenceProof(batch_id=batch_id, child_id=child_id)
