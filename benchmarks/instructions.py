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
from dataclasses import dataclass
from pathlib import Path

from benchmarks import portals, town

FAMILIES = 1_000
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


START = Page("import wsgi, once", "", 3_050)
# The goals of the lists (4 for the statement, 3.5, 3.2) are those of Madame PAYS ZEST of the
# demonstration, who has a few lines in each.
PAGES = (
    Page("bare Flask route", "bare", 0.35),
    Page("sign-in", "/connexion", 1.45, 1.5),
    Page("home of 60 invoices", "/accueil", 7.4, 4.5, town.FIRST),
    Page("statement of 600 invoices", "/releve", 12.1, None, town.SECOND),
    Page("inbox of 200 messages", "/messages", 11.0, None, town.SECOND),
    Page("list of 60 requests", "/demandes", 8.4, None, town.SECOND),
    Page("a child", "/enfants/*", 3.85, None, town.FIRST),
    Page("documents", "/documents", 2.7, None, town.FIRST),
)

# Millions of instructions, by what was asked.
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
            portals.load(portals.environment(folder, PORT), families, tree)
        if not counting:
            _run(
                _asking(trees[0], few=1, many=2),
                portals.ROOT,
                portals.environment(folders[0], PORT),
            )
            return True
        counted = [_counted(tree, folder) for tree, folder in zip(trees, folders, strict=True)]
    print(
        f"  {'':26}{''.join(f'{tree.name[-11:]:>12}' for tree in trees)}{'budget':>12}{'goal':>12}"
    )
    for page in (*PAGES, START):
        figures = [*(counts[page.asked] for counts in counted), page.budget, page.goal]
        print(f"  {page.name:26}{''.join(map(_written, figures))}")
    over = [page.name for page in (*PAGES, START) if counted[-1][page.asked] > page.budget]
    print(f"\nBudget: {'MISSED by ' + ', '.join(over) if over else 'held'}\n")
    return not over


def _written(millions: float | None) -> str:
    return f"{'' if millions is None else f'{millions:,.2f}':>12}"


def _counted(checkout: Path, folder: Path) -> Counts:
    settings = portals.environment(folder, PORT)
    command = ["valgrind", "--tool=callgrind", "--quiet"]
    command.append(f"--callgrind-out-file={folder}/callgrind.out.%p")
    _run([*command, sys.executable, "-c", "import wsgi"], checkout, settings)
    [start] = folder.glob("callgrind.out.*")
    counts = {START.asked: _instructions(start) / MILLION}
    answered: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for line in _run([*command, *_asking(checkout)], portals.ROOT, settings).splitlines():
        page, requests, pid = line.split("\t")
        total = _instructions(folder / f"callgrind.out.{pid}")
        answered[page].append((int(requests), total))
    for page, ((few, less), (many, more)) in answered.items():
        counts[page] = (more - less) / (many - few) / MILLION
    return counts


def _asking(checkout: Path, few: int = FEW, many: int = MANY) -> list[str]:
    asked = (page.asked for page in PAGES)
    numbers = (str(few), str(many))
    return [sys.executable, "-m", "benchmarks.one_process", str(checkout), *numbers, *asked]


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
