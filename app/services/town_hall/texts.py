"""« Textes » of the settings: what the town writes itself, kept in `textes/` and read again there.

The former version of each lies beside it, for whoever thinks better of it.
"""

import hashlib
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import select

from app import db, whole_files
from app.models import JournalEntry
from app.services import journal, town_texts
from app.services.actors import Actor
from app.services.refusals import Reason, Refusal
from app.services.town_hall.town_settings import NOT_WRITTEN
from app.settings import settings

EVENT = "town_text_changed"
LONGEST = 16_000
MEANWHILE = (
    "Entre-temps, {} a changé ce texte\u00a0: le sien est rappelé sous le vôtre, qui est gardé. "
    "Enregistrez de nouveau pour garder le vôtre."
)


class Place(NamedTuple):
    """Where a text is read, and what stands there while the town wrote none."""

    title: str
    where: str
    otherwise: str


PLACES = {
    town_texts.LEGAL_NOTICE: Place(
        "Mentions légales",
        "À la fin de la page «\u00a0Mentions légales\u00a0», après l’éditeur et l’hébergeur.",
        "Rien de plus que l’éditeur, la direction de la publication et l’hébergeur.",
    ),
    town_texts.PERSONAL_DATA: Place(
        "Données personnelles",
        "Sur la page «\u00a0Données personnelles\u00a0»\u00a0: à quoi servent les données, qui les "
        "voit, combien de temps, quels droits.",
        "Un texte fourni, qui vaut pour toute commune.",
    ),
    town_texts.ACCESSIBILITY: Place(
        "Accessibilité",
        "Sur la page «\u00a0Accessibilité\u00a0»\u00a0: la déclaration de la commune.",
        "Un texte fourni, qui ne déclare aucun audit.",
    ),
    town_texts.PAYMENT: Place(
        "Comment payer",
        "Sur chaque facture qui reste à régler, et sur le relevé.",
        "La page dit d’appeler la mairie.",
    ),
    town_texts.ABSENCE: Place(
        "Signaler une absence",
        "Au-dessus du formulaire d’absence\u00a0: jusqu’à quand prévenir, ce qui est facturé.",
        "Rien de plus que d’appeler pour le jour même.",
    ),
}


class Written(NamedTuple):
    """A text as it is now, and whether there is a former one."""

    text: str
    has_former: bool
    # False where families are not shown it: it is in another encoding, or too long.
    shown: bool


def read(name: str) -> Written:
    """Read one; empty where the town wrote none."""
    content = _content(_path(name))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    shown = not text.strip() or town_texts.read(name) is not None
    return Written(text, _former(name).exists(), shown)


def mark(name: str) -> str:
    """Name what is written now."""
    return hashlib.sha256(_content(_path(name))).hexdigest()[:16]


def save(name: str, text: str, seen: str, by: Actor) -> bool:
    """Write it; nothing is the text that the portal comes with. False: it says so already.

    Raises Refusal when somebody else changed it since.
    """
    with whole_files.alone(_folder()):
        if mark(name) != seen:
            raise Refusal(Reason.OUTDATED, MEANWHILE.format(_last_writer(name)))
        return _put(name, f"{text}\n".encode() if text else b"", by)


def reset(name: str, by: Actor) -> bool:
    """Go back to the text that the portal comes with."""
    with whole_files.alone(_folder()):
        return _put(name, b"", by)


def undo(name: str, by: Actor) -> bool:
    """Put the former version back; done twice, it is as before."""
    with whole_files.alone(_folder()):
        return _former(name).exists() and _put(name, _content(_former(name)), by)


def _put(name: str, content: bytes, by: Actor) -> bool:
    path, now = _path(name), _content(_path(name))
    if content == now:
        return False
    with db.transaction() as session:
        length = f"{_signs(now)} → {_signs(content)} signes"
        journal.record(session, EVENT, by, None, text=PLACES[name].title, length=length)
        try:
            whole_files.write(_former(name), now)
            if content:
                whole_files.write(path, content)
            else:
                whole_files.remove(path)
        except OSError as error:
            raise Refusal(Reason.UNFIT, NOT_WRITTEN) from error
    return True


def _last_writer(name: str) -> str:
    latest = (
        select(JournalEntry.acted_by, JournalEntry.details)
        .where(JournalEntry.event == EVENT)
        .order_by(JournalEntry.at.desc())
        .limit(len(PLACES) * 4)
    )
    title = PLACES[name].title
    found = (by for by, details in db.session().execute(latest) if details["text"] == title)
    return next(found, "quelqu’un")


def _signs(content: bytes) -> int:
    return len(content.decode("utf-8", "replace").strip())


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _folder() -> Path:
    folder = settings.instance / town_texts.FOLDER
    try:
        folder.mkdir(mode=0o750, exist_ok=True)
    except OSError as error:
        raise Refusal(Reason.UNFIT, NOT_WRITTEN) from error
    return folder


def _path(name: str) -> Path:
    return settings.instance / town_texts.FOLDER / f"{name}.txt"


def _former(name: str) -> Path:
    return settings.instance / town_texts.FOLDER / f"{name}.avant"
