"""What a public project shows of itself, by the tools that read it elsewhere."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from app.version import VERSION

ROOT = Path(__file__).parent.parent
RELEASED = re.compile(r"^## (\d+\.\d+\.\d+) – (\d{4}-\d\d-\d\d)$", re.MULTILINE)
SCHEMAS = [
    ("--builtin-schema=vendor.github-workflows", ".github/workflows/test.yml"),
    ("--builtin-schema=vendor.github-workflows", ".github/workflows/release.yml"),
    ("--builtin-schema=vendor.github-issue-config", ".github/ISSUE_TEMPLATE/config.yml"),
    ("--builtin-schema=vendor.github-issue-forms", ".github/ISSUE_TEMPLATE/defaut.yml"),
    ("--builtin-schema=vendor.github-issue-forms", ".github/ISSUE_TEMPLATE/besoin.yml"),
    ("--schemafile=tests/publiccode.schema.json", "publiccode.yml"),
]


@pytest.mark.parametrize(("schema", "file"), SCHEMAS)
def test_a_forge_or_a_catalogue_reads_it(schema: str, file: str) -> None:
    command = [str(Path(sys.executable).with_name("check-jsonschema")), schema, file]
    read = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert read.returncode == 0, read.stdout + read.stderr


def test_every_yaml_of_the_forge_has_its_schema() -> None:
    """A form that is added has its line above."""
    there = {str(path.relative_to(ROOT)) for path in ROOT.glob(".github/**/*.yml")}
    assert there == {file for _, file in SCHEMAS} - {"publiccode.yml"}


def test_the_catalogue_says_the_version_of_the_changelog() -> None:
    said = yaml.safe_load((ROOT / "publiccode.yml").read_text("utf-8"))
    version, day = RELEASED.findall((ROOT / "CHANGELOG.md").read_text("utf-8"))[0]
    assert (said["softwareVersion"], said["releaseDate"]) == (version, day)
    assert version == VERSION


def test_the_forge_runs_what_anybody_runs() -> None:
    """On each Python that the package is for, and on the newest."""
    workflow = yaml.safe_load((ROOT / ".github/workflows/test.yml").read_text("utf-8"))
    job = workflow["jobs"]["test"]
    assert [step["run"] for step in job["steps"] if "run" in step] == [".ci/run"]
    assert job["strategy"]["matrix"]["python"][0] == "3.11"
    assert job["strategy"]["matrix"]["python"][-1] == "3"


def test_nothing_is_released_that_did_not_pass() -> None:
    """A tag is published, with what it tells, once the tests of the forge have passed on it."""
    workflow = yaml.safe_load((ROOT / ".github/workflows/release.yml").read_text("utf-8"))
    jobs = workflow["jobs"]
    assert jobs["test"]["uses"] == "./.github/workflows/test.yml"
    assert jobs["publish"]["needs"] == "test"
    [step] = jobs["publish"]["steps"]
    assert {"--verify-tag", "--notes-from-tag"} <= set(step["run"].split())


@pytest.mark.parametrize("name", ["SECURITY.md", "CODE_OF_CONDUCT.md", "CONTRIBUTING.md"])
def test_whoever_comes_knows_whom_to_turn_to(name: str) -> None:
    """A forge shows it by this name; the README leads there too."""
    assert (ROOT / name).stat().st_size > 500
    assert f"]({name})" in (ROOT / "README.md").read_text("utf-8")


def test_a_commit_is_checked_by_what_make_check_runs() -> None:
    """Hooks are the tools of the environment, at the versions that are locked."""
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))["repos"]
    check = (ROOT / "Makefile").read_text("utf-8").partition("\ncheck:")[2].partition("\n\n")[0]
    tools = set(re.findall(r"\$\(BIN\)/(\w+)", check))
    for hook in (each for repo in hooks for each in repo["hooks"]):
        assert hook["entry"].split()[0].removeprefix(".venv/bin/") in tools
