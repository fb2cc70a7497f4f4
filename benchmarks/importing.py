"""What an import costs, against `csv.reader` and a bare `executemany`, or COPY, of what it leaves.

python -m benchmarks.importing [--families 100000] [--on SQLite PostgreSQL]

The bare ones write every row that the first import left in the tables, with their indexes and keys;
the words by which the town hall finds families are most of what no file says. Rows a second are
those of the files.
"""

import argparse
import csv
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from sqlalchemy import Table

from app import db
from benchmarks import filling, town
from benchmarks.databases import BOTH, POSTGRESQL, SQLITE, opened

FAMILIES = 100_000
BARE = {SQLITE: "executemany", POSTGRESQL: "COPY"}
LOWEST_RATIO = {SQLITE: 0.40, POSTGRESQL: 0.60}
HIGHEST_MEBIBYTES = 300
# Those to which others refer first.
TABLES = db.Base.metadata.sorted_tables
# As COPY writes it; no cell of the town is that.
NULL = r"\N"
AT_A_TIME = 10_000


def main(families: int = FAMILIES, on: Sequence[str] = BOTH) -> bool:
    """Measure, print the table, tell whether the targets hold."""
    return not [each for each in on if not _measure(families, each)]


def _measure(families: int, database: str) -> bool:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="portail-bench-")))
        rows = town.write(folder / "town", families)
        instance = folder / "instance"
        instance.mkdir()
        url = stack.enter_context(opened(database, instance))
        filling.migrate(url)
        settings = _environment(instance, url)
        first, first_memory = _import_rate(settings, folder / "town", rows)
        _leave(url, folder / "left")
        again, again_memory = _import_rate(settings, folder / "town", rows)
        base = rows / _bare_seconds(database, folder / "bare", folder / "left")
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


def _leave(url: str, folder: Path) -> None:
    """Write down every row that the imports left, in a file of its own for each table."""
    folder.mkdir()
    engine = db.open_engine(url)
    with engine.connect() as connection:
        for table in TABLES:
            text = ", ".join(f"CAST({column.name} AS TEXT)" for column in table.columns)
            some = connection.execution_options(yield_per=AT_A_TIME)
            rows = some.exec_driver_sql(f"SELECT {text} FROM {table.name}")
            with (folder / table.name).open("w", encoding="utf-8", newline="") as file:
                nulls = ([NULL if cell is None else cell for cell in row] for row in rows)
                csv.writer(file, delimiter=";").writerows(nulls)
    engine.dispose()


def _bare_seconds(database: str, folder: Path, left: Path) -> float:
    """Put these rows where the import did, with nothing checked, in a database of their own."""
    folder.mkdir()
    with opened(database, folder) as url:
        filling.migrate(url)
        started = time.perf_counter()
        (_insert if database == SQLITE else _copy)(url, left)
        return time.perf_counter() - started


def _insert(url: str, left: Path) -> None:
    connection = sqlite3.connect(url.removeprefix("sqlite:///"))
    with connection:
        for table in TABLES:
            marks = ", ".join("?" * len(table.columns))
            statement = f"INSERT INTO {_named(table)} VALUES ({marks})"
            connection.executemany(statement, _read(left, table))
    connection.close()


def _copy(url: str, left: Path) -> None:
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        for table in TABLES:
            with cursor.copy(f"COPY {_named(table)} FROM STDIN") as copy:
                for row in _read(left, table):
                    copy.write_row(row)


def _named(table: Table) -> str:
    return f"{table.name} ({', '.join(table.columns.keys())})"


def _read(left: Path, table: Table) -> Iterator[list[str | None]]:
    with (left / table.name).open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file, delimiter=";"):
            yield [None if cell == NULL else cell for cell in row]


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
