"""What a page costs, against a bare Flask route that returns a constant.

python -m benchmarks.web [--families 100000]

The figure is the CPU time of the server's processes for a request. Pages and the bare route take
turns, many times, for a moment each; the fastest moment of each counts, which is the one when the
machine did least else. The bare route is measured twice: where it differs from itself, so may the
rest, and the table says so.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import event

import config
from app import create_app, db
from benchmarks import portals, town
from benchmarks.servers import TWO_WORKERS, Server, free_port, serve

FAMILIES = 100_000
FEW_FAMILIES = 10
# In one moment of one page, and how many moments each has.
REQUESTS = 20
ROUNDS = 60
# The first requests compile the templates.
WARM_UP = 20
WRITES = ("INSERT", "UPDATE", "DELETE")

MOST_FOR_A_BIG_TOWN = 1.20
MOST_STATEMENTS, MOST_AT_THE_TOWN_HALL = 6, 8
MOST_MEGABYTES = 75
MOST_IMPORT_SECONDS = 0.8


@dataclass(frozen=True)
class Page:
    """A page under measure, and how many times the bare route's CPU it may cost."""

    name: str
    path: str
    most: float
    # The family whose parent opens it, or `portals.CLERK`; None for a stranger.
    family: int | None = None
    statements: int = MOST_STATEMENTS


def _of_the_town_hall(name: str, path: str, most: float) -> Page:
    return Page(name, path, most, portals.CLERK, MOST_AT_THE_TOWN_HALL)


SIGN_IN = Page("sign-in", "/connexion", 1.7, statements=0)
HOME = Page("home", "/accueil", 5.0, town.FIRST)
PAGES = (
    SIGN_IN,
    HOME,
    Page("statement of 600 invoices", "/releve", 7.0, town.SECOND),
    Page("inbox of 200 messages", "/messages", 6.0, town.SECOND),
    Page("list of 60 requests", "/demandes", 6.0, town.SECOND),
)
AT_THE_TOWN_HALL = (
    _of_the_town_hall("the day at the town hall", "/mairie", 9.0),
    _of_the_town_hall("list of families", "/mairie/familles", 9.0),
    _of_the_town_hall("search of two words", "/mairie/recherche?q=bernard+karim", 12.0),
    _of_the_town_hall("a family's file", f"/mairie/familles/{town.FIRST}", 9.0),
)
EVERY_PAGE = (*PAGES, *AT_THE_TOWN_HALL)
# What else a round measures, beside the pages.
BARE, BARE_AGAIN = "bare route", "bare route, once more"
HOME_IN_A_SMALL_TOWN = f"home, in a town of {FEW_FAMILIES}"
MOST_FROM_ITSELF = 0.05
# The CPU seconds of a request in one moment, by the name of what was measured.
Round = dict[str, float]


@dataclass(frozen=True)
class Figure:
    """One line of the table."""

    what: str
    value: float
    target: float
    unit: str

    @property
    def holds(self) -> bool:
        """Tell whether the target holds."""
        return self.value <= self.target

    def __str__(self) -> str:
        verdict = "held" if self.holds else "MISSED"
        return f"  {self.what:54}{self.value:8.2f} {self.unit:6}{self.target:8.2f}  {verdict}"


@dataclass(frozen=True)
class Portal:
    """A portal that serves a town, and the cookies of its parents by the number of the family."""

    server: Server
    settings: config.Settings
    cookies: Mapping[int | None, str]

    def cost(self, page: Page, requests: int) -> float:
        """Return the CPU seconds of one request for a page."""
        return self.server.cpu_per_request(page.path, requests, self.cookies[page.family])


