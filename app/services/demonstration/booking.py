"""Families book, each on an evening they came; one day is full, another is closed by a strike.

All of it is near today, whatever the day: in August it is the first whole week of September.
"""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import select

from app import db
from app.calendar import ONE_DAY, ONE_WEEK
from app.formats import day_of
from app.models import MessageSending
from app.services.bookings import catalogue
from app.services.bookings.closings import closing
from app.services.bookings.closings.closing_extent import Extent
from app.services.bookings.judge.limits import limit
from app.services.bookings.reading import days_between
from app.services.bookings.weeks import both_ends, this_monday
from app.services.demonstration import single_days
from app.services.demonstration.coming import VISITS, evening
from app.services.demonstration.parents import at_that_hour
from app.services.demonstration.stories import TOWN_HALL
from app.services.demonstration.ticking import CANTEEN, EVENING, MORNING, Box, save
from app.services.inbox import composing, sending

EVERY_DAY = (0, 1, 3, 4)
SLUG, MIDDAY_SLUG = "cantine", "garderie-de-midi"
# Who comes to what, on which days; the midday garderie comes with each meal.
HABITS: dict[str, dict[str, dict[str, tuple[int, ...]]]] = {
    "38162386": {"PAYS": {CANTEEN: EVERY_DAY, EVENING: (1,)}},
    "38162394": {
        "Inaya": {CANTEEN: EVERY_DAY, EVENING: EVERY_DAY},
        "Sami": {CANTEEN: EVERY_DAY, EVENING: EVERY_DAY},
    },
    # The two homes of one child, each in its weeks.
    "38162410": {"Maëlle": {CANTEEN: EVERY_DAY, EVENING: (0, 3)}},
    "38162428": {"Maëlle": {CANTEEN: EVERY_DAY}},
    "38162436": {"Bảo": {CANTEEN: (0, 3), MORNING: EVERY_DAY}},
    "38162444": {
        "Clémence": {CANTEEN: (1,)},
        "Jean-Baptiste": {CANTEEN: (1,), MORNING: EVERY_DAY},
    },
    "38162469": {
        "Lucía": {CANTEEN: EVERY_DAY, MORNING: EVERY_DAY, EVENING: (1, 4)},
        "Théo": {CANTEEN: EVERY_DAY, MORNING: EVERY_DAY, EVENING: (1, 4)},
        # Of the youngest, who have places of their own.
        "Noé": {CANTEEN: EVERY_DAY},
    },
    "38162519": {"Anaïs": {CANTEEN: (0, 1, 3)}},
    "38162493": {"Gaël": {CANTEEN: (4,), EVENING: (4,)}, "Zoé": {CANTEEN: (4,), EVENING: (4,)}},
}
# Comes after all others, with two children: one place is left.
LAST = "38162493"
# Who books more weeks or fewer than that one: the family of the guides has it before it still, of
# two homes each has a week.
BEYOND = {"38162386": -1, LAST: -1, "38162410": 1, "38162428": 1}
# Gives a meal back, the evening before today.
CHANGES, WHOSE = "38162394", "Sami"
# Of a week with a full day and a strike, so that there is a plain one too.
FEWEST_DAYS = 3
WEEKS_LOOKED_AT = 30
A_MINUTE, IN_OFFICE_HOURS = timedelta(minutes=1), timedelta(hours=4)
STRIKE = "grève du personnel"
MORE = "Ce jour-là, venez chercher vos enfants à 11\u00a0h\u00a030."


class TheWeek(NamedTuple):
    """The first one that may still be booked whole: what is to be seen is there."""

    monday: date
    full_day: date
    plain_day: date
    strike: date


def book(town: Path) -> None:
    """Let families book up to that week, then announce the strike: its meals go.

    What happens to single days comes before and after; `town` is where papers are.
    """
    week = the_week()
    single_days.leave(week.monday)
    for identifier in HABITS:
        until = week.monday + BEYOND.get(identifier, 0) * ONE_WEEK
        _book_all(identifier, evening(VISITS[identifier][0]), until, week)
    _book_all(LAST, evening(VISITS[LAST][-1]), week.monday, week)
    _announce(week.strike, evening(1) - IN_OFFICE_HOURS)
    _give_back(week)
    single_days.offer(week.monday, week.plain_day)
    single_days.book_late()
    single_days.prove(town)


def the_week() -> TheWeek:
    """Find it: there is one, whatever the calendar says of the months that come."""
    monday = this_monday()
    town = catalogue.read(monday, monday + WEEKS_LOOKED_AT * ONE_WEEK)
    [number] = [each.id for each in town.services.values() if each.slug == SLUG]
    canteen, now = town.bookable[number], datetime.now(UTC)
    while True:
        days = [day for day in days_between(*both_ends(monday)) if canteen.agenda.is_served(day)]
        if len(days) >= FEWEST_DAYS and limit(canteen.book, days[0], canteen.agenda) > now:
            return TheWeek(monday, days[0], days[1], days[-1])
        monday += ONE_WEEK


def _book_all(identifier: str, at: datetime, until: date, week: TheWeek) -> None:
    """Let a family book, one evening, all the weeks that it may as far as that one."""
    habits = HABITS[identifier]

    def is_wanted(box: Box) -> bool:
        usual = habits.get(box.child, {}).get(box.service, ())
        is_special = bool(usual) and box.service == CANTEEN and box.day == week.full_day
        return box.is_ticked or is_special or box.day.weekday() in usual

    monday = day_of(at) - day_of(at).weekday() * ONE_DAY
    while monday <= until:
        at += A_MINUTE
        save(identifier, at, monday, is_wanted)
        monday += ONE_WEEK


def _give_back(week: TheWeek) -> None:
    given = Box(WHOSE, CANTEEN, week.plain_day, is_ticked=True)
    save(CHANGES, evening(1), week.monday, lambda box: box.is_ticked and box != given)


def _announce(strike: date, at: datetime) -> None:
    """Close all of midday, and write to those who had booked: they have the message since then."""
    with at_that_hour(at):
        closing.close(Extent((strike,), (SLUG, MIDDAY_SLUG)), STRIKE, TOWN_HALL, MORE)
    with db.transaction() as session:
        # The only one that was ever written on screen here.
        [number] = session.scalars(select(MessageSending.message_id))
        _, written = composing.written(session, number)
        written.due_at = at
    sending.give(number)
    with db.transaction() as session:
        message, written = composing.written(session, number)
        message.sent_on, written.sent_at = day_of(at), at
