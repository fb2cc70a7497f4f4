"""docs/fiabilite.md promises what tests hold."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "fiabilite.md"
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
TABLE = re.compile(r"^\|.*\|\n\|[-|]+\|\n((?:\|.*\|\n?)+)", re.MULTILINE)
LONG = "\n## Les épreuves longues\n"
# A function, and what it is decorated with.
SOAKED = re.compile(r"\n\n((?:@.*\n(?:[ )].*\n)*)*)def (test_\w+)\(")


def rows(text: str) -> list[str]:
    return [row for table in TABLE.findall(text) for row in table.splitlines()]


def test_each_promise_is_held_by_a_test() -> None:
    """Each line names those that bring the fault about, and they exist."""
    page = PAGE.read_text("utf-8")
    assert len(rows(page)) == len(re.findall(r"^\| (?!Panne|Épreuve)", page, re.MULTILINE))
    for row in rows(page):
        named = NAMED.findall(row)
        assert named, f"held by no test: {row[:60]}"
        for path, name in named:
            assert f"def {name}(" in (ROOT / path).read_text("utf-8"), f"{path}: no {name}"


def test_what_takes_long_tells_its_last_result() -> None:
    """What `make soak` runs, and nothing else, stands in the table of the long ones."""
    told = set(NAMED.findall(PAGE.read_text("utf-8").partition(LONG)[2]))
    soaked = {
        (str(path.relative_to(ROOT)), name)
        for path in (ROOT / "tests").rglob("test_*.py")
        for marks, name in SOAKED.findall(path.read_text("utf-8"))
        if "mark.soak" in marks
    }
    assert soaked
    assert told == soaked
