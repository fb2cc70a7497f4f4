"""What the pages of bookings cost: `bookings` tells of it.

A month is full; a week is booked, or empty with all of its boxes.
"""

import http.client
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from app import create_app
from app.services.bookings import weeks
from app.services.bookings.feed import feeding, feeds
from benchmarks import database_work, portals, town
from benchmarks.booked_town import Booked, contender, full_month
from benchmarks.great_town import bookings as booked
from benchmarks.servers import ONE_WORKER, Server, free_port, serve
from benchmarks.web import Figure, Page, asked_of

WEEK_OF_BOXES = timedelta(weeks=booked.WEEKS_AHEAD + 2)
BOOKED_WEEK = timedelta(weeks=4)
BOXES = 60
MOST_OF_A_WEEK, MOST_OF_A_MONTH, MOST_OF_A_LIST, MOST_OF_A_FEED = 9.0, 12.0, 15.0, 3.0
MOST_STATEMENTS, MOST_STATEMENTS_OF_A_LIST = 8, 6
MOST_MONTH_KB = 60.0
MOST_PDF_SECONDS = 3.0
MOST_WEEK_MS, MOST_MONTH_MS = 0.3, 0.6
WARM_UP = 20
TRIES, PAPERS = 300, 3
# Reads what it has booked.
OF_A_FAMILY = "FROM booking JOIN family_child"
BARE, BARE_AGAIN, FEED = "bare route", "bare route, once more", "feed, unchanged"
Moment = dict[str, float]


class Calendar(NamedTuple):
    """A feed: where it is, and the mark that programs know it by."""

    path: str
    mark: str


class Pages:
    """The pages under measure, served."""

    def __init__(self, where: Booked, server: Server) -> None:
        self.where, self.server = where, server
        app = create_app(where.settings)
        self.cookies = portals.settle_in(app)
        with app.app_context():
            self.feed = make_feed(town.FIRST)
        database_work.engine_of(app).dispose()
        self.all = (*of_families(where.monday), list_of(where.monday))
        self.boxes, self.week, self.month, self.list = self.all

    def moment(self, bare: Server, requests: int) -> Moment:
        """Measure each once, for a moment."""
        return {
            BARE: bare.cpu_per_request("/", requests),
            **{
                page.name: self.server.cpu_per_request(
                    page.path, requests, self.cookies[page.family]
                )
                for page in self.all
            },
            FEED: self.server.cpu_per_request(self.feed.path, requests, known=self.feed.mark),
            BARE_AGAIN: bare.cpu_per_request("/", requests),
        }

    def figures(self, fastest: Moment) -> Iterator[Figure]:
        """Tell what was measured, and what needs no clock."""
        for page in self.all:
            yield Figure(page.name, fastest[page.name] / fastest[BARE], page.most, "× bare")
        yield Figure("feed, 304", fastest[FEED] / fastest[BARE], MOST_OF_A_FEED, "× bare")
        for page in self.all:
            said = asked_of(self.where.settings, page, self.cookies[page.family])
            yield Figure(f"SQL statements: {page.name}", len(said), page.statements, "")
        _, month = self._get(self.month)
        yield Figure("size of the month", len(month) / 1024, MOST_MONTH_KB, "KiB")
        yield Figure("query of a week", self._query_ms(self.week), MOST_WEEK_MS, "ms")
        yield Figure("query of a month", self._query_ms(self.month), MOST_MONTH_MS, "ms")
        yield Figure("PDF of the list", self._pdf_seconds(), MOST_PDF_SECONDS, "s")

    def check(self) -> None:
        """See to it that the pages are those that are meant."""
        _, boxes = self._get(self.boxes)
        found = boxes.count(b'type="checkbox"')
        if found != BOXES:
            raise RuntimeError(f"the week has {found} boxes")

    def _get(self, page: Page) -> tuple[int, bytes]:
        return self.server.get(page.path, self.cookies[page.family])

    def _query_ms(self, page: Page) -> float:
        """Time the statement that reads what a family has booked, alone."""
        app = create_app(self.where.settings)
        cookie = self.cookies[page.family]
        said = database_work.asked(app, page.path, self.where.settings.public_url, cookie)
        [(statement, given)] = [
            each for each in said if "FROM booking JOIN family_child" in each[0]
        ]
        connection = database_work.engine_of(app).raw_connection()
        try:
            driver = connection.driver_connection
            assert driver is not None
            return min(_milliseconds(driver, statement, given) for _ in range(TRIES))
        finally:
            connection.close()
            database_work.engine_of(app).dispose()

    def _pdf_seconds(self) -> float:
        path = self.list.path.replace("?", "/liste.pdf?")
        cookie = self.cookies[self.list.family]
        found = []
        for _ in range(PAPERS):
            started = time.perf_counter()
            status, body = self.server.get(path, cookie)
            found.append(time.perf_counter() - started)
            if status != http.client.OK or not body.startswith(b"%PDF"):
                raise RuntimeError(f"{path} answered {status}")
        return min(found)


@contextmanager
def served(where: Booked) -> Iterator[Pages]:
    """Serve it until the block ends."""
    with serve(portals.APPLICATION, where.environment, where.port, ONE_WORKER) as server:
        yield Pages(where, server)


def fastest(pages: Pages, rounds: int, requests: int) -> Moment:
    """Measure all in turn, many times; of each keep the fastest moment."""
    with serve("benchmarks.bare:app", {}, free_port(), ONE_WORKER) as bare:
        pages.moment(bare, min(WARM_UP, requests))
        moments = [pages.moment(bare, requests) for _ in range(rounds)]
    return {name: min(each[name] for each in moments) for name in moments[0]}


def of_families(monday: date) -> tuple[Page, Page, Page]:
    """Name a week of boxes, a week that is booked and a month."""
    return (
        _page("week of 60 boxes", _week(monday + WEEK_OF_BOXES), MOST_OF_A_WEEK),
        _page("week that is booked", _week(monday + BOOKED_WEEK), MOST_OF_A_WEEK),
        _page("month", f"mois/{full_month(monday):%Y-%m}", MOST_OF_A_MONTH),
    )


def list_of(monday: date) -> Page:
    """Name the list of who comes early on the Monday after this one."""
    path = f"/mairie/jour/{monday + timedelta(weeks=1)}?service={booked.EARLY}"
    most = MOST_STATEMENTS_OF_A_LIST
    return Page("list of 300 children", path, MOST_OF_A_LIST, portals.CLERK, most)


def _page(name: str, path: str, most: float) -> Page:
    return Page(name, f"/reservations/{path}", most, town.FIRST, MOST_STATEMENTS)


def _week(monday: date) -> str:
    return f"semaine/{weeks.name_of_week(monday)}"


def make_feed(family: int) -> Calendar:
    """Make an address for a family’s parent."""
    parent = contender(family)
    feeds.make(parent.account, first_names=False)
    address = feeds.of_account(parent.account_id)
    assert address is not None
    assert address.token is not None
    found = feeding.find(address.token, datetime.now(UTC))
    assert found is not None
    return Calendar(f"/agenda/{address.token}.ics", f'"{found.mark}"')


def _milliseconds(connection: Any, statement: str, given: Any) -> float:
    started = time.perf_counter()
    connection.execute(statement, given).fetchall()
    return (time.perf_counter() - started) * 1_000
