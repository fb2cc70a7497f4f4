"""What a page costs, against a bare Flask route that returns a constant.

python -m benchmarks.web [--families 100000]

The figure is the CPU time of the server's processes for a request. Each round measures the bare
route and a page one after the other, so that whatever else the machine does weighs on both.
"""

import argparse
import re
import statistics
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path

from sqlalchemy import event, select

import config
from app import create_app, db
from app.models import Account
from app.services.accounts.passwords import hash_password
from benchmarks import town
from benchmarks.servers import HOST, Server, free_port, serve

FAMILIES = 100_000
FEW_FAMILIES = 10
REQUESTS = 300
ROUNDS = 9
# The first requests compile the templates.
WARM_UP = 20
PASSWORD = "Tramontane66"
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
WRITES = ("INSERT", "UPDATE", "DELETE")

MOST_FOR_A_BIG_TOWN = 1.20
MOST_STATEMENTS = 6
MOST_MEGABYTES = 70
MOST_IMPORT_SECONDS = 0.8


@dataclass(frozen=True)
class Page:
    """A page under measure, and how many times the bare route's CPU it may cost."""

    name: str
    path: str
    most: float
    # The family whose parent opens it; None for a stranger.
    family: int | None = None
    statements: int = MOST_STATEMENTS


SIGN_IN = Page("sign-in", "/connexion", 3.0, statements=0)
HOME = Page("home", "/accueil", 6.0, town.FIRST)
PAGES = (
    SIGN_IN,
    HOME,
    Page("statement of 600 invoices", "/releve", 8.0, town.SECOND),
    Page("inbox of 200 messages", "/messages", 8.0, town.SECOND),
    Page("list of 60 requests", "/demandes", 8.0, town.SECOND),
)
# What else a round measures, beside the pages.
BARE, HOME_IN_A_SMALL_TOWN = "bare route", f"home, in a town of {FEW_FAMILIES}"
# The CPU seconds of a request in one round, by the name of what was measured.
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


