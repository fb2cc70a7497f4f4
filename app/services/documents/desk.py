"""The town hall's side: every document that is given out, and one taken back."""

from datetime import UTC, date, datetime
from typing import NamedTuple

from sqlalchemy import bindparam, func, select

from app import db
from app.formats import NBSP, fold
from app.models import Document, Family, Folder
from app.paging import PAGE_SIZE, Page
from app.services import journal
from app.services.actors import Actor
from app.services.documents.by_hand import SOURCE_ID_PREFIX, find
from app.services.files.stored_files import FoundFile
from app.services.targets.kinds import IN_FRENCH, TargetKind

_LINES = (
    select(
        Document.id,
        Document.title,
        Document.category,
        Document.published_on,
        func.coalesce(Family.number, func.nullif(Document.target_words, "")),
        Document.source_id.startswith(bindparam("prefix", SOURCE_ID_PREFIX)),
        Document.for_some,
        Document.acted_by,
        Document.shown_from,
        Document.shown_until,
    )
    .outerjoin(Family, Family.id == Document.family_id)
    .where(Document.withdrawn_at.is_(None))
    .order_by(Document.published_on.desc().nulls_last(), Document.id.desc())
)
_FILE = select(Document.title, Document.file).where(
    Document.id == bindparam("number"), Document.withdrawn_at.is_(None)
)
_CATEGORIES = (
    select(Document.category)
    .where(Document.category != "", Document.withdrawn_at.is_(None))
    .distinct()
)


class DeskDocument(NamedTuple):
    """A document as the town hall lists it."""

    number: int
    title: str
    category: str
    day: date | None
    # Or whom it is for, in words; None for every family.
    family_number: str | None
    # By command or screen; else the files bring it.
    by_hand: bool
    for_some: bool
    # Empty for a command, or for the files.
    acted_by: str
    shown_from: date | None
    shown_until: date | None

    @property
    def to_whom(self) -> str:
        """Say whom it is for, in the words that were true then."""
        if not self.family_number:
            return IN_FRENCH[TargetKind.EVERYBODY]
        return self.family_number if self.for_some else f"Famille n°{NBSP}{self.family_number}"


def listed(asked_page: str = "", size: int = PAGE_SIZE) -> Page[DeskDocument]:
    """List what is given out, the latest first."""
    return db.page(_LINES, asked_page, size).of(DeskDocument)


def read(number: int) -> DeskDocument | None:
    """Return one that is given out."""
    found = db.rows(_LINES.where(Document.id == bindparam("number")), number=number)
    return DeskDocument._make(found[0]) if found else None


def file_of(number: int) -> FoundFile | None:
    """Find the file of one that is given out."""
    found = db.rows(_FILE, number=number)
    return FoundFile(Folder.DOCUMENTS, found[0].file, found[0].title) if found else None


def categories() -> list[str]:
    """List the headings that there are, in French order."""
    return sorted((row[0] for row in db.rows(_CATEGORIES)), key=fold)


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
