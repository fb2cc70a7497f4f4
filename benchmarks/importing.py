"""What an import costs, against `csv.reader` and a bare `executemany`, or COPY, of the same rows.

python -m benchmarks.importing [--families 100000] [--on SQLite PostgreSQL]
"""

import argparse
import csv
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from app.db import new_public_id
from benchmarks import filling, town
from benchmarks.databases import BOTH, POSTGRESQL, SQLITE, opened

FAMILIES = 100_000
BARE = {SQLITE: "executemany", POSTGRESQL: "COPY"}
LOWEST_RATIO = {SQLITE: 0.40, POSTGRESQL: 0.60}
HIGHEST_MEBIBYTES = 300


def main(families: int = FAMILIES, on: Sequence[str] = BOTH) -> bool:
    """Measure, print the table, tell whether the targets hold."""
    return not [each for each in on if not _measure(families, each)]


def _measure(families: int, database: str) -> bool:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="portail-bench-")))
        rows = town.write(folder / "town", families)
        base = rows / _bare_seconds(database, folder)
        instance = folder / "instance"
        instance.mkdir()
        url = stack.enter_context(opened(database, instance))
        filling.migrate(url)
        settings = _environment(instance, url)
        first, first_memory = _import_rate(settings, folder / "town", rows)
        again, again_memory = _import_rate(settings, folder / "town", rows)
    memory = max(first_memory, again_memory)
    print(f"Import of {families:,} families, {rows:,} rows ({database})\n")
    print(f"{'':32}{'rows/s':>12}{'of the bare':>14}{'peak MiB':>12}")
    print(f"{f'csv.reader + bare {BARE[database]}':32}{base:>12,.0f}{1:>14.0%}")
    print(f"{'flask import':32}{first:>12,.0f}{first / base:>14.0%}{first_memory:>12,.0f}")
    print(
        f"{'flask import, once more':32}{again:>12,.0f}{again / base:>14.0%}{again_memory:>12,.0f}"
    )
    lowest = LOWEST_RATIO[database]
    holds = first / base >= lowest and again >= first and memory < HIGHEST_MEBIBYTES
    print(
        f"\nTarget: at least {lowest:.0%}, no slower once more, "
        f"under {HIGHEST_MEBIBYTES} MiB: {'held' if holds else 'MISSED'}\n"
    )
    return holds


def _import_rate(settings: dict[str, str], files: Path, rows: int) -> tuple[float, float]:
    """Run the real command in a process of its own; return rows a second and peak MiB."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", "import", str(files)],
        env=settings,
        stdout=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError("the import failed")
    return rows / (time.perf_counter() - started), usage.ru_maxrss / 1024


def _bare_seconds(database: str, folder: Path) -> float:
    """Put the rows where the import does, with nothing checked, into a database of their own."""
    bare = folder / "bare"
    bare.mkdir()
    with opened(database, bare) as url:
        filling.migrate(url)
        started = time.perf_counter()
        (_insert if database == SQLITE else _copy)(url, folder / "town")
        elapsed = time.perf_counter() - started
    shutil.rmtree(bare)
    return elapsed


def _insert(url: str, files: Path) -> None:
    connection = sqlite3.connect(url.removeprefix("sqlite:///"))
    with connection:
        for table, columns, rows in _bare_rows(files):
            marks = ", ".join("?" * len(columns.split(", ")))
            connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)
    connection.close()


def _copy(url: str, files: Path) -> None:
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        for table, columns, rows in _bare_rows(files):
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)


def _bare_rows(files: Path) -> Iterator[tuple[str, str, Iterator[tuple[object, ...]]]]:
    """Yield tables, columns, and the rows of the files as they are kept there."""
    yield (
        "family",
        "id, source_id, number, street, postcode, city, direct_debit",
        ((int(r[0]), r[0], r[0], r[6], r[7], r[8], False) for r in _read(files / "famille.csv")),
    )
    yield (
        "guardian",
        "id, family_id, rank, title, last_name, first_name, sex, birth_date, phone, mobile,"
        " work_phone, email",
        (
            (int(r[0]), int(r[0]), 1, r[4], r[1], r[2], "F", _day(r[5]), "", r[9], "", r[10])
            for r in _read(files / "famille.csv")
        ),
    )
    yield (
        "child",
        "id, public_id, source_id, last_name, first_name, sex, birth_date, school, class_name,"
        " photo",
        (
            (int(r[0]), new_public_id(), *r[:4], _day(r[4]), *r[5:], "")
            for r in _read(files / "enfant.csv")
        ),
    )
    yield (
        "family_child",
        "family_id, child_id",
        ((int(r[0]), int(r[1])) for r in _read(files / "enfantFamille.csv")),
    )
    yield (
        "account",
        "guardian_id, identifier",
        ((int(r[0]), r[2]) for r in _read(files / "compte.csv")),
    )
    yield (
        "invoice",
        "public_id, source_id, family_id, number, issued_on, due_on, amount, kind, label, file",
        (
            (
                new_public_id(), r[0], int(r[1]), r[2], _day(r[3]), _day(r[4]),
                int(r[5].replace(",", "")), *r[6:], "",
            )
            for r in _read(files / "facture.csv")
        ),
    )  # fmt: skip


def _day(written: str) -> str:
    return f"{written[6:]}-{written[3:5]}-{written[:2]}"


def _read(path: Path) -> Iterator[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file, delimiter=";")
        next(reader)
        yield from reader


def _environment(instance: Path, url: str) -> dict[str, str]:
    return os.environ | {
        "PORTAIL_DATABASE_URL": url,
        "PORTAIL_INSTANCE": str(instance),
        "PORTAIL_ENV": "test",
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--families", type=int, default=FAMILIES)
    parser.add_argument("--on", nargs="+", choices=BOTH, default=BOTH)
    asked = parser.parse_args()
    sys.exit(0 if main(asked.families, asked.on) else 1)
