"""What is saved of bookings, and what others wait for it: `bookings` tells of it.

By the clock, the disk and the locks among it. Whoever saves beside is another process.
"""

import multiprocessing
import secrets
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import product
from multiprocessing.synchronize import Event
from typing import Any

from sqlalchemy import func, select

from app import create_app, db
from app.models import Booking, BookingState
from app.services.actors import Command
from app.services.bookings import applying, saving, weeks
from app.services.bookings.closings import closing
from app.services.bookings.closings.closing_extent import Extent
from app.services.bookings.wishes import Boxes
from benchmarks import database_work
from benchmarks.booked_town import Booked, children_of, contender
from benchmarks.booking_pages import WEEK_OF_BOXES
from benchmarks.great_town import bookings as booked
from benchmarks.web import Figure
from tests.support import last_place

MOST_OF_A_SAVE_MS = 60.0
MOST_OF_A_YEAR, MOST_WAITED = 1.5, 0.7
MOST_OF_THE_LAST_PLACE, RIVALS = 1.0, 8
MOST_OF_A_CLOSING = 5.0
# Nobody saves for these but who is measured; the last ones save beside.
SAVERS, VISITORS = booked.NEWCOMERS + 1, 4
MOMENT_SECONDS = 0.01
YEAR = timedelta(weeks=36)
SCHOOL_DAYS = (0, 1, 3, 4)
_processes = multiprocessing.get_context("spawn")


@dataclass(frozen=True)
class Times:
    """How many times each is done."""

    saves: int
    races: int


MANY = Times(saves=100, races=100)


def figures(where: Booked, times: Times) -> Iterator[Figure]:
    """Do each, and tell how long it took."""
    app = create_app(where.quiet)
    with app.app_context():
        took = [_save_forty(where, number) for number in range(times.saves)]
        yield Figure("save of 40 cells, median", statistics.median(took), MOST_OF_A_SAVE_MS, "ms")
        yield Figure("save of 40 cells, p95", _p95(took), MOST_OF_A_SAVE_MS, "ms")
        with _beside(where) as waited:
            seconds = _apply_a_year(where)
        yield Figure("a year of typical week, 1,728 cells", seconds, MOST_OF_A_YEAR, "s")
        yield Figure("others waited for it", max(waited), MOST_WAITED, "s")
        with _beside(where) as waited:
            seconds = _close_a_week(where)
        yield Figure("closing of a canteen's week", seconds, MOST_OF_A_CLOSING, "s")
        yield Figure("others waited for it", max(waited), MOST_WAITED, "s")
    rivals = last_place.prepare(app, RIVALS)
    database_work.engine_of(app).dispose()
    raced = last_place.race(where.quiet, rivals, times.races)
    with app.app_context():
        _expect(last_place.winners(), times.races)
    database_work.engine_of(app).dispose()
    name = f"last place, {RIVALS} at once, the slowest; median of {times.races}"
    yield Figure(name, statistics.median(raced), MOST_OF_THE_LAST_PLACE, "s")


def _p95(found: Sequence[float]) -> float:
    return sorted(found)[int(len(found) * 0.95)]


def _save_forty(where: Booked, number: int) -> float:
    """Have a family book an empty week whole, both children; return the milliseconds."""
    parent = contender(SAVERS + number)
    monday = where.monday + WEEK_OF_BOXES
    days = [monday + timedelta(days=ahead) for ahead in range(5)]
    names = [
        f"{child}.{slug}.{day.isoformat()}"
        for child, slug, day in product(children_of(parent.family_id), booked.SLUGS, days)
    ]
    account, boxes = parent.account, Boxes(dict.fromkeys(names, 0), frozenset(names))
    key = secrets.token_hex(16)
    started = time.perf_counter()
    saving.save(account, weeks.both_ends(monday), boxes, key, datetime.now(UTC))
    seconds = time.perf_counter() - started
    _expect(_count(parent.family_id, monday, monday + timedelta(days=6)), len(names))
    return seconds * 1_000


def _apply_a_year(where: Booked) -> float:
    first = where.monday + timedelta(weeks=2)
    days = first, first + YEAR - timedelta(days=1)
    account = contender(booked.NEWCOMERS).account
    now = datetime.now(UTC)
    started = time.perf_counter()
    # Read first, as the page does.
    mark = applying.plan(account.family_id, *days, now).mark
    applying.apply(account, days, mark, secrets.token_hex(16), now)
    seconds = time.perf_counter() - started
    children = len(children_of(account.family_id))
    cells = children * len(booked.SLUGS) * len(SCHOOL_DAYS) * (YEAR // timedelta(weeks=1))
    _expect(_count(account.family_id, *days), cells)
    return seconds


def _close_a_week(where: Booked) -> float:
    monday = where.monday + timedelta(weeks=3)
    days = tuple(monday + timedelta(days=ahead) for ahead in range(5))
    started = time.perf_counter()
    changed = closing.close(Extent(days, (booked.CANTEEN,)), "Grève", Command("mesure"))
    seconds = time.perf_counter() - started
    if changed.meals < len(SCHOOL_DAYS) * (where.families - 1) * 2:
        raise RuntimeError(f"{changed.meals} meals were closed")
    return seconds


def _count(family_id: int, first: date, last: date) -> int:
    session = db.session()
    session.rollback()
    mine = select(func.count(Booking.id)).where(
        Booking.family_id == family_id,
        Booking.day.between(first, last),
        Booking.state == BookingState.BOOKED,
    )
    return session.scalars(mine).one()


def _expect(found: int, wanted: int) -> None:
    if found != wanted:
        raise RuntimeError(f"{found} are booked, not {wanted}")


@contextmanager
def _beside(where: Booked) -> Iterator[list[float]]:
    """Have others book meanwhile; tell how long each waited."""
    over, told, waited = _processes.Event(), _processes.Queue(), list[float]()
    other = _processes.Process(target=_visit, args=(where, over, told))
    other.start()
    # Says that it has begun.
    told.get(timeout=last_place.PATIENCE_SECONDS)
    try:
        yield waited
    finally:
        over.set()
        waited += told.get(timeout=last_place.PATIENCE_SECONDS)
        other.join(last_place.PATIENCE_SECONDS)


def _visit(where: Booked, over: Event, told: Any) -> None:
    """Book one day more, family after family, until it is over."""
    app, waited = create_app(where.quiet), list[float]()
    with app.app_context():
        parents = [contender(where.families - number) for number in range(VISITORS)]
        told.put("begun")
        # On Wednesdays, when hardly anybody comes.
        for week, parent in product(range(5, 50), parents):
            day = where.monday + timedelta(weeks=week, days=2)
            started = time.perf_counter()
            last_place.book(parent, day, {booked.EARLY: 0}, [booked.EARLY])
            waited.append(time.perf_counter() - started)
            time.sleep(MOMENT_SECONDS)
            if over.is_set():
                break
    told.put(waited)
