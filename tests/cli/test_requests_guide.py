"""docs/demandes.md tells a secretary what the commands do."""

import re
import shlex
from pathlib import Path

from flask import Flask

from app.models import RequestState
from app.services.requests.kinds import KINDS
from app.services.requests.moving import state_words
from tests.services.requests.conftest import send, signed_in
from tests.support.people import People

GUIDE = (Path(__file__).parents[2] / "docs" / "demandes.md").read_text("utf-8")


def test_every_command_of_the_guide_works(app: Flask, people: People) -> None:
    """Typed as it is written, one after the other, for three requests that are there."""
    with app.app_context():
        zest = signed_in(people.zest)
        numbers = {shown: str(send(zest, key=shown * 16).number) for shown in ("12", "13", "14")}
    commands = [
        line
        for block in re.findall(r"```console\n(.*?)```", GUIDE, re.DOTALL)
        for line in block.splitlines()
    ]
    assert len(commands) == 11
    for command in commands:
        program, *words = shlex.split(command, comments=True)
        assert program == "flask"
        result = app.test_cli_runner().invoke(args=[numbers.get(word, word) for word in words])
        assert result.exit_code == 0, (command, result.output)
    listed = app.test_cli_runner().invoke(args=["demandes", "list", "--all"]).output
    assert re.findall("Acceptée|Refusée", listed) == ["Refusée", "Acceptée", "Acceptée"]


def test_the_guide_names_every_state_and_every_kind() -> None:
    """As the screens do, with the days within which an answer is promised."""
    for words in {state_words(kind.key, state) for kind in KINDS for state in RequestState}:
        assert f"« {words} »" in GUIDE
    told = re.findall(r"^\| `([\w-]+)` \| (.+) \| (\d+) jours? ouvrés? \|$", GUIDE, re.MULTILINE)
    assert told == [(kind.slug, kind.label, str(kind.usual_days)) for kind in KINDS]
