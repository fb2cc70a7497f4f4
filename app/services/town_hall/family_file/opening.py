"""Who opened a family's file: a line of the journal a day for each clerk, which parents read."""

from datetime import datetime, time

from sqlalchemy import ColumnElement, bindparam, literal_column, select

from app import db
from app.db import UtcDateTime
from app.formats import today, town_zone
from app.models import FAMILY, JournalEntry
from app.services import journal
from app.services.actors import CurrentClerk

OPENED = "family_opened"
# Written into the statement: an index holds one event alone, and SQLite would choose anew, at each
# opening, whether a value that it is handed is that one.
_OPENED: ColumnElement[str] = literal_column(f"'{OPENED}'")
# Whether it is written down since the instant bound as `since`, to be put in other statements.
OPENED_TODAY = (
    select(JournalEntry.id)
    .where(
        JournalEntry.family_id == FAMILY,
        JournalEntry.event == _OPENED,
        JournalEntry.clerk_id == bindparam("clerk_id"),
        JournalEntry.at >= bindparam("since", type_=UtcDateTime),
    )
    .exists()
)
_IS_WRITTEN = select(OPENED_TODAY)


def midnight() -> datetime:
    """Return when the day began, in the town."""
    return datetime.combine(today(), time.min, town_zone())


def ensure(clerk: CurrentClerk, family_id: int) -> None:
    """Write down that they look at something of a family, unless it is written for today."""
    who = {"family_id": family_id, "clerk_id": clerk.clerk_id, "since": midnight()}
    [(written,)] = db.rows(_IS_WRITTEN, **who)
    if not written:
        note(clerk, family_id)


def note(clerk: CurrentClerk, family_id: int) -> None:
    """Write it down; for whoever has seen that it is not written yet."""
    with db.transaction() as session:
        journal.record_of_family(session, OPENED, clerk, family_id)
