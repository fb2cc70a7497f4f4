"""Why a child did not come, as a paper says it (« justificatif d’absence »)."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.booking_kinds import ProofVerdict
from app.db import Base, UtcDateTime, new_public_id
from app.models.families import choice
from app.models.stored_files import Folder, StoredName


class AbsenceProof(Base):
    """A paper for the days of a child that were declared at once, and what the town hall says.

    It often speaks of health: the file goes two months after the answer, which stays.
    """

    __tablename__ = "absence_proof"
    __table_args__ = (
        # A better one takes its place.
        UniqueConstraint("batch_id", "child_id"),
        # What waits for the town hall, and what is over, are found by it.
        Index(None, "judged_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=new_public_id)
    batch_id: Mapped[int] = mapped_column(ForeignKey("booking_batch.id"))
    child_id: Mapped[int] = mapped_column(ForeignKey("child.id"), index=True)
    # As the sender's device names it; the stored name is ours, empty once it is erased.
    title: Mapped[str] = mapped_column(String(200))
    file: Mapped[str] = mapped_column(StoredName(Folder.PROOFS))
    # In bytes.
    file_size: Mapped[int]
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # None until the town hall has read it.
    verdict: Mapped[ProofVerdict | None] = mapped_column(choice(ProofVerdict, "verdict"))
    # Why not, as the family reads it.
    reason: Mapped[str] = mapped_column(Text, default="")
    judged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Who of the town hall, by name, which families do not see.
    acted_by: Mapped[str] = mapped_column(String(100), default="")
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
