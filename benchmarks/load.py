"""What gunicorn serves as it is shipped, by workers and threads, to many visitors at once.

python -m benchmarks.load [--families 1000] [--seconds 5] [--visitors 16]

The visitors (wrk: `apt-get install wrk`) ask as soon as they are answered: of a hundred requests
home 70, the statement 15, the inbox 10, and five sign somebody in. Each connection serves one
request, as those of nginx do. wrk takes a part of the machine that is measured. The memory is what
the largest worker takes once they have left.
"""

import argparse
import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

import config
from app import create_app
from benchmarks import database_work, databases, filling, portals, town
from benchmarks.servers import HOST, free_port, serve

FAMILIES = 1_000
SECONDS = 5
# Until the last worker has read the code, and templates are compiled.
WARM_UP_SECONDS = 3
VISITORS = 16
# Workers and threads.
SHIPPED = (2, 8)
SETTINGS = ((1, 1), (1, 8), (2, 1), (2, 4), SHIPPED, (3, 8), (4, 2))
PAGES = {portals.HOME: 70, "/releve": 15, "/messages": 10}
SIGN_INS = 5
# Families whose parents look at pages, and others who sign in: each keeps its devices.
READERS, COMERS = range(1, 60), range(61, 600)
SCRIPT = Path(__file__).with_name("load.lua")
MICROSECONDS = 1_000_000

# So many of a hundred requests, and the bytes of those that they are drawn from.
Choice = tuple[int, list[str]]


@dataclass(frozen=True)
class Measured:
    """What one load saw: how many a second, how long they waited, in ms, what a worker takes."""

    megabytes: float
    rate: float
    failed: int
    median: float
    p95: float
    p99: float

    @classmethod
    def read(cls, line: str, megabytes: float) -> "Measured":
        """Read the line that the script prints."""
        requests, duration, failed, *waits = map(int, line.split("\t")[1:])
        rate = requests / duration * MICROSECONDS
        return cls(megabytes, rate, failed, *(wait / 1_000 for wait in waits))

    def __str__(self) -> str:
        waits = "".join(f"{wait:10.0f}" for wait in (self.median, self.p95, self.p99))
        return f"{self.rate:10.0f}{waits}{self.failed:10}{self.megabytes:10.0f}"


def main(
    families: int = FAMILIES,
    seconds: int = SECONDS,
    visitors: int = VISITORS,
    settings: Sequence[tuple[int, int]] = SETTINGS,
    on: Sequence[str] = databases.BOTH,
) -> bool:
    """Measure each setting on both databases, print the table, tell whether all were answered."""
    print(f"Load: {visitors} visitors at once, a town of {families:,} families, {seconds} s each\n")
    if not shutil.which("wrk"):
        print("Not measured: wrk is not installed (`apt-get install wrk`).\n")
        return False
    heads = ("req/s", "median ms", "p95", "p99", "failed", "MB each")
    print(f"  {'':12}{'workers × threads':>20}{''.join(f'{head:>10}' for head in heads)}")
    failed = 0
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="portail-bench-")))
        for database in on:
            url = stack.enter_context(databases.opened(database, folder))
            filling.make(url, families)
            served = Town(folder / database, url, free_port())
            requests = served.requests(readers=2 * visitors)
            for workers, threads in settings:
                measured = served.bear(requests, (workers, threads), visitors, seconds)
                print(f"  {database:12}{workers:>16} × {threads}{measured}")
                failed += measured.failed
    print(f"\nTarget: every request is answered: {'MISSED' if failed else 'held'}\n")
    return not failed


@dataclass(frozen=True)
class Town:
    """A town: its instance folder, its database, and where it is served."""

    folder: Path
    url: str
    port: int

    def requests(self, readers: int) -> Path:
        """Write down what visitors ask, of whom so many look at pages."""
        self.folder.mkdir()
        path = self.folder / "requests.lua"
        path.write_text("".join(_in_lua(_choices(self._environment, self.port, readers))), "ascii")
        return path

    def bear(
        self, requests: Path, setting: tuple[int, int], visitors: int, seconds: int
    ) -> Measured:
        """Serve it as `deploy/` does, and let the visitors in."""
        workers, threads = map(str, setting)
        shipped = ("--config", str(portals.ROOT / "deploy" / "gunicorn.conf.py"))
        numbers = ("--workers", workers, "--threads", threads)
        with serve(
            portals.APPLICATION, self._environment, self.port, (*shipped, *numbers)
        ) as server:
            if seconds > WARM_UP_SECONDS:
                _visit(self.port, requests, visitors, WARM_UP_SECONDS)
            line = _visit(self.port, requests, visitors, seconds)
            return Measured.read(line, server.worker_megabytes())

    @property
    def _environment(self) -> dict[str, str]:
        environment = portals.environment(self.folder, self.port)
        return environment | {"PORTAIL_DATABASE_URL": self.url}


def _visit(port: int, requests: Path, visitors: int, seconds: int) -> str:
    command = ["wrk", "--threads", "1", "--connections", str(visitors), "--timeout", "30s"]
    command += ["--duration", f"{seconds}s", "--script", str(SCRIPT), f"http://{HOST}:{port}"]
    said = subprocess.run(
        command,
        env=os.environ | {"REQUESTS": str(requests)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    [line] = (line for line in said.splitlines() if line.startswith("measured"))
    return line


def _choices(environment: Mapping[str, str], port: int, readers: int) -> list[Choice]:
    """Write what visitors ask as wrk sends it: the bytes of requests, by how often they come."""
    app = create_app(config.load(environment))
    cookies = portals.sign_in(app, islice(filter(_has_password, READERS), readers))
    token, stranger = portals.come(app)
    database_work.engine_of(app).dispose()
    signed_in = [cookie for family, cookie in cookies.items() if family]
    choices: list[Choice] = [
        (weight, [_get(path, cookie, port) for cookie in signed_in])
        for path, weight in PAGES.items()
    ]
    forms = [
        {
            "csrf_token": token,
            "identifier": town.identifier_of(family),
            "password": portals.PASSWORD,
        }
        for family in filter(_has_password, COMERS)
    ]
    choices.append((SIGN_INS, [_post(portals.SIGN_IN, stranger, form, port) for form in forms]))
    return choices


def _has_password(family: int) -> bool:
    return family % 3 != 0


def _get(path: str, cookie: str, port: int) -> str:
    return f"GET {path} HTTP/1.1\r\nHost: {HOST}:{port}\r\nCookie: {cookie}\r\n\r\n"


def _post(path: str, cookie: str, form: Mapping[str, str], port: int) -> str:
    body = urlencode(form)
    head = f"POST {path} HTTP/1.1\r\nHost: {HOST}:{port}\r\nCookie: {cookie}\r\n"
    kind = "Content-Type: application/x-www-form-urlencoded\r\n"
    return f"{head}{kind}Content-Length: {len(body)}\r\n\r\n{body}"


def _in_lua(choices: Sequence[Choice]) -> Iterator[str]:
    yield "return {\n"
    for weight, requests in choices:
        yield f"{{weight = {weight}, bytes = {{\n"
        # What JSON writes of ASCII, Lua reads.
        yield from (f"{json.dumps(each)},\n" for each in requests)
        yield "}},\n"
    yield f"}}, {sum(weight for weight, _ in choices)}\n"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--families", type=int, default=FAMILIES)
    parser.add_argument("--seconds", type=int, default=SECONDS)
    parser.add_argument("--visitors", type=int, default=VISITORS)
    given = parser.parse_args()
    raise SystemExit(0 if main(given.families, given.seconds, given.visitors) else 1)
