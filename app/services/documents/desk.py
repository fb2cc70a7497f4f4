"""The town hall's side: every document that is given out, and one taken back."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import bindparam, select

from app import db
from app.models import Document, Family
from app.paging import PAGE_SIZE, Page
from app.services import journal
from app.services.actors import Actor
from app.services.documents.publishing import SOURCE_ID_PREFIX, find

_LINES = (
    select(
        Document.id,
        Document.title,
        Document.category,
        Document.published_on,
        Family.number,
        Document.source_id.startswith(bindparam("prefix", SOURCE_ID_PREFIX)),
    )
    .outerjoin(Family, Family.id == Document.family_id)
    .where(Document.withdrawn_at.is_(None))
    .order_by(Document.published_on.desc().nulls_last(), Document.id.desc())
)


@dataclass(frozen=True, slots=True)
class DeskDocument:
    """A document as the town hall lists it."""

    number: int
    title: str
    category: str
    day: date | None
    # None for every family.
    family_number: str | None
    # By command or screen; else the files bring it.
    by_hand: bool


def listed(asked_page: str = "", size: int = PAGE_SIZE) -> Page[DeskDocument]:
    """List what is given out, the latest first."""
    return db.page(_LINES, asked_page, size).of(DeskDocument)


def withdraw(number: int, actor: Actor) -> bool:
    """Take a document back; False when it is already. Raises Refusal when there is none.

    The row stays, without its file, which is swept: files that bring it again are told by it.
    """
    with db.transaction() as session:
        document = find(session, number)
        if document.withdrawn_at:
            return False
        document.withdrawn_at = datetime.now(UTC)
        document.file, document.file_size = "", None
        told = {"document": document.public_id}
        journal.record(session, "document_withdrawn", actor, None, **told)
    return True
