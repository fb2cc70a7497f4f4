"""The benchmarks run; what they measure is another matter, for a quiet machine."""

import re
import subprocess
import sys
from pathlib import Path

from benchmarks.__main__ import ALL

ROOT = Path(__file__).parents[2]
TITLES = (
    "Instructions a request",
    "Pages in a town",
    "Import of",
    "Preview of",
    "Mail:",
    "Bookings:",
    "Pages as the town grows",
    "Load:",
)


def test_every_benchmark_prints_its_table() -> None:
    command = [sys.executable, "-m", "benchmarks", "--small"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    for title in TITLES:
        assert title in result.stdout
    assert "Not measured" not in result.stdout


def test_the_page_on_size_names_what_is_run() -> None:
    """Each command beside a figure exists, takes these options, and runs here or on demand."""
    run = {each.__name__ for each in ALL}
    page = (ROOT / "docs" / "passage-a-l-echelle.md").read_text("utf-8")
    commands = [
        (line, *found)
        for line in page.splitlines()
        for found in re.findall(r"`python -m (benchmarks\.\w+)([^`]*)`", line)
    ]
    assert {module for _, module, _ in commands} >= run
    for line, module, options in commands:
        source = (ROOT / f"{module.replace('.', '/')}.py").read_text("utf-8")
        assert module in run or "à la demande" in line
        assert all(f'"{option}"' in source for option in re.findall(r"--\w+", options))
