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
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path

from sqlalchemy import event, select

import config
from app import create_app, db
from app.models import Account
from app.services.passwords import hash_password
from benchmarks import town
from benchmarks.servers import HOST, Server, free_port, serve

FAMILIES = 100_000
FEW_FAMILIES = 10
REQUESTS = 300
ROUNDS = 9
# The first requests compile the templates.
WARM_UP = 20
PASSWORD = "Tramontane66"
SIGN_IN, HOME, STATEMENT = "/connexion", "/accueil", "/releve"
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
PAGES = ("bare route", "sign-in", "home", "home, in a town of 10", "statement of 600 invoices")
WRITES = ("INSERT", "UPDATE", "DELETE")

MOST_FOR_SIGN_IN = 3.0
MOST_FOR_HOME = 6.0
MOST_FOR_A_BIG_TOWN = 1.20
MOST_FOR_STATEMENT = 8.0
MOST_STATEMENTS = 6
MOST_MEBIBYTES = 70
MOST_IMPORT_SECONDS = 0.8


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
    """A portal that serves a town, and the cookies of two parents: of 60 and of 600 invoices."""

    server: Server
    settings: config.Settings
    cookie: str
    long_cookie: str

    def cookie_for(self, path: str) -> str:
        """Return the cookie of the parent that a page is measured with."""
        return {HOME: self.cookie, STATEMENT: self.long_cookie}.get(path, "")


def main(families: int = FAMILIES, requests: int = REQUESTS, rounds: int = ROUNDS) -> bool:
    """Measure, print the table, tell whether the targets hold."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="portail-bench-")))
        bare = stack.enter_context(serve("benchmarks.bare:app", {}, free_port()))
        big = stack.enter_context(_portal(folder / "big", families))
        small = stack.enter_context(_portal(folder / "small", FEW_FAMILIES))
        _round(bare, big, small, WARM_UP)
        pairs = [_round(bare, big, small, requests) for _ in range(rounds)]
        memory = big.server.worker_mebibytes()
        statements = {path: _statements(big, path) for path in (SIGN_IN, HOME, STATEMENT)}
    writes = [said for path in statements.values() for said in path if said.startswith(WRITES)]
    figures = [
        Figure("sign-in page, against the bare route", _ratio(pairs, 1, 0), MOST_FOR_SIGN_IN, "×"),
        Figure("home page, against the bare route", _ratio(pairs, 2, 0), MOST_FOR_HOME, "×"),
        Figure("home, against a town of 10", _ratio(pairs, 2, 3), MOST_FOR_A_BIG_TOWN, "×"),
        Figure("statement, against the bare route", _ratio(pairs, 4, 0), MOST_FOR_STATEMENT, "×"),
        Figure("SQL statements of the sign-in page", len(statements[SIGN_IN]), 0, ""),
        Figure("SQL statements of the home page", len(statements[HOME]), MOST_STATEMENTS, ""),
        Figure("SQL statements of the statement", len(statements[STATEMENT]), MOST_STATEMENTS, ""),
        Figure("of all these, writes", len(writes), 0, ""),
        Figure("memory of a worker", memory, MOST_MEBIBYTES, "MiB"),
        Figure("import wsgi, CPU", _import_seconds(min(rounds, 5)), MOST_IMPORT_SECONDS, "s"),
    ]  # fmt: skip
    print(f"Pages in a town of {families:,} families (SQLite, gunicorn with two sync workers)\n")
    for name, each in zip(PAGES, zip(*pairs, strict=True), strict=True):
        print(f"  {name:54}{statistics.median(each) * 1000:8.2f} ms of CPU a request")
    print(f"\n  {'':54}{'':8} {'':6}{'target':>8}")
    for figure in figures:
        print(figure)
    print()
    return all(figure.holds for figure in figures)


def _round(bare: Server, big: Portal, small: Portal, requests: int) -> tuple[float, ...]:
    return (
        bare.cpu_per_request("/", requests),
        big.server.cpu_per_request(SIGN_IN, requests),
        big.server.cpu_per_request(HOME, requests, big.cookie),
        small.server.cpu_per_request(HOME, requests, small.cookie),
        big.server.cpu_per_request(STATEMENT, requests, big.long_cookie),
    )


def _ratio(pairs: list[tuple[float, ...]], page: int, yardstick: int) -> float:
    return statistics.median(pair[page] / pair[yardstick] for pair in pairs)


@contextmanager
def _portal(folder: Path, families: int) -> Iterator[Portal]:
    port = free_port()
    environment = _environment(folder, port)
    town.write(folder / "town", families, payments=True)
    for command in ("db upgrade", f"import {folder / 'town'}"):
        subprocess.run(
            [sys.executable, "-m", "flask", *command.split()],
            env=environment,
            stdout=subprocess.DEVNULL,
            check=True,
        )
    settings = config.load(environment)
    _give_password(settings)
    with serve("wsgi:app", environment, port) as server:
        yield Portal(server, settings, _sign_in(server, 1), _sign_in(server, 2))


def _environment(folder: Path, port: int) -> dict[str, str]:
    return {
        "PATH": "/usr/bin:/bin",
        "PORTAIL_ENV": "production",
        "PORTAIL_INSTANCE": str(folder),
        "PORTAIL_SECRET_KEY": "a key for benchmarks, of 32 bytes or more",
        "PORTAIL_PUBLIC_URL": f"http://{HOST}:{port}",
        "PORTAIL_MAIL_DELIVERY": "worker",
        "PORTAIL_TOWN_NAME": "Saint-Exemple-sur-Isère",
        "PORTAIL_TOWN_PHONE": "04 76 00 00 00",
        "PORTAIL_TOWN_ADDRESS": "1 place de la Mairie, 38590 Saint-Exemple-sur-Isère",
    }


def _give_password(settings: config.Settings) -> None:
    app = create_app(settings)
    with app.app_context():
        with db.transaction() as session:
            measured = [town.identifier_of(1), town.identifier_of(2)]
            for account in session.scalars(select(Account).where(Account.identifier.in_(measured))):
                account.password_hash = hash_password(PASSWORD)
        db.engine().dispose()


def _sign_in(server: Server, family: int) -> str:
    """Sign in as a browser does, and return the cookies."""
    jar = CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    url = f"http://{HOST}:{server.port}{SIGN_IN}"
    with opener.open(url) as page:
        token = TOKEN.search(page.read().decode())
    assert token is not None
    form = {"csrf_token": token[1], "identifier": town.identifier_of(family), "password": PASSWORD}
    with opener.open(url, urllib.parse.urlencode(form).encode()) as page:
        assert page.url.endswith(HOME), page.url
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)


def _statements(portal: Portal, path: str) -> list[str]:
    """List the SQL of one request, in this process, on the same database."""
    app = create_app(portal.settings)
    said: list[str] = []
    with app.app_context():
        engine = db.engine()
    event.listen(engine, "before_cursor_execute", lambda *arguments: said.append(arguments[2]))
    host = portal.settings.public_url
    answer = app.test_client(use_cookies=False).get(
        path, base_url=host, headers={"Cookie": portal.cookie_for(path)}
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
