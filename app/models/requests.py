"""What families ask of the town hall (« demandes »), and what became of it."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, UtcDateTime, new_public_id
from app.models.families import choice
from app.models.stored_files import Folder, StoredName


class RequestState(StrEnum):
    """Where a request stands. The last three are final."""

    SENT = "sent"
    TAKEN = "taken"
    PIECE_MISSING = "piece_missing"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


# The town hall has to answer, not the family to send what is missing.
WAIT_FOR_TOWN = (RequestState.SENT, RequestState.TAKEN)


class RequestEventKind(StrEnum):
    """What happened to a request; its first event is SENT."""

    SENT = "sent"
    TAKEN = "taken"
    PIECE_ASKED = "piece_asked"
    PIECE_ADDED = "piece_added"
    # The town hall said something, and nothing is settled.
    SPOKEN = "spoken"
    # It promises its answer for another day.
    POSTPONED = "postponed"
    # For the town hall alone.
    NOTED = "noted"
    ENTRUSTED = "entrusted"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class FamilyRequest(Base):
    """A request of a family; its id is the number that parents quote."""

    __tablename__ = "family_request"
    __table_args__ = (
        Index(None, "family_id", "state"),
        # What waits for the town hall, in the order of its promises.
        Index(None, "state", "expected_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=new_public_id)
    family_id: Mapped[int] = mapped_column(ForeignKey("family.id"))
    # Who sent it.
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    # Key of a kind in app/services/requests/kinds.py.
    kind: Mapped[str] = mapped_column(String(40))
    state: Mapped[RequestState] = mapped_column(
        choice(RequestState, "state"), default=RequestState.SENT
    )
    child_id: Mapped[int | None] = mapped_column(ForeignKey("child.id"), index=True)
    invoice_id: Mapped[int | None] = mapped_column(ForeignKey("invoice.id"), index=True)
    # The other answers, as the fields of its kind name them: JSON values.
    details: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # When the family may expect an answer.
    expected_on: Mapped[date]
    # Who at the town hall looks after it; families do not see whom.
    clerk_id: Mapped[int | None] = mapped_column(ForeignKey("clerk_account.id"), index=True)
    # Names a sending, so that a double click makes one request.
    sending_key: Mapped[str] = mapped_column(String(32), unique=True)


class RequestEvent(Base):
    """A dated line of a request's history."""

    __tablename__ = "request_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("family_request.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    kind: Mapped[RequestEventKind] = mapped_column(choice(RequestEventKind, "kind"))
    # None when the town hall acted; then who did, by name, which families do not see.
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    acted_by: Mapped[str] = mapped_column(String(100), default="", server_default="")
    # What the town hall says to the family: a reason, the piece it needs.
    text: Mapped[str] = mapped_column(Text, default="")
    # What it took the place of, for whoever goes back on it within minutes; then it is forgotten.
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    # When the town hall went back on it: from then on the family does not see it.
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RequestFile(Base):
    """A file of a request: what the family joined (« pièce »), or the town hall to its words."""

    __tablename__ = "request_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=new_public_id)
    request_id: Mapped[int] = mapped_column(ForeignKey("family_request.id"), index=True)
    # The words of the town hall that it goes with; None when it is the family's.
    event_id: Mapped[int | None] = mapped_column(ForeignKey("request_event.id"))
    # As the sender's device names it; the stored name is ours.
    title: Mapped[str] = mapped_column(String(200))
    file: Mapped[str] = mapped_column(StoredName(Folder.REQUESTS))
    # In bytes; None when nobody weighed it.
    file_size: Mapped[int | None]
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ReadyAnswer(Base):
    """What the town hall often answers (« modèle de réponse »), to be filled in and read again."""

    __tablename__ = "ready_answer"

    id: Mapped[int] = mapped_column(primary_key=True)
    # Key of a kind in app/services/requests/kinds.py; empty for any.
    kind: Mapped[str] = mapped_column(String(40), default="")
    name: Mapped[str] = mapped_column(String(100))
    text: Mapped[str] = mapped_column(Text)
