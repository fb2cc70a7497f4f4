"""Root is turned away from somebody else's instance: its files would be closed to the portal."""

import os
import pwd
import subprocess
import sys
from pathlib import Path

import pytest

from configuring.ownership import owner_behind_root
from tests.conftest import skip_or_fail

ROOT = Path(__file__).parent.parent
SOMEBODY = pwd.getpwnam("nobody")


@pytest.fixture
def of_somebody(tmp_path: Path) -> Path:
    """An instance that is not root's."""
    if os.geteuid() != 0:
        skip_or_fail("only root can give an instance to somebody else")
    os.chown(tmp_path, SOMEBODY.pw_uid, SOMEBODY.pw_gid)
    return tmp_path


def flask(instance: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", *words],
        cwd=ROOT, env={"PORTAIL_INSTANCE": str(instance)}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip


def test_root_makes_no_file_of_somebody_else_s_portal(of_somebody: Path) -> None:
    """`flask demo` as root: one sentence says under whose name, and nothing was written."""
    refused = flask(of_somebody, "demo")
    assert refused.returncode != 0
    assert f"runuser -u {SOMEBODY.pw_name} --" in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert list(of_somebody.iterdir()) == []


def test_a_database_of_somebody_else_counts_too(of_somebody: Path) -> None:
    """The folder is root's, as a volume may be; the file in it is the portal's."""
    os.chown(of_somebody, 0, 0)
    assert owner_behind_root(of_somebody) == ""
    database = of_somebody / "portail.db"
    database.touch()
    os.chown(database, SOMEBODY.pw_uid, SOMEBODY.pw_gid)
    assert owner_behind_root(of_somebody) == SOMEBODY.pw_name
    os.chown(database, 54321, 54321)
    assert owner_behind_root(of_somebody) == "#54321"


def test_others_are_not_root(of_somebody: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its owner uses it; whoever may not write there is told so by the system."""
    monkeypatch.setattr(os, "geteuid", lambda: SOMEBODY.pw_uid)
    assert owner_behind_root(of_somebody) == ""
