"""Whoever releases types one command; whoever installs finds the number and what changed."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from app.version import VERSION

ROOT = Path(__file__).parent.parent
FILES = ("CHANGELOG.md", "app/version.py", "publiccode.yml", ".ci/release.py")
NEXT = "17.4.0"
NEWS = "### Pour les familles\n\n- Le portail chante."


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The project, as far as a release concerns it, with something new to tell."""
    for name in FILES:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    tell(tmp_path, NEWS)
    git(tmp_path, "init", "--quiet")
    for name, value in (("name", "Camille"), ("email", "camille@exemple.fr")):
        git(tmp_path, "config", f"user.{name}", value)
    git(tmp_path, "config", "tag.gpgSign", "false")
    git(tmp_path, "config", "commit.gpgSign", "false")
    commit(tmp_path)
    return tmp_path


def tell(project: Path, news: str) -> None:
    """Have the changelog announce this, and this alone."""
    changelog = project / "CHANGELOG.md"
    announced = r"(## À venir\n\n).*?(?=\n## \d)"
    text = re.sub(announced, rf"\1{news}\n", changelog.read_text("utf-8"), flags=re.DOTALL)
    changelog.write_text(text, "utf-8")


def git(project: Path, *words: str) -> str:
    return subprocess.check_output(["git", "-C", str(project), *words], text=True)


def commit(project: Path) -> None:
    git(project, "add", ".")
    git(project, "commit", "--quiet", "--message", "Have something to tell")


def release(project: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(project / ".ci" / "release.py"), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_release_says_its_number_wherever_it_is_read(project: Path) -> None:
    assert release(project, NEXT).returncode == 0
    heading, day = re.findall(
        r"^## (\S+) – (.+)$", (project / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE
    )[0]
    assert heading == NEXT
    said = yaml.safe_load((project / "publiccode.yml").read_text("utf-8"))
    assert (said["softwareVersion"], said["releaseDate"]) == (NEXT, day)
    assert f'VERSION = "{NEXT}"' in (project / "app/version.py").read_text("utf-8")
    assert git(project, "status", "--porcelain") == ""


def test_its_tag_tells_what_changed(project: Path) -> None:
    """All of it, headings too, and nothing of the versions before; the next one starts empty."""
    release(project, NEXT)
    assert git(project, "describe", "--always").strip() == f"v{NEXT}"
    told = git(project, "tag", "--list", "--format=%(contents)", f"v{NEXT}")
    assert told.strip() == NEWS
    again = release(project, "17.5.0")
    assert again.stderr == "CHANGELOG.md has nothing under « À venir »\n"


@pytest.mark.parametrize(
    ("version", "said"),
    [
        ("", "A version is three numbers: 0.3.0"),
        ("v17.4.0", "A version is three numbers: 0.3.0"),
        (VERSION, f"{VERSION} does not come after {VERSION}"),
        ("0.0.9", f"0.0.9 does not come after {VERSION}"),
    ],
)
def test_a_number_that_is_none_changes_nothing(project: Path, version: str, said: str) -> None:
    refused = release(project, *version.split())
    assert (refused.returncode, refused.stderr.strip()) == (1, said)
    assert git(project, "status", "--porcelain") == ""
    assert git(project, "tag") == ""


def test_what_is_not_committed_is_not_released(project: Path) -> None:
    (project / "publiccode.yml").write_text("À relire", "utf-8")
    refused = release(project, NEXT)
    assert (refused.returncode, "git status" in refused.stderr) == (1, True)
    assert git(project, "tag") == ""
