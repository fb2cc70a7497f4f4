"""What the town hall writes down for itself about a family; the family may ask for a copy."""

from datetime import UTC, datetime

from app import db
from app.models import FamilyNote
from app.services import journal
from app.services.actors import Actor

LONGEST = 2_000


def write(family_id: int, body: str, actor: Actor) -> None:
    """Write a note down."""
    now = datetime.now(UTC)
    with db.transaction() as session:
        note = FamilyNote(family_id=family_id, written_at=now, acted_by=actor.acted_by, body=body)
        session.add(note)
        session.flush()
        journal.record_of_family(
            session, "family_note_written", actor, family_id, note=str(note.id)
        )


def remove(family_id: int, number: int, actor: Actor) -> bool:
    """Take a note away; False when the family has none of this number."""
    with db.transaction() as session:
        note = session.get(FamilyNote, number)
        if note is None or note.family_id != family_id:
            return False
        session.delete(note)
        journal.record_of_family(session, "family_note_removed", actor, family_id, note=str(number))
    return True