def main(families: int = FAMILIES, requests: int = REQUESTS, rounds: int = ROUNDS) -> bool:
    """Measure, print the table, tell whether the targets hold."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="portail-bench-")))
        bare = stack.enter_context(serve("benchmarks.bare:app", {}, free_port()))
        big = stack.enter_context(_portal(folder / "big", families))
        small = stack.enter_context(_portal(folder / "small", FEW_FAMILIES))
        _round(bare, big, small, WARM_UP)
        measured = [_round(bare, big, small, requests) for _ in range(rounds)]
        memory = big.server.worker_megabytes()
        statements = {page: _statements(big, page) for page in PAGES}
    figures = [
        *_costs(measured),
        *_questions(statements),
        Figure("memory of a worker", memory, MOST_MEGABYTES, "MB"),
        Figure("import wsgi, CPU", _import_seconds(min(rounds, 5)), MOST_IMPORT_SECONDS, "s"),
    ]
    print(f"Pages in a town of {families:,} families (SQLite, gunicorn with two sync workers)\n")
    for name in measured[0]:
        seconds = statistics.median(each[name] for each in measured)
        print(f"  {name:54}{seconds * 1000:8.2f} ms of CPU a request")
    print(f"\n  {'':54}{'':8} {'':6}{'target':>8}")
    for figure in figures:
        print(figure)
    print()
    return all(figure.holds for figure in figures)


def _round(bare: Server, big: Portal, small: Portal, requests: int) -> Round:
    return {
        BARE: bare.cpu_per_request("/", requests),
        **{page.name: big.cost(page, requests) for page in PAGES},
        HOME_IN_A_SMALL_TOWN: small.cost(HOME, requests),
    }


def _costs(measured: list[Round]) -> Iterator[Figure]:
    for page in PAGES:
        times = _ratio(measured, page.name, BARE)
        yield Figure(f"{page.name}, against the bare route", times, page.most, "×")
    times = _ratio(measured, HOME.name, HOME_IN_A_SMALL_TOWN)
    yield Figure(f"home, against a town of {FEW_FAMILIES}", times, MOST_FOR_A_BIG_TOWN, "×")


def _questions(statements: dict[Page, list[str]]) -> Iterator[Figure]:
    for page, said in statements.items():
        yield Figure(f"SQL statements of the {page.name}", len(said), page.statements, "")
    writes = [each for said in statements.values() for each in said if each.startswith(WRITES)]
    yield Figure("of all these, writes", len(writes), 0, "")


def _ratio(measured: list[Round], name: str, yardstick: str) -> float:
    return statistics.median(each[name] / each[yardstick] for each in measured)


@contextmanager
def _portal(folder: Path, families: int) -> Iterator[Portal]:
    port = free_port()
    environment = _environment(folder, port)
    town.write(folder / "town", families, whole=True)
    for command in ("db upgrade", f"import {folder / 'town'}"):
        subprocess.run(
            [sys.executable, "-m", "flask", *command.split()],
            env=environment,
            stdout=subprocess.DEVNULL,
            check=True,
        )
    settings = config.load(environment)
    _settle_in(settings)
    with serve("wsgi:app", environment, port) as server:
        cookies: dict[int | None, str] = {None: ""}
        cookies |= {family: _sign_in(server, family) for family in town.MEASURED}
        yield Portal(server, settings, cookies)


def _environment(folder: Path, port: int) -> dict[str, str]:
    return {
        "PATH": "/usr/bin:/bin",
        "PORTAIL_ENV": "production",
        "PORTAIL_INSTANCE": str(folder),
        "PORTAIL_SECRET_KEY": "d3aebd8f5b8c2f64e0a9b1c7f2635e48",
        "PORTAIL_PUBLIC_URL": f"http://{HOST}:{port}",
        "PORTAIL_MAIL_DELIVERY": "worker",
        "PORTAIL_TOWN_NAME": "Saint-Exemple-sur-Isère",
        "PORTAIL_TOWN_PHONE": "04 76 00 00 00",
        "PORTAIL_TOWN_ADDRESS": "1 place de la Mairie, 38590 Saint-Exemple-sur-Isère",
    }


def _settle_in(settings: config.Settings) -> None:
    """Give the parents under measure a password, and what no file brings."""
    app = create_app(settings)
    with app.app_context():
        with db.transaction() as session:
            for family in town.MEASURED:
                wanted = select(Account).where(Account.identifier == town.identifier_of(family))
                account = session.scalars(wanted).one()
                account.password_hash = hash_password(PASSWORD)
                town.act(session, account)
        db.engine().dispose()


def _sign_in(server: Server, family: int) -> str:
    """Sign in as a browser does, and return the cookies."""
    jar = CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    url = f"http://{HOST}:{server.port}{SIGN_IN.path}"
    with opener.open(url) as page:
        token = TOKEN.search(page.read().decode())
    assert token is not None
    form = {"csrf_token": token[1], "identifier": town.identifier_of(family), "password": PASSWORD}
    with opener.open(url, urllib.parse.urlencode(form).encode()) as page:
        assert page.url.endswith(HOME.path), page.url
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)


def _statements(portal: Portal, page: Page) -> list[str]:
    """List the SQL of one request, in this process, on the same database."""
    app = create_app(portal.settings)
    said: list[str] = []
    with app.app_context():
        engine = db.engine()
    event.listen(engine, "before_cursor_execute", lambda *arguments: said.append(arguments[2]))
    host = portal.settings.public_url
    answer = app.test_client(use_cookies=False).get(
        page.path, base_url=host, headers={"Cookie": portal.cookies[page.family]}
    )
    engine.dispose()
    assert answer.status_code == 200, answer.status
    return [statement for statement in said if not statement.startswith(("BEGIN", "PRAGMA"))]


def _import_seconds(times: int) -> float:
    code = "import time; t = time.process_time(); import wsgi; print(time.process_time() - t)"
    return statistics.median(
        float(subprocess.check_output([sys.executable, "-c", code])) for _ in range(times)
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--families", type=int, default=FAMILIES)
    raise SystemExit(0 if main(parser.parse_args().families) else 1)
