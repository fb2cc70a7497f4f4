"""Single days of the demonstration, each of which the town hall or a parent has to see to.

One that a home left to the other, a place that is offered, an evening booked too late, an absence
with a paper to be read. In August, or long after a term, some of them have no day to be of.
"""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import bindparam, func, select

from app import db
from app.booking_kinds import AbsenceReason
from app.calendar import ONE_DAY, ONE_WEEK
from app.formats import today, town_zone
from app.models import AbsenceProof, Booking, BookingState, Child, Service
from app.services.bookings import agreeing, catalogue, leaving, reading, saving
from app.services.bookings.judge.worlds import Cell
from app.services.bookings.proofs import missed, sending
from app.services.bookings.reading import days_between
from app.services.bookings.weeks import both_ends
from app.services.bookings.wishes import Boxes, name_of
from app.services.demonstration.coming import EVENING as AT_HOME
from app.services.demonstration.coming import VISITS, evening
from app.services.demonstration.parents import account_of, at_that_hour
from app.services.demonstration.stories import PAPERS, paper
from app.services.demonstration.ticking import CANTEEN, EVENING, MORNING, Box, save

# Leaves the second day of her next week.
WHO_LEAVES, CHILD_OF_TWO = "38162410", "7004"
WEEKS_LOOKED_AT = 6
# Takes the last place of a morning, then gives it back, and who is offered it.
GIVES_BACK, LAST_CHILD = "38162394", "Sami"
WHO_IS_OFFERED, CHILD_WHO_WAITS = "38162519", "Anaïs"
A_MOMENT_AGO, AN_HOUR = timedelta(minutes=20), timedelta(hours=1)
# Stays one evening too late to be asked in time.
WHO_IS_LATE, CHILD_WHO_STAYS = "38162444", "Clémence"
WHO_PROVES, CHILD_WHO_IS_ILL = "38162469", "Lucía"
CERTIFICATE = "certificat-medical.pdf"

_PUBLIC_ID = select(Child.public_id).where(Child.source_id == bindparam("source_id"))
# The latest day on which a child eats, today at most.
_LATEST_MEAL = (
    select(func.max(Booking.day))
    .join(Child, Child.id == Booking.child_id)
    .join(Service, Service.id == Booking.service_id)
    .where(
        Child.first_name == bindparam("child"),
        Service.name == CANTEEN,
        Booking.state == BookingState.BOOKED,
        Booking.day <= bindparam("today"),
    )
)


def leave(monday: date) -> None:
    """Have a home leave a day to the other one, before either books it."""
    account = account_of(WHO_LEAVES)
    public_id = db.rows(_PUBLIC_ID, source_id=CHILD_OF_TWO)[0].public_id
    found = agreeing.of_child(account.family_id, public_id)
    turns = found.weeks.turns if found else None
    if turns is None:
        return
    last = monday + WEEKS_LOOKED_AT * ONE_WEEK
    for _, days in _weeks_of_canteen(monday, last):
        if len(days) > 1 and turns.is_here(days[1]):
            with at_that_hour(evening(VISITS[WHO_LEAVES][0])):
                leaving.leave(account, public_id, days[1])
            return


def offer(monday: date, day: date) -> None:
    """Have a place of a morning come free a moment ago: it is kept for whoever waits."""

    def morning_of(child: str) -> Box:
        return Box(child, MORNING, day, is_ticked=False)

    def ticks(child: str, box: Box) -> bool:
        return box.is_ticked or box == morning_of(child)

    save(GIVES_BACK, evening(VISITS[GIVES_BACK][1]), monday, lambda box: ticks(LAST_CHILD, box))
    asked_at = evening(VISITS[WHO_IS_OFFERED][-1])
    save(WHO_IS_OFFERED, asked_at, monday, lambda box: ticks(CHILD_WHO_WAITS, box))
    given = morning_of(LAST_CHILD)._replace(is_ticked=True)
    at = datetime.now(UTC) - A_MOMENT_AGO
    save(GIVES_BACK, at, monday, lambda box: box.is_ticked and box != given)


def book_late() -> None:
    """Have a child stay on the latest evening there was, booked the evening before."""
    last = today()
    days = [day for _, days in _weeks_of_canteen(last - 2 * ONE_WEEK, last) for day in days]
    if days:
        wanted = Box(CHILD_WHO_STAYS, EVENING, days[-1], is_ticked=False)
        monday = days[-1] - days[-1].weekday() * ONE_DAY
        save(
            WHO_IS_LATE, _eve(days[-1]), monday,
            lambda box: box.is_ticked or box == wanted, takes_late=True,
        )  # fmt: skip


def prove(town: Path) -> None:
    """Have a child who was ill miss the latest meal, with a paper that nobody has read yet."""
    day = db.rows(_LATEST_MEAL, child=CHILD_WHO_IS_ILL, today=today())[0][0]
    if day is None:
        return
    account, at = account_of(WHO_PROVES), _eve(day)
    known = reading.known(account.family_id, day, day)
    [child] = [each for each in known.children.values() if each.first_name == CHILD_WHO_IS_ILL]
    [canteen] = [each.id for each in known.town.services.values() if each.name == CANTEEN]
    cell = Cell(child.id, canteen, day)
    name = name_of(known, cell)
    boxes = Boxes({name: known.version(cell)}, frozenset({name}), AbsenceReason.SICK)
    with at_that_hour(at):
        saved = saving.save(account, (day, day), boxes, f"demonstration {at}", at)
        if missed.find(account.family_id, saved.public_id, child.public_id) is None:
            return
        [file] = paper(town / PAPERS / CERTIFICATE)
        sending.send(account, saved.public_id, child.public_id, file)
    with db.transaction() as session:
        for proof in session.scalars(select(AbsenceProof)):
            proof.received_at = at + AN_HOUR


def _weeks_of_canteen(first: date, last: date) -> list[tuple[date, list[date]]]:
    """List the days of service of each week, by its Monday."""
    town = catalogue.read(first, last)
    [number] = [each.id for each in town.services.values() if each.name == CANTEEN]
    is_served = town.bookable[number].agenda.is_served
    weeks: dict[date, list[date]] = {}
    for day in days_between(first, last):
        if is_served(day):
            weeks.setdefault(both_ends(day - day.weekday() * ONE_DAY)[0], []).append(day)
    return list(weeks.items())


def _eve(day: date) -> datetime:
    return datetime.combine(day - ONE_DAY, AT_HOME, town_zone())
