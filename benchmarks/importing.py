"""What an import costs, against `csv.reader` and a bare `executemany` of the same rows.

python -m benchmarks.importing [--families 100000]
"""

import argparse
import csv
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from app.db import new_public_id
from benchmarks import portals, town

FAMILIES = 100_000
LOWEST_RATIO = 0.40
HIGHEST_MEBIBYTES = 300


def main(families: int = FAMILIES) -> bool:
    """Measure, print the table, tell whether the targets hold."""
    with tempfile.TemporaryDirectory(prefix="portail-bench-") as temporary:
        folder = Path(temporary)
        rows = town.write(folder / "town", families)
        base = _baseline_rate(folder, rows)
        first, first_memory = _import_rate(folder, rows)
        again, again_memory = _import_rate(folder, rows)
    memory = max(first_memory, again_memory)
    print(f"Import of {families:,} families, {rows:,} rows (SQLite)\n")
    print(f"{'':32}{'rows/s':>12}{'of the bare':>14}{'peak MiB':>12}")
    print(f"{'csv.reader + bare executemany':32}{base:>12,.0f}{1:>14.0%}")
    print(f"{'flask import':32}{first:>12,.0f}{first / base:>14.0%}{first_memory:>12,.0f}")
    print(
        f"{'flask import, once more':32}{again:>12,.0f}{again / base:>14.0%}{again_memory:>12,.0f}"
    )
    holds = first / base >= LOWEST_RATIO and again >= first and memory < HIGHEST_MEBIBYTES
    print(
        f"\nTarget: at least {LOWEST_RATIO:.0%}, no slower once more, "
        f"under {HIGHEST_MEBIBYTES} MiB: {'held' if holds else 'MISSED'}\n"
    )
    return holds


def _import_rate(folder: Path, rows: int) -> tuple[float, float]:
    """Run the real command in a process of its own; return rows a second and peak MiB."""
    environment = _environment(folder / "instance")
    if not (folder / "instance").exists():
        _migrate(folder / "instance")
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", "import", str(folder / "town")],
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError("the import failed")
    return rows / (time.perf_counter() - started), usage.ru_maxrss / 1024


def _baseline_rate(folder: Path, rows: int) -> float:
    _migrate(folder / "bare")
    connection = sqlite3.connect(folder / "bare" / "portail.db")
    started = time.perf_counter()
    with connection:
        for statement, values in _bare_inserts(folder / "town"):
            connection.executemany(statement, values)
    elapsed = time.perf_counter() - started
    connection.close()
    shutil.rmtree(folder / "bare")
    return rows / elapsed


def _bare_inserts(files: Path) -> Iterator[tuple[str, Iterator[tuple[object, ...]]]]:
    """Yield what puts each file's rows where the import does, with nothing checked."""
    yield (
        "INSERT INTO family (id, source_id, number, street, postcode, city, direct_debit) "
        "VALUES (?, ?, ?, ?, ?, ?, 0)",
        ((int(r[0]), r[0], r[0], r[6], r[7], r[8]) for r in _read(files / "famille.csv")),
    )
    yield (
        "INSERT INTO guardian (id, family_id, rank, title, last_name, first_name, sex, birth_date,"
        " phone, mobile, work_phone, email) VALUES (?, ?, 1, ?, ?, ?, 'F', ?, '', ?, '', ?)",
        (
            (int(r[0]), int(r[0]), r[4], r[1], r[2], r[5], r[9], r[10])
            for r in _read(files / "famille.csv")
        ),
    )
    yield (
        "INSERT INTO child (id, public_id, source_id, last_name, first_name, sex, birth_date,"
        " school, class_name, photo) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, '')",
        ((int(r[0]), new_public_id(), *r) for r in _read(files / "enfant.csv")),
    )
    yield (
        "INSERT INTO family_child (family_id, child_id) VALUES (?, ?)",
        ((int(r[0]), int(r[1])) for r in _read(files / "enfantFamille.csv")),
    )
    yield (
        "INSERT INTO account (guardian_id, identifier) VALUES (?, ?)",
        ((int(r[0]), r[2]) for r in _read(files / "compte.csv")),
    )
    yield (
        "INSERT INTO invoice (public_id, source_id, family_id, number, issued_on, due_on, amount,"
        " kind, label, file) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, '')",
        (
            (new_public_id(), r[0], int(r[1]), r[2], r[3], r[4], int(r[5].replace(",", "")), *r[6:])
            for r in _read(files / "facture.csv")
        ),
    )


def _read(path: Path) -> Iterator[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file, delimiter=";")
        next(reader)
        yield from reader


def _migrate(instance: Path) -> None:
    instance.mkdir(parents=True, exist_ok=True)
    (instance / "portail.db").write_bytes(portals.migrated_file())


def _environment(instance: Path) -> dict[str, str]:
    return os.environ | {
        "PORTAIL_DATABASE_URL": "",
        "PORTAIL_INSTANCE": str(instance),
        "PORTAIL_ENV": "test",
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--families", type=int, default=FAMILIES)
    sys.exit(0 if main(parser.parse_args().families) else 1)
