"""The weeks of each home of a child, as the town hall says them on screen: both at once.

The clerk sees what they come to before it is saved, and what is booked that would be no more of a
home; it stays booked.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Date, Select, and_, bindparam, case, or_, select
from sqlalchemy.orm import Session, aliased

from app import db
from app.calendar import ONE_WEEK
from app.formats import today
from app.models import FAMILY, Booking, Child, Custody, Family, FamilyChild
from app.services import journal
from app.services.actors import Actor
from app.services.bookings import homes
from app.services.bookings.homes import WEEKS_AHEAD, OfHome
from app.services.bookings.judge.custody import Turns
from app.services.bookings.reading import days_between
from app.services.bookings.standing import LIVE

TWO = 2
_HERE = aliased(FamilyChild)
_HOMES: Select[*tuple[Any, ...]] = (
    select(
        Child.id,
        Child.first_name,
        Family.id.label("family_id"),
        Family.number,
        Custody.pattern,
        Custody.handover,
        Custody.anchor,
    )
    .join(_HERE, and_(_HERE.child_id == Child.id, _HERE.family_id == FAMILY))
    .join(FamilyChild, FamilyChild.child_id == Child.id)
    .join(Family, Family.id == FamilyChild.family_id)
    .outerjoin(Custody, and_(Custody.child_id == Child.id, Custody.family_id == Family.id))
    .where(
        Child.public_id == bindparam("public_id"),
        or_(Family.archived_at.is_(None), Family.id == FAMILY),
    )
    # The family whose file is open first.
    .order_by(case((Family.id == FAMILY, 0), else_=1), Family.number, Family.id)
)
_BOOKED: Select[*tuple[Any, ...]] = (
    select(Booking.family_id, Booking.day)
    .distinct()
    .where(
        Booking.child_id == bindparam("child_id"),
        Booking.day >= bindparam("since", type_=Date),
        Booking.state.in_(LIVE),
    )
)


@dataclass(frozen=True, slots=True)
class Home:
    """A family of the child, and its weeks."""

    family_id: int
    number: str
    weeks: OfHome
    # How many days it has booked in weeks that are another home's.
    booked_elsewhere: int = 0


@dataclass(frozen=True, slots=True)
class Homes:
    """A child and the families that it is of: first the one whose file is open."""

    child_id: int
    child: str
    homes: tuple[Home, ...]

    @property
    def here(self) -> Home:
        """Return the one whose file is open."""
        return self.homes[0]

    @property
    def other(self) -> Home | None:
        """Return the other one; None when there is none, or several."""
        return self.homes[1] if len(self.homes) == TWO else None

    def said(self, turns: Turns | None, *, for_both: bool) -> "Homes":
        """Return them with these weeks for the first; for both, the other has all the others."""
        weeks = [turns, *(home.weeks.turns for home in self.homes[1:])]
        if for_both and self.other:
            weeks[1] = turns.others if turns else None
        said = (
            replace(home, weeks=replace(home.weeks, turns=each))
            for home, each in zip(self.homes, weeks, strict=True)
        )
        return replace(self, homes=tuple(said))

    def changed(self, since: "Homes") -> list[Home]:
        """List those whose weeks are not what they were."""
        pairs = zip(self.homes, since.homes, strict=True)
        return [now for now, before in pairs if now.weeks.turns != before.weeks.turns]

    def of_nobody(self, since: date) -> date | None:
        """Return the first of the next days on which no home may book."""
        turns = [home.weeks.turns for home in self.homes]
        for day in days_between(since, since + WEEKS_AHEAD * ONE_WEEK):
            if not any(each is None or each.is_here(day) for each in turns):
                return day
        return None

    def warning(self, since: date) -> str | None:
        """Tell of a week 53 among the next ones."""
        warnings = (home.weeks.warning(since) for home in self.homes)
        return next(filter(None, warnings), None)


def read(family_id: int, public_id: str) -> Homes | None:
    """Read them as they are; None for another family's child."""
    return _homes(list(db.rows(_HOMES, family_id=family_id, public_id=public_id)))


def preview(family_id: int, public_id: str, turns: Turns | None, *, for_both: bool) -> Homes | None:
    """Return what they would be, with what each has booked outside of its own weeks."""
    found = read(family_id, public_id)
    if found is None:
        return None
    said = found.said(turns, for_both=for_both)
    booked = list(db.rows(_BOOKED, child_id=said.child_id, since=today()))
    return replace(
        said,
        homes=tuple(
            replace(home, booked_elsewhere=_elsewhere(home, booked)) for home in said.homes
        ),
    )


def save(
    family_id: int, public_id: str, turns: Turns | None, *, for_both: bool, by: Actor
) -> Homes | None:
    """Write them, all or nothing; None for another family's child."""
    with db.transaction() as session:
        asked = {"family_id": family_id, "public_id": public_id}
        found = _homes(list(session.execute(_HOMES, asked)))
        if found is None:
            return None
        said = found.said(turns, for_both=for_both)
        for home in said.changed(since=found):
            _write(session, home, said.child_id, by)
        return said


def _write(session: Session, home: Home, child_id: int, by: Actor) -> None:
    homes.write(session, home.family_id, child_id, home.weeks.turns)
    journal.record_of_family(
        session, "custody_said", by, home.family_id, child=str(child_id), weeks=home.weeks.pattern
    )


def _homes(rows: list[Any]) -> Homes | None:
    if not rows:
        return None
    child_id, child = rows[0].id, rows[0].first_name
    return Homes(
        child_id,
        child,
        tuple(Home(row.family_id, row.number, OfHome(child, _turns(row))) for row in rows),
    )


def _turns(row: Any) -> Turns | None:
    """Read the weeks alone: which days parents left to each other is theirs."""
    return Turns(row.pattern, row.handover, row.anchor) if row.pattern else None


def _elsewhere(home: Home, booked: list[Any]) -> int:
    turns = home.weeks.turns
    if turns is None:
        return 0
    return sum(row.family_id == home.family_id and not turns.is_here(row.day) for row in booked)
