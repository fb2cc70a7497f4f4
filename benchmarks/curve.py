"""What pages cost as the town grows, on SQLite and on PostgreSQL.

python -m benchmarks.curve [--families 1000 10000 100000] [--server URL] [--rounds 20]

Every town is served at once and takes turns with the bare route, for a moment each; the fastest
moment counts. What the database does for a page is counted too, which no busy machine bends. Given
a PostgreSQL server, towns stay there and are found again; else one is started, and thrown away.
SQLite stops at 100,000 families: beyond, a town is PostgreSQL's.
"""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

import config
from app import create_app
from benchmarks import database_work, databases, filling, portals
from benchmarks.databases import POSTGRESQL, SQLITE
from benchmarks.servers import ONE_WORKER, Server, cpu_seconds, free_port, serve
from benchmarks.web import PAGES, Page

FAMILIES = (1_000, 10_000, 100_000)
MOST_ON_SQLITE = 100_000
REQUESTS, ROUNDS, WARM_UP = 20, 20, 20
# The size of the town must not count, nor the database much.
MOST_BY_SIZE = 1.2
MOST_BY_DATABASE = 1.6
# What whoever counts the seconds of PostgreSQL is called there.
WATCHER = "portail-bench"


@dataclass(frozen=True)
class Place:
    """A database, a size, and where the town of this size lies there."""

    database: str
    families: int
    url: str

    def __str__(self) -> str:
        return f"{self.families:,}"


@dataclass(frozen=True)
class Cost:
    """The seconds of CPU of a page: of the web process, and of PostgreSQL's."""

    web: float
    database: float


@dataclass(frozen=True)
class Served:
    """A town that is served, with the cookies of its parents."""

    server: Server
    settings: config.Settings
    cookies: dict[int | None, str]

    def cost(self, page: Page, requests: int) -> Cost:
        """Measure one moment."""
        before = self._database_seconds()
        web = self.server.cpu_per_request(page.path, requests, self.cookies[page.family])
        return Cost(web, (self._database_seconds() - before) / requests)

    def work(self, page: Page) -> int:
        """Count what the database does for it."""
        app = create_app(self.settings)
        said = database_work.asked(
            app, page.path, self.settings.public_url, self.cookies[page.family]
        )
        done = database_work.work(app, said)
        database_work.engine_of(app).dispose()
        return done

    def _database_seconds(self) -> float:
        if self.settings.database_url.startswith("sqlite"):
            return 0
        with psycopg.connect(self.settings.database_url, application_name=WATCHER) as connection:
            serving = connection.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
                " AND application_name <> %s AND backend_type = 'client backend'",
                # Those of before, which are about to end, as well as this one.
                (WATCHER,),
            ).fetchall()
        return sum(cpu_seconds(pid) for [pid] in serving)


