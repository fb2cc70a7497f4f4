"""The benchmarks run; what they measure is another matter, for a quiet machine."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
TITLES = (
    "Instructions a request",
    "Pages in a town",
    "Import of",
    "Mail:",
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