def main(
    families: int = FAMILIES,
    requests: int = REQUESTS,
    rounds: int = ROUNDS,
    workers: Sequence[str] = TWO_WORKERS,
) -> bool:
    """Measure, print the table, tell whether the targets hold."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="portail-bench-")))
        bare = stack.enter_context(serve("benchmarks.bare:app", {}, free_port(), workers))
        big = small = stack.enter_context(_portal(folder / "big", families, workers))
        if families != FEW_FAMILIES:
            small = stack.enter_context(_portal(folder / "small", FEW_FAMILIES, workers))
        _round(bare, big, small, min(WARM_UP, requests))
        measured = [_round(bare, big, small, requests) for _ in range(rounds)]
        fastest = {name: min(each[name] for each in measured) for name in measured[0]}
        memory = big.server.worker_megabytes()
        statements = {
            page: asked_of(big.settings, page, big.cookies[page.family]) for page in EVERY_PAGE
        }
    figures = [
        *_costs(fastest),
        *_questions(statements),
        Figure("memory of a worker", memory, MOST_MEGABYTES, "MB"),
        Figure("import wsgi, CPU", _import_seconds(min(rounds, 5)), MOST_IMPORT_SECONDS, "s"),
    ]
    print(f"Pages in a town of {families:,} families (SQLite, gunicorn with two sync workers)\n")
    for name, seconds in fastest.items():
        print(f"  {name:54}{seconds * 1000:8.2f} ms of CPU a request")
    print(f"\n  {'':54}{'':8} {'':6}{'target':>8}")
    for figure in figures:
        print(figure)
    print(doubts(fastest))
    return all(figure.holds for figure in figures)


def _round(bare: Server, big: Portal, small: Portal, requests: int) -> Round:
    # Like each page, the bare route comes after another server's: after itself, the processor has
    # it at hand still, and it costs a sixth less.
    return {
        BARE: bare.cpu_per_request("/", requests),
        **{page.name: big.cost(page, requests) for page in PAGES},
        BARE_AGAIN: bare.cpu_per_request("/", requests),
        **{page.name: big.cost(page, requests) for page in AT_THE_TOWN_HALL},
        HOME_IN_A_SMALL_TOWN: small.cost(HOME, requests),
    }


def _costs(fastest: Round) -> Iterator[Figure]:
    for page in EVERY_PAGE:
        times = fastest[page.name] / fastest[BARE]
        yield Figure(f"{page.name}, against the bare route", times, page.most, "×")
    times = fastest[HOME.name] / fastest[HOME_IN_A_SMALL_TOWN]
    yield Figure(f"home, against a town of {FEW_FAMILIES}", times, MOST_FOR_A_BIG_TOWN, "×")


def doubts(fastest: Round) -> str:
    """Say when the bare route, measured against itself, shows that the machine is too busy."""
    one, other = sorted((fastest[BARE], fastest[BARE_AGAIN]))
    difference = other / one - 1
    if difference <= MOST_FROM_ITSELF:
        return ""
    return (
        f"\n  The bare route differs from itself by {difference:.0%}: do not trust these times.\n"
    )


def _questions(statements: dict[Page, list[str]]) -> Iterator[Figure]:
    for page, said in statements.items():
        yield Figure(f"SQL statements: {page.name}", len(said), page.statements, "")
    writes = [each for said in statements.values() for each in said if each.startswith(WRITES)]
    yield Figure("of all these, writes", len(writes), 0, "")


@contextmanager
def _portal(folder: Path, families: int, workers: Sequence[str]) -> Iterator[Portal]:
    port = free_port()
    environment = portals.environment(folder, port)
    portals.load(environment, families)
    settings = config.load(environment)
    cookies = portals.settle_in(create_app(settings))
    with serve(portals.APPLICATION, environment, port, workers) as server:
        yield Portal(server, settings, cookies)


def asked_of(settings: config.Settings, page: Page, cookie: str) -> list[str]:
    """List the SQL of one request, in this process, on the same database."""
    app = create_app(settings)
    said: list[str] = []
    with app.app_context():
        engine = db.engine()
    event.listen(engine, "before_cursor_execute", lambda *arguments: said.append(arguments[2]))
    answer = app.test_client(use_cookies=False).get(
        page.path, base_url=settings.public_url, headers={"Cookie": cookie}
    )
    engine.dispose()
    assert answer.status_code == 200, answer.status
    return [statement for statement in said if not statement.startswith(("BEGIN", "PRAGMA"))]


def _import_seconds(times: int) -> float:
    timed = f"t = time.process_time(); {portals.AS_INSTALLED}; print(time.process_time() - t)"
    code = f"import time; {timed}"
    return min(float(subprocess.check_output([sys.executable, "-c", code])) for _ in range(times))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--families", type=int, default=FAMILIES)
    raise SystemExit(0 if main(parser.parse_args().families) else 1)
