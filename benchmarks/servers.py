"""Servers under measure: gunicorn in processes of its own, whose CPU time and memory are read."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HOST = "127.0.0.1"
# Sync workers, for what is measured one request at a time.
ONE_WORKER, TWO_WORKERS = ("--workers", "1"), ("--workers", "2")
START_SECONDS = 30
NANOSECONDS = 1_000_000_000


@dataclass(frozen=True)
class Server:
    """A gunicorn that listens."""

    port: int
    pid: int

    def get(self, path: str, cookie: str = "", known: str = "") -> tuple[int, bytes]:
        """Ask for a page over a connection of its own, as nginx does; `known` is its ETag."""
        headers = {"Cookie": cookie, "If-None-Match": known}
        connection = http.client.HTTPConnection(HOST, self.port, timeout=START_SECONDS)
        try:
            said = {name: value for name, value in headers.items() if value}
            connection.request("GET", path, headers=said)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def cpu_per_request(self, path: str, requests: int, cookie: str = "", known: str = "") -> float:
        """Return the seconds of CPU, user and system, that one request costs the processes."""
        expected = http.client.NOT_MODIFIED if known else http.client.OK
        before = self._cpu_seconds()
        for _ in range(requests):
            status, _body = self.get(path, cookie, known)
            if status != expected:
                raise RuntimeError(f"{path} answered {status}")
        return (self._cpu_seconds() - before) / requests

    def worker_megabytes(self) -> float:
        """Return what the largest worker takes, with its share of the pages that all map."""
        return max(_kibibytes(pid) for pid in self._workers()) * 1024 / 1_000_000

    def _cpu_seconds(self) -> float:
        return sum(cpu_seconds(pid) for pid in (self.pid, *self._workers()))

    def _workers(self) -> list[int]:
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text("ascii")
        return [int(pid) for pid in children.split()]


@contextmanager
def serve(
    application: str,
    environment: dict[str, str],
    port: int,
    options: Sequence[str] = TWO_WORKERS,
) -> Iterator[Server]:
    """Run an application until the block ends."""
    command = [
        sys.executable, "-m", "gunicorn", *options, "--bind", f"{HOST}:{port}",
        "--no-control-socket", "--log-level", "error", application,
    ]  # fmt: skip
    process = subprocess.Popen(command, env=os.environ | environment)
    server = Server(port, process.pid)
    try:
        _wait_for(server)
        yield server
    finally:
        process.terminate()
        process.wait(START_SECONDS)


def free_port() -> int:
    """Find a port where nobody listens."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(server: Server) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            server.get("/")
        except (ConnectionError, http.client.HTTPException):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


def cpu_seconds(pid: int) -> float:
    """Return what a process has used, user and system."""
    # In nanoseconds; /proc/<pid>/stat counts by hundredths of a second.
    on_cpu, _waiting, _slices = Path(f"/proc/{pid}/schedstat").read_text("ascii").split()
    return int(on_cpu) / NANOSECONDS


def _kibibytes(pid: int) -> int:
    # Proportional (PSS): Python's and OpenSSL's own pages are in memory once for all processes.
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii")
    [line] = (line for line in rollup.splitlines() if line.startswith("Pss:"))
    return int(line.split()[1])
