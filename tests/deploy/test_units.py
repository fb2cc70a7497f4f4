"""The units of systemd: understood by it, closed to what they need not, true to the commands."""

import shutil
import subprocess
from pathlib import Path

import pytest
from flask import Flask

from tests.conftest import skip_or_fail
from tests.deploy import units
from tests.deploy.page import ROOT, commands
from tests.test_documentation import commands as flask_commands

UNITS = ROOT / "deploy" / "systemd"
SERVICES = sorted(UNITS.glob("*.service"))
ANALYZE = shutil.which("systemd-analyze")
# Of 10, by `systemd-analyze security`: « OK » is below 5.
MOST_EXPOSED = 1.5


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The units of one town, with programs that are there, as systemd asks."""
    if ANALYZE is None:
        skip_or_fail("systemd-analyze is not installed (Debian: systemd)")
    program = tmp_path / "program"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    for unit in UNITS.iterdir():
        text = unit.read_text("utf-8")
        for name in ("gunicorn", "flask", "python"):
            text = text.replace(f"/opt/portail/current/.venv/bin/{name}", str(program))
        (tmp_path / unit.name.replace("@", "@saint-exemple")).write_text(text, "utf-8")
    return tmp_path


def test_systemd_understands_them(installed: Path) -> None:
    """Each word of each unit."""
    found = [str(path) for path in installed.glob("portail*")]
    assert len(found) == 6
    outcome = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *found],
        capture_output=True,
        text=True,
        check=False,
    )
    ours = [line for line in outcome.stderr.splitlines() if "portail" in line]
    assert ours == []


@pytest.mark.parametrize("service", SERVICES, ids=lambda path: path.name)
def test_a_service_is_closed_to_what_it_needs_not(installed: Path, service: Path) -> None:
    """By systemd's own measure."""
    unit = installed / service.name.replace("@", "@saint-exemple")
    threshold = f"--threshold={MOST_EXPOSED * 10:.0f}"
    outcome = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", threshold, unit],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


@pytest.mark.parametrize("service", SERVICES, ids=lambda path: path.name)
def test_a_town_sees_its_own_folder_alone(service: Path) -> None:
    found = units.settings(service, "saint-exemple")
    assert found["User"] == ["portail"]
    assert found["TemporaryFileSystem"] == ["/var/lib/portail:ro"]
    assert found["BindPaths"] == ["/var/lib/portail/saint-exemple"]
    assert found["Environment"] == [
        "PORTAIL_INSTANCE=/var/lib/portail/saint-exemple XDG_CACHE_HOME=/tmp"
    ]
    assert not any("/" in each and "@" in each for each in found)


def test_each_command_of_a_unit_or_of_the_page_exists(app_without_database: Flask) -> None:
    """And is called as the portal calls it."""
    ours = {name for name, _ in flask_commands(app_without_database)}
    typed = [each.partition("portail saint-exemple ")[2] for each in commands()]
    for service in SERVICES:
        typed += [
            each.partition("--app wsgi ")[2] for each in units.settings(service, "x")["ExecStart"]
        ]
    called = [each.split() for each in typed if each]
    assert called
    for words in called:
        assert words[0] in ours
        group = any(name.startswith(f"{words[0]} ") for name in ours)
        assert not group or words[0] == "backup" or " ".join(words[:2]) in ours
