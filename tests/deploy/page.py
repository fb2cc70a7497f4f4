"""The commands of the page that ops follow, in order, and what becomes of each in a test."""

import re
import shlex
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PAGE = ROOT / "docs" / "exploitation.md"
TWIN = ROOT / "docs" / "operations.md"
TOWNS = ROOT / "docs" / "plusieurs-communes.md"
HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)

# What no test may do to the machine that it runs on, or what is not there; the rest is run. On a
# Debian of its own all of it is, but for « docker »: test_fresh_debian, by `make soak`.
NOT_RUN = {
    "sudo apt-get": "installs on the machine: tests/system-packages.txt has the same packages",
    "sudo adduser": "makes users: another one stands for them",
    "sudo git": "asks a forge: the code is put there",
    "sudo python3 -m venv": "test_packaging makes environments",
    "sudo /opt/portail/1.0.0/.venv/bin/pip": "asks a registry: test_packaging installs",
    "sudo certbot": "asks an authority: a certificate of our own stands for its",
    "sudo journalctl": "the journal belongs to systemd",
    "docker": "needs an engine: test_containers runs what its files say",
}
# What tests have otherwise, or do without.
ELSEWHERE = frozenset({"age", "certbot", "curl", "git", "nginx", "python3-venv"})


def commands(page: Path = PAGE) -> list[str]:
    """List what is to be typed, from top to bottom."""
    return [
        line
        for block in BLOCK.findall(page.read_text("utf-8"))
        for line in block.splitlines()
        if line
    ]


def followed() -> list[str]:
    """List what makes a town of an empty machine, in order."""
    pieces = HEADING.split(PAGE.read_text("utf-8"))
    steps = [
        text for title, text in zip(pieces[1::2], pieces[2::2], strict=True) if title[0].isdigit()
    ]
    return [line for text in steps for block in BLOCK.findall(text) for line in block.splitlines()]


def section(page: Path, title: str) -> list[str]:
    """List what is to be typed below one heading."""
    pieces = HEADING.split(page.read_text("utf-8"))
    text = dict(zip(pieces[1::2], pieces[2::2], strict=True))[title]
    return [line for block in BLOCK.findall(text) for line in block.splitlines()]


def why_not_run(command: str) -> str:
    """Say why a command is not run; nothing when it is."""
    return next((why for start, why in NOT_RUN.items() if command.startswith(start)), "")


def words(command: str) -> list[str]:
    """Read a command as a shell would."""
    return shlex.split(command)
