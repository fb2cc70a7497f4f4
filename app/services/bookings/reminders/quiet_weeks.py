"""« Rien cette semaine, c’est voulu »: a family is reminded of that week no more."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import bindparam, select

from app import db, formats
from app.formats import today
from app.models import MAY_SIGN_IN, Account, Family, Guardian, QuietWeek
from app.services import journal
from app.services.actors import Origin, Stranger
from app.services.bookings import weeks
from app.services.tokens import quiet_links

_FOUND = (
    select(Account.id, Guardian.family_id, QuietWeek.monday)
    .join(Guardian, Guardian.id == Account.guardian_id)
    .join(Family, Family.id == Guardian.family_id)
    .outerjoin(
        QuietWeek,
        (QuietWeek.family_id == Guardian.family_id) & (QuietWeek.monday == bindparam("monday")),
    )
    .where(Account.identifier == bindparam("identifier"), MAY_SIGN_IN)
)


@dataclass(frozen=True, slots=True)
class LinkedWeek:
    """What the link of a reminder is about."""

    monday: date
    account_id: int
    family_id: int
    is_quiet: bool

    @property
    def name(self) -> str:
        """Return what addresses call it."""
        return weeks.name_of_week(self.monday)

    @property
    def words(self) -> str:
        """Write 30 novembre."""
        return formats.bare_day(self.monday)


def linked(token: str) -> LinkedWeek | None:
    """Say which week the link of a reminder is about; None when it is over, or for no such link."""
    named = quiet_links.read(token)
    monday = weeks.monday_of(named[1]) if named else None
    if named is None or monday is None or weeks.both_ends(monday)[1] < today():
        return None
    for account_id, family_id, quiet in db.rows(_FOUND, identifier=named[0], monday=monday):
        return LinkedWeek(monday, account_id, family_id, quiet is not None)
    return None


def let_be(token: str, origin: Origin) -> None:
    """Remind the family of that week no more, whoever is at the keyboard."""
    week = linked(token)
    if week is None or week.is_quiet:
        return
    with db.transaction() as session:
        session.execute(
            db.insert(QuietWeek)
            .values(family_id=week.family_id, monday=week.monday, said_at=datetime.now(UTC))
            .on_conflict_do_nothing()
        )
        journal.record(session, "week_let_be", Stranger(origin), week.account_id, week=week.name)
