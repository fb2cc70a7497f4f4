"""What a page costs in instructions of the processor, which no busy or other machine can bend.

python -m benchmarks.instructions [--families 1000] [CHECKOUT …]

Counted by valgrind's callgrind (`apt-get install valgrind`) over the WSGI application in one
process, without sockets: many requests less few, so that no start counts. Given checkouts of two
commits, such as `git worktree add ../before COMMIT` makes, it compares them, each on its own code.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.services.bookings import weeks
from benchmarks import booking_pages, portals, town, web

FAMILIES = 1_000
# Of a thousand children, of whom 300 come to one garderie.
BOOKED_FAMILIES = 500
# Each checkout fills one by its own code and schema.
FILL = """
import sys
from app.services.bookings import weeks
from benchmarks import booked_town, filling
filling.make(sys.argv[1], int(sys.argv[2]), booked_town.around(weeks.this_monday()))
"""
# How often each page is asked, to tell its price from that of the start.
FEW, MANY = 10, 60
PORT = 8000
MILLION = 1_000_000
TOTAL = re.compile(r"^summary: (\d+)", re.MULTILINE)


@dataclass(frozen=True)
class Page:
    """A page under measure; in millions of instructions, what it may cost and what it is to."""

    name: str
    path: str
    budget: float
    goal: float | None = None
    family: int | None = None

    @property
    def asked(self) -> str:
        """Name it as `one_process` takes and prints it."""
        return f"{self.path} {self.family}" if self.family else self.path


START = Page("import wsgi, once", "", 3_650)
IN_THE_TOWN = (
    Page("bare Flask route", "bare", 0.35),
    Page("sign-in", "/connexion", 1.05, 1.5),
    Page("home of 60 invoices", "/accueil", 5.2, None, town.FIRST),
    Page("statement of 600 invoices", "/releve", 10.8, None, town.SECOND),
    Page("inbox of 200 messages", "/messages", 10.1, None, town.SECOND),
    Page("list of 60 requests", "/demandes", 7.75, None, town.SECOND),
    Page("a child", "/enfants/*", 3.05, None, town.FIRST),
    Page("documents", "/documents", 2.15, None, town.FIRST),
    *(
        Page(page.name, page.path, budget, None, page.family)
        for page, budget in zip(web.AT_THE_TOWN_HALL, (4.1, 11.2, 12.2, 7.9), strict=True)
    ),
)
# Of Madame PAYS ZEST, who has a few lines in each list, as most families have.
IN_THE_DEMONSTRATION = (
    # Which looks for the week to book, too: two statements.
    Page("her home", "/accueil", 4.7, 4.5, portals.OF_THE_DEMONSTRATION),
    Page("her statement", "/releve", 3.1, 4.0, portals.OF_THE_DEMONSTRATION),
    Page("her inbox", "/messages", 2.7, 3.5, portals.OF_THE_DEMONSTRATION),
    Page("her requests", "/demandes", 2.45, 3.2, portals.OF_THE_DEMONSTRATION),
)
WEEK, BOOKED_WEEK, MONTH = booking_pages.of_families(weeks.this_monday())
LIST = booking_pages.list_of(weeks.this_monday())
IN_A_BOOKED_TOWN = (
    Page("a week of 60 boxes", WEEK.path, 12.9, None, WEEK.family),
    Page("a week that is booked", BOOKED_WEEK.path, 16.8, None, BOOKED_WEEK.family),
    Page("a month of 23 days", MONTH.path, 14.5, None, MONTH.family),
    Page("list of 300 children", LIST.path, 32, None, LIST.family),
    Page("feed, unchanged", "feed", 2.55),
    Page("home, with bookings", "/accueil", 12, None, town.FIRST),
)
GROUNDS = {
    "town": IN_THE_TOWN,
    "demonstration": IN_THE_DEMONSTRATION,
    "bookings": IN_A_BOOKED_TOWN,
}
PAGES = (*IN_THE_TOWN, *IN_THE_DEMONSTRATION, *IN_A_BOOKED_TOWN, START)

# Millions of instructions, by name: two grounds may ask the same.
Counts = dict[str, float]


def main(
    checkouts: list[Path] | None = None, families: int = FAMILIES, *, counting: bool = True
) -> bool:
    """Measure each checkout, print the table, tell whether the last one is within its budget.

    Without counting, every page is asked all the same.
    """
    trees = [tree.resolve() for tree in checkouts or [portals.ROOT]]
    print(f"Instructions a request, in millions ({families:,} families, SQLite, callgrind)\n")
    if counting and not shutil.which("valgrind"):
        print("Not measured: valgrind is not installed (`apt-get install valgrind`).\n")
        return False
    with tempfile.TemporaryDirectory(prefix="portail-bench-") as temporary:
        folders = [Path(temporary) / str(number) for number, _ in enumerate(trees)]
        for tree, folder in zip(trees, folders, strict=True):
            portals.load(_settings(folder, "town"), families, tree)
            portals.load_demonstration(_settings(folder, "demonstration"), tree)
            _fill(folder, min(families, BOOKED_FAMILIES), tree)
        if not counting:
            for ground in GROUNDS:
                _ask(trees[0], folders[0], ground, few=1, many=2)
            return True
        counted = [_counted(tree, folder) for tree, folder in zip(trees, folders, strict=True)]
    print(
        f"  {'':26}{''.join(f'{tree.name[-11:]:>12}' for tree in trees)}{'budget':>12}{'goal':>12}"
    )
    for page in PAGES:
        figures = [*(counts[page.name] for counts in counted), page.budget, page.goal]
        print(f"  {page.name:26}{''.join(map(_written, figures))}")
    over = [page.name for page in PAGES if counted[-1][page.name] > page.budget]
    print(f"\nBudget: {'MISSED by ' + ', '.join(over) if over else 'held'}\n")
    return not over


def _written(millions: float | None) -> str:
    return f"{'' if millions is None else f'{millions:,.2f}':>12}"


def _settings(folder: Path, ground: str) -> dict[str, str]:
    return portals.environment(folder / ground, PORT)


def _fill(folder: Path, families: int, checkout: Path) -> None:
    settings = _settings(folder, "bookings")
    instance = Path(settings["PORTAIL_INSTANCE"])
    instance.mkdir(parents=True)
    url = f"sqlite:///{instance / 'portail.db'}"
    _run([sys.executable, "-c", FILL, url, str(families)], checkout, settings)


def _counted(checkout: Path, folder: Path) -> Counts:
    count = ["valgrind", "--tool=callgrind", "--quiet"]
    count.append(f"--callgrind-out-file={folder}/callgrind.out.%p")
    start = [sys.executable, "-c", portals.AS_INSTALLED]
    # Python compiles what it reads for the first time.
    _run(start, checkout, _settings(folder, "town"))
    _run([*count, *start], checkout, _settings(folder, "town"))
    [started] = folder.glob("callgrind.out.*")
    counts = {START.name: _instructions(started) / MILLION}
    for ground, pages in GROUNDS.items():
        answered: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for line in _ask(checkout, folder, ground, count).splitlines():
            asked, requests, pid = line.split("\t")
            total = _instructions(folder / f"callgrind.out.{pid}")
            answered[asked].append((int(requests), total))
        for page in pages:
            (few, less), (many, more) = answered[page.asked]
            counts[page.name] = (more - less) / (many - few) / MILLION
    return counts


def _ask(
    checkout: Path,
    folder: Path,
    ground: str,
    count: Sequence[str] = (),
    *,
    few: int = FEW,
    many: int = MANY,
) -> str:
    what = (str(checkout), ground, str(few), str(many), *(page.asked for page in GROUNDS[ground]))
    command = [*count, sys.executable, "-m", "benchmarks.one_process", *what]
    return _run(command, portals.ROOT, _settings(folder, ground))


def _run(command: list[str], folder: Path, settings: dict[str, str]) -> str:
    return subprocess.run(
        command,
        cwd=folder,
        # Sets and dictionaries in the same order each time.
        env=settings | {"PYTHONHASHSEED": "0"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout


def _instructions(file: Path) -> int:
    found = TOTAL.search(file.read_text("utf-8"))
    assert found is not None, f"{file} has no sum"
    return int(found[1])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--families", type=int, default=FAMILIES)
    parser.add_argument("checkouts", type=Path, nargs="*")
    arguments = parser.parse_args()
    sys.exit(0 if main(arguments.checkouts, arguments.families) else 1)
