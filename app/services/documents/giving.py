"""The town hall gives a document out on screen: to whom it chooses, for as long as it says."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import exists, insert, literal, select
from sqlalchemy.orm import Session

from app import db
from app.formats import today
from app.models import Document, DocumentRecipient, Folder
from app.services.actors import Actor
from app.services.documents import by_hand
from app.services.files import stored_files
from app.services.files.uploads import CheckedFile
from app.services.refusals import Reason, Refusal
from app.services.targets import choosing
from app.services.targets.kinds import Target, TargetKind

LONGEST_TITLE, LONGEST_CATEGORY = 200, 100
BACKWARDS = "Le dernier jour vient avant le premier."
OVER = "Ce jour est passé\u00a0: aucune famille ne verrait le document."


class Publication(NamedTuple):
    """What is said of a document; without days it is there from now on."""

    target: Target
    title: str
    category: str
    shown_from: date | None = None
    shown_until: date | None = None


def give(file: CheckedFile, said: Publication, actor: Actor) -> bool:
    """Give a document out; False when the same one is given out already. Raises Refusal."""
    if said.shown_from and said.shown_until and said.shown_until < said.shown_from:
        raise Refusal(Reason.UNFIT, BACKWARDS)
    if said.shown_until and said.shown_until < today():
        raise Refusal(Reason.OUTDATED, OVER)
    document = Document(
        title=said.title,
        category=said.category,
        published_on=said.shown_from or today(),
        shown_from=said.shown_from,
        shown_until=said.shown_until,
        for_some=said.target.kind not in {TargetKind.EVERYBODY, TargetKind.FAMILY},
        target_words="",
        acted_by=actor.acted_by,
    )
    if said.target.kind is TargetKind.FAMILY:
        document.family_id = choosing.one_family(said.target)
    if document.for_some:
        document.target_words = said.target.words
    with db.transaction() as session:
        document.file = stored_files.keep_by_content(Folder.DOCUMENTS, file)
        document.file_size = len(file.content)
        if not by_hand.insert(session, document, actor):
            return False
        session.flush()
        if document.for_some:
            _address(session, document.id, said.target)
    return True


def replace(number: int, file: CheckedFile, actor: Actor) -> bool:
    """Give another file at the same address; False when it is the same. Raises Refusal."""
    with db.transaction() as session:
        document = by_hand.changeable(session, number)
        name = stored_files.keep_by_content(Folder.DOCUMENTS, file)
        if document.file == name:
            return False
        by_hand.replaced(session, document, (name, len(file.content)), actor)
    return True


def _address(session: Session, number: int, target: Target) -> None:
    chosen = choosing.some_families(target).add_columns(literal(number))
    rows = insert(DocumentRecipient).from_select(["family_id", "document_id"], chosen)
    session.execute(rows)
    if not session.scalar(select(exists().where(DocumentRecipient.document_id == number))):
        raise Refusal(Reason.UNKNOWN, choosing.NOBODY)