def main(
    families: Sequence[int] = FAMILIES,
    server: str = "",
    rounds: int = ROUNDS,
    requests: int = REQUESTS,
    on: Sequence[str] = databases.BOTH,
) -> bool:
    """Measure, print the tables, tell whether the targets hold."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="portail-bench-")))
        places = _on_sqlite(families, folder) if SQLITE in on else []
        if POSTGRESQL in on:
            places += _on_postgresql(families, stack.enter_context(databases.server(server)))
        served = {place: stack.enter_context(_served(place, folder)) for place in places}
        bare = stack.enter_context(serve("benchmarks.bare:app", {}, free_port(), ONE_WORKER))
        work = {(place, page): served[place].work(page) for place in places for page in PAGES}
        fastest = _fastest(bare, served, rounds, requests)
    base = fastest[None]
    costs = {key: cost for key, cost in fastest.items() if key is not None}
    print(f"Pages as the town grows ({base.web * 1000:.2f} ms of CPU for the bare route)")
    _print(
        "CPU of the web process, times the bare route",
        {key: f"{cost.web / base.web:.1f}" for key, cost in costs.items()},
    )
    if POSTGRESQL in on:
        _print(
            "CPU of PostgreSQL, ms",
            {key: f"{cost.database * 1000:.2f}" for key, cost in costs.items() if cost.database},
        )
    _print(
        "what the database does: steps of SQLite, blocks of PostgreSQL",
        {key: f"{count:,}" for key, count in work.items()},
    )
    return _tell(costs)


Key = tuple[Place, Page]


def _on_sqlite(families: Sequence[int], folder: Path) -> list[Place]:
    some = (each for each in families if each <= MOST_ON_SQLITE)
    return [Place(SQLITE, each, f"sqlite:///{folder / str(each)}.db") for each in some]


def _on_postgresql(families: Sequence[int], server: str) -> list[Place]:
    return [
        Place(POSTGRESQL, each, databases.database(server, f"town_{each}")) for each in families
    ]


@contextmanager
def _served(place: Place, folder: Path) -> Iterator[Served]:
    filling.make(place.url, place.families)
    port = free_port()
    instance = folder / f"{place.database}-{place.families}"
    environment = portals.environment(instance, port) | {"PORTAIL_DATABASE_URL": place.url}
    settings = config.load(environment)
    app = create_app(settings)
    cookies = portals.sign_in(app)
    database_work.engine_of(app).dispose()
    with serve(portals.APPLICATION, environment, port, ONE_WORKER) as server:
        yield Served(server, settings, cookies)


def _fastest(
    bare: Server, served: dict[Place, Served], rounds: int, requests: int
) -> dict[Key | None, Cost]:
    """Measure everything in turn, many times; of each keep the fastest moment."""
    found: dict[Key | None, Cost] = {}
    for moment in range(rounds + 1):
        costs: dict[Key | None, Cost] = {None: Cost(bare.cpu_per_request("/", requests), 0)}
        for place, town in served.items():
            costs |= {(place, page): town.cost(page, requests) for page in PAGES}
        if moment:
            found = {key: _least(found.get(key, cost), cost) for key, cost in costs.items()}
    return found


def _least(one: Cost, other: Cost) -> Cost:
    return Cost(min(one.web, other.web), min(one.database, other.database))


def _print(title: str, cells: Mapping[Key, str]) -> None:
    """Print a table: a line for each page, a column for each town."""
    places = list(dict.fromkeys(place for place, _ in cells))
    heads = dict.fromkeys(place.database for place in places)
    widths = {head: 11 * sum(place.database == head for place in places) for head in heads}
    print(f"\n  {title}")
    print(f"  {'':26}{''.join(f'{head:>{width}}' for head, width in widths.items())}")
    print(f"  {'':26}{''.join(f'{place!s:>11}' for place in places)}")
    for page in PAGES:
        line = (cells.get((place, page), "") for place in places)
        print(f"  {page.name:26}{''.join(f'{cell:>11}' for cell in line)}")


def _tell(costs: Mapping[Key, Cost]) -> bool:
    """Say which targets are missed."""
    missed = list(_missed(costs))
    print(
        f"\nTarget: the largest town costs {MOST_BY_SIZE} times the smallest at most, and ", end=""
    )
    print(f"PostgreSQL {MOST_BY_DATABASE} times SQLite: {'MISSED' if missed else 'held'}")
    for each in missed:
        print(f"  {each}")
    print()
    return not missed


def _missed(costs: Mapping[Key, Cost]) -> Iterator[str]:
    places = list(dict.fromkeys(place for place, _ in costs))
    on_sqlite = {place.families: place for place in places if place.database == SQLITE}
    on_postgresql = {place.families: place for place in places if place.database == POSTGRESQL}
    for page in PAGES:
        for towns in (on_sqlite, on_postgresql):
            if towns:
                smallest, largest = towns[min(towns)], towns[max(towns)]
                times = costs[largest, page].web / costs[smallest, page].web
                if times > MOST_BY_SIZE:
                    yield f"{page.name}, {largest.database}: {times:.2f} times by its size"
        for families in on_sqlite.keys() & on_postgresql.keys():
            there, here = costs[on_postgresql[families], page], costs[on_sqlite[families], page]
            if there.web / here.web > MOST_BY_DATABASE:
                times = there.web / here.web
                yield f"{page.name}, {families:,} families: {times:.2f} times on PostgreSQL"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--families", type=int, nargs="+", default=FAMILIES)
    parser.add_argument("--server", metavar="URL", default="")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    given = parser.parse_args()
    raise SystemExit(0 if main(sorted(given.families), given.server, given.rounds) else 1)
