"""Documents that the town hall gives out by hand: told from those that its files bring."""

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import db
from app.models import Document
from app.services import journal
from app.services.actors import Actor
from app.services.refusals import Reason, Refusal

# What the import would call it: no file of the town's software may take it over.
SOURCE_ID_PREFIX = "portail-"
LARGEST_NUMBER = 2**31 - 1
OF_THE_FILES = (
    "Le document n°\u00a0{} vient de vos fichiers\u00a0: changez-le dans document.csv et importez, "
    "ou retirez-le et ajoutez le bon."
)


def find(session: Session, number: int) -> Document:
    """Return a document, taken back or not. Raises Refusal when there is none."""
    document = session.get(Document, number) if 0 < number <= LARGEST_NUMBER else None
    if document is None:
        raise Refusal(Reason.UNKNOWN, f"Il n’y a pas de document n°\u00a0{number}.")
    return document


def changeable(session: Session, number: int) -> Document:
    """Return one that may have another file. Raises Refusal."""
    document = find(session, number)
    if document.withdrawn_at:
        raise Refusal(Reason.CLOSED, f"Le document n°\u00a0{number} est retiré.")
    if not document.source_id.startswith(SOURCE_ID_PREFIX):
        raise Refusal(Reason.UNFIT, OF_THE_FILES.format(number))
    return document


def insert(session: Session, document: Document, actor: Actor) -> bool:
    """Give it out; False when the same one is given out already."""
    same = select(Document.id).where(
        Document.title == document.title,
        Document.category == document.category,
        Document.file == document.file,
        Document.family_id.is_not_distinct_from(document.family_id),
        Document.target_words == document.target_words,
    )
    if session.scalars(same).first() is not None:
        return False
    document.public_id = db.new_public_id()
    document.source_id = f"{SOURCE_ID_PREFIX}{document.public_id}"
    document.added_at = datetime.now(UTC)
    session.add(document)
    everybody = "some" if document.for_some else "all"
    audience = everybody if document.family_id is None else "family"
    told = {"document": document.public_id, "audience": audience}
    journal.record(session, "document_added", actor, None, **told)
    return True


def replaced(
    session: Session, document: Document, file: tuple[str, int | None], actor: Actor
) -> None:
    """Write down that a document has another file: its name, and its size."""
    document.file, document.file_size = file
    document.added_at = datetime.now(UTC)
    told = {"document": document.public_id}
    journal.record(session, "document_replaced", actor, None, **told)
