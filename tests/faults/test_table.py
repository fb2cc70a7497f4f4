"""docs/fiabilite.md promises what tests hold."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def test_each_promise_is_held_by_a_test() -> None:
    """Each line names those that bring the fault about, and they exist."""
    lines = (ROOT / "docs" / "fiabilite.md").read_text("utf-8").splitlines()
    rows = [each for each in lines if each.startswith("| ") and not each.startswith("| Panne")]
    assert rows
    for row in rows:
        named = NAMED.findall(row)
        assert named, f"held by no test: {row[:60]}"
        for path, name in named:
            assert f"def {name}(" in (ROOT / path).read_text("utf-8"), f"{path}: no {name}"
