"""The package: all of the portal is in the wheel, and it runs far from its clone."""

import os
import re
import subprocess
import sys
import tomllib
import venv
from pathlib import Path
from zipfile import ZipFile

import pytest
from uv import find_uv_bin

from app.version import VERSION

ROOT = Path(__file__).parent.parent
# What would lead an installed portal back to this clone, or to its town.
SETTINGS = ("PORTAIL_", "PYTHON", "FLASK")
# Where each part of the clone lies in the wheel.
PLACES = {
    "app": "app",
    "config.py": "config.py",
    "configuring": "configuring",
    "wsgi.py": "wsgi.py",
    "demo": "app/demo",
    "migrations": "app/migrations",
}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this clone, built without the network."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel"]
    subprocess.run([*command, "--directory", folder], cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.iterdir()
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python that has this wheel, and the packages of the one that runs the tests."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, symlinks=True)
    python = folder / "bin" / "python"
    command = [find_uv_bin(), "pip", "install", "--quiet", "--offline", "--no-deps", "--python"]
    subprocess.run([*command, python, wheel], check=True, capture_output=True)
    (packages,) = folder.glob("lib/*/site-packages")
    ours = [path for path in sys.path if path.endswith("site-packages")]
    (packages / "packages_of_the_tests.pth").write_text("\n".join(ours))
    return python


def run(python: Path, folder: Path, *words: str) -> str:
    """Run a command in a folder, with no setting, as somebody who has just installed it."""
    environ = {name: os.environ[name] for name in os.environ if not name.startswith(SETTINGS)}
    return subprocess.run(
        [python, *words], cwd=folder, env=environ, check=True, capture_output=True, text=True
    ).stdout


def test_all_that_the_portal_needs_is_in_the_wheel(wheel: Path) -> None:
    """Migrations, templates, translations, lists, the demonstration town: all that git keeps."""
    tracked = subprocess.check_output(["git", "ls-files", *PLACES], cwd=ROOT, text=True)
    packed = set(ZipFile(wheel).namelist())
    missing = [
        name
        for name in tracked.splitlines()
        for part in [name.partition("/")[0]]
        if name.replace(part, PLACES[part], 1) not in packed
    ]
    assert missing == []


def test_nothing_else_is(wheel: Path) -> None:
    """No test, no benchmark, nobody's instance folder lies among the packages of a machine."""
    about = f"portail_famille-{VERSION}.dist-info"
    tops = {name.partition("/")[0] for name in ZipFile(wheel).namelist()}
    assert tops == {"app", "config.py", "configuring", "wsgi.py", about}


def test_an_installed_portal_says_its_version(installed: Path, tmp_path: Path) -> None:
    shown = run(installed, tmp_path, "-m", "flask", "--app", "wsgi", "version")
    assert shown.startswith(f"Portail famille {VERSION}\n")
    found = "from importlib import metadata; print(metadata.version('portail-famille'))"
    assert run(installed, tmp_path, "-c", found) == f"{VERSION}\n"


def test_an_installed_portal_keeps_its_town_where_it_was_started(
    installed: Path, tmp_path: Path
) -> None:
    """In an empty folder, the demonstration town; nothing is written among the packages."""
    shown = run(installed, tmp_path, "-m", "flask", "--app", "wsgi", "demo")
    assert "La ville de démonstration est prête." in shown
    instance = tmp_path / "instance"
    assert (instance / "portail.db").stat().st_size
    assert list((instance / "photos").iterdir())
    (packages,) = installed.parent.parent.glob("lib/*/site-packages")
    assert not (packages / "instance").exists()


CONFTEST = """
import pytest, config
from app import create_app

@pytest.fixture
def app(tmp_path):
    return create_app(config.Test(instance=tmp_path))
"""
TESTED = """
def test_no_mail_left_yet(app, outbox):
    assert len(outbox) == 0
"""


def test_a_tester_of_an_installed_portal_has_the_mails(installed: Path, tmp_path: Path) -> None:
    """No line names the plugin: pytest finds it among the packages."""
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "test_mails.py").write_text(TESTED)
    assert "1 passed" in run(installed, tmp_path, "-m", "pytest", "-q", "-p", "no:playwright")


LOCKS = ["requirements.txt", "requirements-full.txt", "requirements-dev.txt"]


@pytest.mark.parametrize("lock", LOCKS)
def test_the_locks_hold_what_the_project_asks_for(lock: str) -> None:
    """Whoever adds a package to pyproject.toml runs `make lock`; no lock names a registry."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    asked = set(project["project"]["dependencies"])
    if lock != "requirements.txt":
        asked.update(*project["project"]["optional-dependencies"].values())
    if lock == "requirements-dev.txt":
        asked |= set(project["dependency-groups"]["dev"])
    text = (ROOT / lock).read_text("utf-8")
    locked = set(re.findall(r"^([a-z0-9-]+)(?:\[\w+\])?==", text, re.MULTILINE))
    assert {re.split(r"[\[<>=]", name)[0].lower() for name in asked} - locked == set()
    assert "://" not in text


def test_the_locks_hold_the_same_versions() -> None:
    """The tests run on what a town runs."""
    run_on, in_full, tested = (
        set(re.findall(r"^[a-z0-9-]+\S*==\S+", (ROOT / name).read_text("utf-8"), re.MULTILINE))
        for name in LOCKS
    )
    assert run_on < in_full < tested
