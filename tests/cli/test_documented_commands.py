"""Each command line that the documents show is one that runs, wherever it is typed."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

import config
from app import create_app
from tests.support.databases import NewDatabase
from tests.support.department import Department
from tests.support.people import settle_in

ROOT = Path(__file__).parent.parent.parent
DOCUMENTS = sorted(ROOT.glob("docs/*.md"))
LINE = re.compile(r"^(?: {4})?flask (.+)$")
FENCED_OR_INDENTED = re.compile(r"^```\w*\n(.*?)^```$|^((?: {4}.*\n)+)", re.MULTILINE | re.DOTALL)
# Where the documents keep things; here they are below a folder of the test.
ELSEWHERE = re.compile(r"(?<![\w/:.])/(?:var|srv|etc)(?=/)")
# It asks a network, which has tests of its own.
NOT_RUN = {"files": "tests/cli/test_files.py"}
USAGE_ERROR = 2


def documented() -> Iterator[tuple[str, str]]:
    """Go through what stands in blocks; inside a sentence, a command may be cut."""
    for document in DOCUMENTS:
        for fenced, indented in FENCED_OR_INDENTED.findall(document.read_text("utf-8")):
            for line in (fenced or indented).splitlines():
                found = LINE.match(line)
                if found:
                    yield document.name, found[1]


COMMANDS = sorted(set(documented()))


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, new_sqlite: NewDatabase) -> Iterator[Flask]:
    """A town whose instance is not where the commands are typed."""
    instance = tmp_path_factory.mktemp("elsewhere")
    app = create_app(config.Test(instance=instance, database_url=new_sqlite()))
    settle_in(app)
    yield app
    app.extensions["portail.engine"].dispose()


@pytest.fixture(scope="module")
def department(
    tmp_path_factory: pytest.TempPathFactory, new_sqlite: NewDatabase
) -> Iterator[Flask]:
    """The towns of one process, whose commands have a page of their own."""
    department = Department(tmp_path_factory.mktemp("towns"), new_sqlite)
    department.found("saint-exemple")
    department.open()
    assert department.lobby is not None
    yield department.lobby
    department.close()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where somebody types: neither the code nor the instance."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_documents_show_commands() -> None:
    assert len(COMMANDS) > 40
    assert {words.split()[0] for _, words in COMMANDS} >= {"demandes", "import", "mail", "backup"}
    for name, where in NOT_RUN.items():
        assert (ROOT / where).exists(), name


@pytest.mark.parametrize(("document", "line"), COMMANDS, ids=lambda value: value[:40])
def test_a_documented_command_runs(
    town: Flask, department: Flask, folder: Path, document: str, line: str
) -> None:
    """It may have nothing to do in this town; it is never a word that the portal does not know."""
    line = ELSEWHERE.sub(str(folder), line)
    words = shlex.split(line, comments=True)
    if "<" in words:
        words = words[: words.index("<")]
    for word in words:
        if re.fullmatch(r"[\w/.-]+\.(age|csv|gz|pdf|txt|zip)", word):
            Path(word).parent.mkdir(parents=True, exist_ok=True)
            Path(word).write_bytes(b"")
        elif word.startswith(str(folder)):
            Path(word).mkdir(parents=True, exist_ok=True)
    if words[0] in NOT_RUN:
        words.append("--help")
    many = words[0] in {"towns", "town", "all-towns"}
    result = (department if many else town).test_cli_runner().invoke(args=words, input="")
    assert result.exit_code != USAGE_ERROR, f"{document}: flask {line}\n{result.output}"
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
