"""The units of systemd: understood by it, closed to what they need not, true to the commands."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from flask import Flask

from tests.conftest import skip_or_fail
from tests.deploy import units
from tests.deploy.page import ROOT, TOWNS, commands
from tests.test_documentation import commands as flask_commands

UNITS = ROOT / "deploy" / "systemd"
SERVICES = sorted(UNITS.glob("*.service"))
ADDITIONS = UNITS / "communes"
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
    for unit in [each for each in UNITS.iterdir() if each.is_file()]:
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
def test_a_service_runs_what_the_page_installs(service: Path) -> None:
    """And a shell: the smallest Debian has nothing more, not even /bin/kill."""
    found = units.settings(service, "saint-exemple")
    programs = {each.split()[0] for each in (*found["ExecStart"], *found.get("ExecReload", []))}
    others = {each for each in programs if not each.startswith("/opt/portail/current/")}
    assert others <= {"/bin/sh"}


@pytest.mark.parametrize("service", SERVICES, ids=lambda path: path.name)
def test_a_town_sees_its_own_folder_alone(service: Path) -> None:
    found = units.settings(service, "saint-exemple")
    assert found["User"] == ["portail"]
    assert found["TemporaryFileSystem"] == ["/var/lib/portail:ro"]
    assert found["BindPaths"] == ["/var/lib/portail/saint-exemple"]
    own, *others = found["Environment"]
    assert own == "PORTAIL_INSTANCE=/var/lib/portail/saint-exemple XDG_CACHE_HOME=/tmp"
    assert others in ([], ["MALLOC_ARENA_MAX=2 PYTHONNODEBUGRANGES=1"])
    assert not any("/" in each and "@" in each for each in found)


@pytest.mark.parametrize("service", SERVICES, ids=lambda path: path.name)
def test_all_towns_of_a_folder_are_served_by_the_same_units(installed: Path, service: Path) -> None:
    """As closed as for one town: what is added says which folder, and for all."""
    name = service.name.removesuffix("@.service")
    addition = ADDITIONS / f"{name}.conf"
    one, all_ = units.settings(service, "isere"), units.settings(service, "isere", addition)
    changed = {key for key in all_ if all_[key] != one.get(key)}
    assert changed <= {"Environment", "ExecStart", "MemoryMax"}
    assert all_["Environment"][-1] == "PORTAIL_INSTANCE= PORTAIL_TOWNS=/var/lib/portail/isere"
    gunicorn, commands_ = "gunicorn" in all_["ExecStart"][0], " all-towns " in all_["ExecStart"][0]
    assert gunicorn != commands_
    folder = installed / f"{name}@saint-exemple.service.d"
    folder.mkdir()
    text = addition.read_text("utf-8")
    program = str(installed / "program")
    (folder / "communes.conf").write_text(
        text.replace("/opt/portail/current/.venv/bin/flask", program)
    )
    outcome = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", installed / f"{name}@saint-exemple.service"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert [line for line in outcome.stderr.splitlines() if "portail" in line] == []


def test_each_command_of_a_unit_or_of_the_page_exists(app_without_database: Flask) -> None:
    """And is called as the portal calls it."""
    ours = {name for name, _ in flask_commands(app_without_database)}
    typed = [each.partition("portail saint-exemple ")[2] for each in commands()]
    typed += [each.partition("portail isere all-towns ")[2] for each in commands(TOWNS)]
    typed += [re.sub(r".*portail isere town \S+ |.*", "", each) for each in commands(TOWNS)]
    for service in SERVICES:
        addition = ADDITIONS / service.name.replace("@.service", ".conf")
        for found in (units.settings(service, "x"), units.settings(service, "x", addition)):
            [command] = found["ExecStart"]
            typed.append(command.partition("--app wsgi ")[2].removeprefix("all-towns "))
    called = [each.split() for each in typed if each]
    assert called
    for words in called:
        assert words[0] in ours
        group = any(name.startswith(f"{words[0]} ") for name in ours)
        assert not group or words[0] == "backup" or " ".join(words[:2]) in ours
