"""« Réglages »: what the town says of itself and of its requests, kept in `commune.toml`.

The file is the settings' own mechanism (app.settings), so that every process reads it again.
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import db, whole_files
from app.models import JournalEntry
from app.services import journal
from app.services.actors import Actor
from app.services.files.uploads import CheckedFile
from app.services.refusals import Reason, Refusal
from app.settings import followed, settings
from configuring import town_file
from configuring.sources import ConfigurationError

if TYPE_CHECKING:
    from config import Settings

# What the file was before the last change, for whoever keeps the server.
FORMER = f"{town_file.FILE}.avant"
CRESTS = "armoiries-*"
# Four times what pages show, and enough for the head of a letter.
CREST_SIDE = 192
TOWN, CREST, KINDS = "town_changed", "crest_changed", "request_kinds_changed"
EVENTS = (TOWN, CREST, KINDS)
MEANWHILE = (
    "Entre-temps, {} a changé ces réglages. Votre saisie est gardée\u00a0: relisez-la, ce qui est "
    "enregistré est rappelé sous chaque ligne qui en diffère. Puis enregistrez de nouveau."
)
NOT_WRITTEN = (
    "Rien n’est enregistré\u00a0: le serveur ne laisse pas écrire dans le dossier de la commune. "
    "Prévenez la personne qui s’en occupe."
)


def mark() -> str:
    """Name what is written now: whoever changes it says what they saw."""
    return _mark(_path())


def proposed(values: Mapping[str, object]) -> "Settings":
    """Return the settings as they would be. Raises Refusal when a value cannot be taken."""
    return replace(followed().now, **_checked(values))


def fault_of(name: str, value: object) -> str:
    """Say why a value cannot be taken; empty when it can."""
    try:
        town_file.checked(followed().given, name, value)
    except ConfigurationError as error:
        return str(error).removeprefix(f"{name} ")
    return ""


def save(values: Mapping[str, object], seen: str, event: str, by: Actor) -> bool:
    """Write some of them, all or none, unless somebody else did since; False: nothing changes.

    What the server fixes stays, whatever is asked. Raises Refusal.
    """
    wanted = _checked(values)
    with whole_files.alone(settings.instance), db.transaction() as session:
        followed().look_now()
        if _mark(_path()) != seen:
            raise Refusal(Reason.OUTDATED, MEANWHILE.format(_last_writer(session)))
        changes = {
            name: value for name, value in wanted.items() if value != getattr(settings, name)
        }
        if changes or followed().faults:
            _write(changes)
            journal.record(session, event, by, None, **_before_and_after(changes))
    followed().look_now()
    return bool(changes)


def change_crest(file: CheckedFile | None, by: Actor) -> None:
    """Have another coat of arms, or none. Raises Refusal."""
    name = f"armoiries-{secrets.token_hex(4)}{file.suffix}" if file else ""
    if "town_crest" in followed().fixed:
        raise Refusal(Reason.CLOSED, "Les armoiries sont fixées par le serveur.")
    former = settings.town_crest
    try:
        if file:
            whole_files.write(settings.instance / name, file.content)
    except OSError as error:
        raise Refusal(Reason.UNFIT, NOT_WRITTEN) from error
    save({"town_crest": name}, mark(), CREST, by)
    for path in settings.instance.glob(CRESTS):
        # Another process shows the former for a second yet.
        if path.name not in {name, former}:
            path.unlink(missing_ok=True)


def _checked(values: Mapping[str, object]) -> dict[str, Any]:
    given, fixed = followed().given, followed().fixed
    try:
        return {
            name: town_file.checked(given, name, value)
            for name, value in values.items()
            if name not in fixed
        }
    except ConfigurationError as error:
        raise Refusal(Reason.UNFIT, f"{error}.") from error


def _write(changes: Mapping[str, object]) -> None:
    given, fixed = followed().given, followed().fixed
    values = {name: getattr(settings, name) for name in town_file.NAMES if name not in fixed}
    values |= changes
    own = {name: value for name, value in values.items() if value != getattr(given, name)}
    path = _path()
    try:
        if path.exists():
            whole_files.write(path.with_name(FORMER), path.read_bytes())
        whole_files.write(path, town_file.as_toml(own).encode())
    except OSError as error:
        raise Refusal(Reason.UNFIT, NOT_WRITTEN) from error


def _before_and_after(changes: Mapping[str, object]) -> dict[str, str]:
    return {
        name: f"{_said(getattr(settings, name))} → {_said(value)}"
        for name, value in changes.items()
    }


def _said(value: object) -> str:
    return (", ".join(value) if isinstance(value, tuple) else str(value)) or "rien"


def _last_writer(session: Session) -> str:
    found = session.scalars(
        select(JournalEntry.acted_by)
        .where(JournalEntry.event.in_(EVENTS))
        .order_by(JournalEntry.at.desc())
        .limit(1)
    ).one_or_none()
    return found or "quelqu’un"


def _mark(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()[:16]
    except OSError:
        return ""


def _path() -> Path:
    return settings.instance / town_file.FILE
