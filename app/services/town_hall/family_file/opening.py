"""Who opened a family's file: a line of the journal a day for each clerk, which parents read."""

from datetime import datetime, time

from app import db
from app.formats import today, town_zone
from app.services import journal
from app.services.actors import CurrentClerk
from app.services.town_hall.family_file.guardians import OPENED


def midnight() -> datetime:
    """Return when the day began, in the town."""
    return datetime.combine(today(), time.min, town_zone())


def note(clerk: CurrentClerk, family_id: int) -> None:
    """Write down that they opened it; for whoever has seen that it is not written yet."""
    with db.transaction() as session:
        journal.record_of_family(session, OPENED, clerk, family_id)
