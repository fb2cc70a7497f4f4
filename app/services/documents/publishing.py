"""The town hall gives a document out: to all families, or to one."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app import db
from app.formats import today
from app.models import Document, Family, Folder
from app.services import journal
from app.services.actors import Actor
from app.services.importing import fields, storing
from app.services.importing.faults import FieldRefused, Unreadable
from app.services.importing.sources import SourceFolder
from app.services.importing.tables import Attachments

# What the import would call it: no file of the town's software may take it over.
SOURCE_ID_PREFIX = "portail-"
# Checked and kept as those of the import, from wherever the clerk has them.
ATTACHMENTS = Attachments("file", ".", Folder.DOCUMENTS)
TITLE = fields.text(200)
CATEGORY = fields.text(100)
NUMBER = fields.text(40)

NO_TITLE = "donnez un titre au document."
NO_FILE = "ce fichier n’existe pas, ou n’est pas un fichier ordinaire."
UNREADABLE = "ce fichier ne peut pas être lu\u00a0: vérifiez ses droits d’accès."
NO_FAMILY = "aucune famille ne porte ce numéro."
ARCHIVED = "cette famille est archivée, elle n’a plus accès au portail."
SEVERAL_FAMILIES = "plusieurs familles portent ce numéro."

_FAMILIES = select(Family.id, Family.archived_at).where(Family.number == bindparam("number"))


class PublishingRefused(ValueError):  # noqa: N818 (a refusal, not a bug)
    """A document cannot be given out: what is wrong, and the remedy, a sentence in French."""

    def __init__(self, what: str, remedy: str) -> None:
        """Carry both."""
        super().__init__(f"{what}\u00a0: {remedy}")


@dataclass(frozen=True, slots=True)
class Notice:
    """What a clerk says of a document, as typed; no family stands for all, no day for today."""

    title: str
    category: str
    family_number: str = ""
    day: str = ""


def add(path: Path, notice: Notice, actor: Actor) -> bool:
    """Keep a file and give it out; False when the same one is given out already.

    Raises PublishingRefused when the file, or what is said of it, cannot be taken.
    """
    title = _typed("titre", TITLE, notice.title)
    if not title:
        raise PublishingRefused("titre", NO_TITLE)
    document = Document(
        title=title,
        category=_typed("catégorie", CATEGORY, notice.category),
        published_on=_day(notice.day),
        family_id=_family_id(notice.family_number),
    )
    source, name = _source(path)
    document.file, document.file_size = _name_for(source, name), source.size(name)
    copies = storing.Copies(source)
    try:
        with db.transaction() as session:
            copies.keep(ATTACHMENTS, name, document.file)
            return _insert(session, document, actor)
    except BaseException:
        copies.undo()
        raise


def _insert(session: Session, document: Document, actor: Actor) -> bool:
    same = select(Document.id).where(
        Document.title == document.title,
        Document.category == document.category,
        Document.file == document.file,
        Document.family_id.is_not_distinct_from(document.family_id),
    )
    if session.scalars(same).first() is not None:
        return False
    document.public_id = db.new_public_id()
    document.source_id = f"{SOURCE_ID_PREFIX}{document.public_id}"
    document.added_at = datetime.now(UTC)
    session.add(document)
    audience = "all" if document.family_id is None else "family"
    told = {"document": document.public_id, "audience": audience}
    journal.record(session, "document_added", actor, None, **told)
    return True


def _typed(what: str, kind: fields.Kind, value: str) -> str:
    try:
        return str(kind.parse(value.strip()))
    except FieldRefused as refused:
        raise PublishingRefused(what, str(refused)) from None


def _day(value: str) -> date:
    return date.fromisoformat(_typed("date", fields.DAY, value)) if value else today()


def _family_id(number: str) -> int | None:
    if not number:
        return None
    found = db.rows(_FAMILIES, number=_typed("famille", NUMBER, number))
    if not found:
        raise PublishingRefused(f"famille {number}", NO_FAMILY)
    open_ones = [row for row in found if row.archived_at is None]
    if len(open_ones) != 1:
        raise PublishingRefused(f"famille {number}", SEVERAL_FAMILIES if open_ones else ARCHIVED)
    family_id: int = open_ones[0].id
    return family_id


def _source(path: Path) -> tuple[SourceFolder, str]:
    try:
        whole = path.resolve(strict=True)
    except (OSError, RuntimeError):
        raise PublishingRefused("fichier", NO_FILE) from None
    if not whole.is_file():
        raise PublishingRefused("fichier", NO_FILE)
    return SourceFolder(whole.parent), whole.name


def _name_for(source: SourceFolder, name: str) -> str:
    try:
        return storing.name_for(source, ATTACHMENTS, name)
    except FieldRefused as refused:
        raise PublishingRefused("fichier", str(refused)) from None
    except (OSError, Unreadable):
        raise PublishingRefused("fichier", UNREADABLE) from None
