"""The town hall gives a document out: to all families, or to one."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from app import db
from app.formats import today
from app.models import Document, Folder
from app.services.actors import Actor
from app.services.documents import by_hand
from app.services.families import lookup
from app.services.importing import fields, storing
from app.services.importing.faults import FieldRefused, Unreadable
from app.services.importing.sources import SourceFolder
from app.services.importing.tables import Attachments
from app.services.refusals import Reason, Refusal

# Checked and kept as those of the import, from wherever the clerk has them.
ATTACHMENTS = Attachments("file", ".", Folder.DOCUMENTS)
TITLE = fields.text(200)
CATEGORY = fields.text(100)
NUMBER = fields.text(40)

NO_TITLE = "donnez un titre au document."
NO_FILE = "ce fichier n’existe pas, ou n’est pas un fichier ordinaire."
UNREADABLE = "ce fichier ne peut pas être lu\u00a0: vérifiez ses droits d’accès."


@dataclass(frozen=True, slots=True)
class Notice:
    """What a clerk says of a document, as typed; no family stands for all, no day for today."""

    title: str
    category: str
    family_number: str = ""
    day: str = ""


def add(path: Path, notice: Notice, actor: Actor) -> bool:
    """Keep a file and give it out; False when the same one is given out already.

    Raises Refusal when the file, or what is said of it, cannot be taken.
    """
    title = _typed("titre", TITLE, notice.title)
    if not title:
        raise _unfit("titre", NO_TITLE, Reason.MISSING)
    document = Document(
        title=title,
        category=_typed("catégorie", CATEGORY, notice.category),
        published_on=_day(notice.day),
        family_id=_family_id(notice.family_number),
        target_words="",
        for_some=False,
        acted_by=actor.acted_by,
    )
    source, name = _source(path)
    document.file, document.file_size = _name_for(source, name), source.size(name)
    copies = storing.Copies(source)
    try:
        with db.transaction() as session:
            copies.keep(ATTACHMENTS, name, document.file)
            return by_hand.insert(session, document, actor)
    except BaseException:
        copies.undo()
        raise


def replace(number: int, path: Path, actor: Actor) -> bool:
    """Give another file under the title of a document; False when it is the same.

    Raises Refusal when the file cannot be taken, or when the document is the files' to change.
    """
    source, name = _source(path)
    kept_as = _name_for(source, name)
    copies = storing.Copies(source)
    try:
        with db.transaction() as session:
            document = by_hand.changeable(session, number)
            if document.file == kept_as:
                return False
            copies.keep(ATTACHMENTS, name, kept_as)
            by_hand.replaced(session, document, (kept_as, source.size(name)), actor)
            return True
    except BaseException:
        copies.undo()
        raise


def _typed(what: str, kind: fields.Kind, value: str) -> str:
    try:
        return str(kind.parse(value.strip()))
    except FieldRefused as refused:
        raise _unfit(what, str(refused)) from None


def _day(value: str) -> date:
    return date.fromisoformat(_typed("date", fields.DAY, value)) if value else today()


def _family_id(number: str) -> int | None:
    if not number:
        return None
    wanted = _typed("famille", NUMBER, number)
    return lookup.only_one(lookup.open_families(wanted), wanted)


def _unfit(what: str, remedy: str, reason: Reason = Reason.UNFIT) -> Refusal:
    return Refusal(reason, f"{what}\u00a0: {remedy}")


def _source(path: Path) -> tuple[SourceFolder, str]:
    try:
        whole = path.resolve(strict=True)
    except (OSError, RuntimeError):
        raise _unfit("fichier", NO_FILE) from None
    if not whole.is_file():
        raise _unfit("fichier", NO_FILE)
    return SourceFolder(whole.parent), whole.name


def _name_for(source: SourceFolder, name: str) -> str:
    try:
        return storing.name_for(source, ATTACHMENTS, name)
    except FieldRefused as refused:
        raise _unfit("fichier", str(refused)) from None
    except (OSError, Unreadable):
        raise _unfit("fichier", UNREADABLE) from None
