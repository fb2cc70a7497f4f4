"""The Nu HTML checker, the W3C's own, finds nothing on any page in any state.

Nor do the two parsers of tests/support/page_checks disagree on any.
"""

import json
import re
import shutil
import subprocess
from pathlib import Path

from bs4 import BeautifulSoup

from tests.conftest import skip_or_fail
from tests.support.gallery import Screen
from tests.support.page_checks.subject import read

CHECKER = Path(__file__).parents[1] / "nu/node_modules/vnu-jar/build/dist/vnu.jar"


def test_the_html_checker_finds_nothing(gallery: list[Screen], tmp_path: Path) -> None:
    java = shutil.which("java")
    if java is None or not CHECKER.exists():
        skip_or_fail("the Nu HTML checker is not installed (make system)")
    for screen in gallery:
        name = re.sub(r"\W+", "-", screen.name)
        (tmp_path / f"{name}.html").write_text(screen.body, "utf-8")
    command = [str(java), "-jar", str(CHECKER), "--format", "json", "--skip-non-html", "."]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    messages = json.loads(result.stderr)["messages"]
    found = [
        f"{Path(message['url']).stem}: {message['type']}: {message['message']}"
        for message in messages
    ]
    assert "\n".join(found) == ""


def test_the_fast_parser_makes_the_same_trees(gallery: list[Screen]) -> None:
    """Tests read pages with html5ever; html5lib, slow and older, says whether it may be trusted."""
    for screen in gallery:
        slowly = BeautifulSoup(screen.body, "html5lib")
        assert read(screen.body) == slowly, screen.name
        assert str(read(screen.body)) == str(slowly), screen.name
