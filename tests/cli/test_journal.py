"""Whoever answers for the portal reads who did what, and when."""

import ast
import csv
import io
import json
import re
import shlex
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import update

from app import db, services
from app.models import JournalEntry
from app.services import journal, noted_acts
from app.services.accounts import signing_in
from app.services.actors import Clerk, Command, Origin, Stranger
from app.services.families.lookup import open_families
from app.services.town_hall.act_words import DETAILS, IN_COLUMNS, told
from tests.support.people import People

pytestmark = pytest.mark.both_databases

DOCUMENT = Path(__file__).parents[2] / "docs" / "supervision.md"
HOME = Origin("192.0.2.7", "0123456789abcdef")
ELSEWHERE = Origin("198.51.100.9", "fedcba9876543210")
UNKNOWN = "99999999"


@pytest.fixture
def a_day(app: Flask, people: People) -> Flask:
    """Zest and Inès try to sign in, so does somebody unknown; a clerk and a command act."""
    with app.app_context():
        signing_in.sign_in(people.zest.identifier, "Faux12345", HOME)
        signing_in.sign_in(people.zest.identifier, people.zest.password or "", HOME)
        signing_in.sign_in(people.ines.identifier, "Faux12345", ELSEWHERE)
        signing_in.sign_in(UNKNOWN, "Faux12345", ELSEWHERE)
        [family] = open_families(people.zest.family_number)
        with db.transaction() as session:
            aline = Clerk("Aline MAIRE")
            journal.record_of_family(session, "child_taken_out", aline, family, child="1")
            journal.record(session, "import", Command("cron"), None, source="=cmd|2026")
    return app


def read(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=["journal", *arguments])


def lines(app: Flask, *arguments: str) -> list[dict[str, object]]:
    """Read the acts as a program does."""
    result = read(app, *arguments, "--format", "json")
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def kinds(app: Flask, *arguments: str) -> list[object]:
    return [line["kind"] for line in lines(app, *arguments)]


def test_the_latest_comes_first_in_french(a_day: Flask, people: People) -> None:
    """On a screen: words, whose, from where, which request."""
    first, _, third, *_ = read(a_day).stdout.splitlines()
    assert first.split() == [
        "Quand", "Acte", "Identifiant", "Famille", "Par", "Depuis", "Requête", "Détails",
    ]  # fmt: skip
    assert "enfant retiré d’une famille par la mairie" in third
    assert people.zest.family_number in third
    assert "Aline MAIRE" in third
    failed = read(a_day, "--kind", "échec de connexion", "--identifier", people.zest.identifier)
    assert f"échec de connexion  {people.zest.identifier}" in failed.stdout
    assert HOME.address in failed.stdout
    assert HOME.request_id in failed.stdout


def test_a_family_s_acts_are_of_nobody_else(a_day: Flask, people: People) -> None:
    """Asked about Zest, nothing of Inès is told, nor of whoever typed what nobody has."""
    asked = read(a_day, "--family", people.zest.family_number, "--format", "json").stdout
    assert kinds(a_day, "--family", people.zest.family_number) == [
        "child_taken_out",
        "signed_in",
        "sign_in_failed",
    ]
    for hidden in (people.ines.identifier, people.ines.family_number, UNKNOWN, ELSEWHERE.address):
        assert hidden not in asked
    assert kinds(a_day, "--identifier", people.ines.identifier) == ["sign_in_failed"]


def test_what_nobody_has_is_found_as_it_was_typed(a_day: Flask) -> None:
    [failed] = lines(a_day, "--identifier", UNKNOWN)
    assert (failed["account"], failed["identifier"]) == (None, UNKNOWN)


def test_acts_are_found_by_what_and_who(a_day: Flask, people: People) -> None:
    """A clerk's name is found however it is typed; an account by the number that the log has."""
    assert kinds(a_day, "--actor", "aline maire") == ["child_taken_out"]
    assert kinds(a_day, "--kind", "import", "--kind", "signed_in") == ["import", "signed_in"]
    assert kinds(a_day, "--limit", "1") == ["import"]
    [signed_in] = lines(a_day, "--kind", "connexion")
    assert "sign_in_failed" in kinds(a_day, "--account", str(signed_in["account"]))


def test_acts_are_found_by_when(a_day: Flask) -> None:
    """Days and hours are the town's: 23:30 in UTC is the next day in Paris."""
    with a_day.app_context(), db.transaction() as session:
        late = datetime(2026, 11, 26, 23, 30, tzinfo=UTC)
        session.execute(update(JournalEntry).where(JournalEntry.event == "import").values(at=late))
        early = datetime(2026, 11, 20, tzinfo=UTC)
        session.execute(update(JournalEntry).where(JournalEntry.event != "import").values(at=early))
    for since, until in (
        ("2026-11-27", "27/11/2026"),
        ("27/11/2026 00:30", "2026-11-27T00:31"),
    ):
        assert kinds(a_day, "--since", since, "--until", until) == ["import"]
    assert kinds(a_day, "--since", "2026-11-27 00:31") == []
    assert "import" not in kinds(a_day, "--until", "2026-11-26")


def test_a_spreadsheet_opens_it(a_day: Flask) -> None:
    """Accents, columns, and no cell that it would calculate."""
    written = read(a_day, "--format", "csv").stdout
    heading, *rows = csv.reader(io.StringIO(written.removeprefix("\ufeff")), delimiter=";")
    assert written.startswith("\ufeff")
    assert heading[:2] == ["Quand", "Acte"]
    assert len(rows) == 6
    assert all(not cell.startswith(("=", "+", "@")) for row in rows for cell in row)


def test_a_slip_is_told(app: Flask) -> None:
    """What is no date and no act says what would be one."""
    for slip, words in (
        (("--since", "hier"), "n’est pas une date"),
        (("--kind", "danse"), "flask journal --kinds"),
    ):
        result = read(app, *slip)
        assert result.exit_code == 2
        assert words in result.stderr
    shown = read(app, "--kinds")
    assert shown.exit_code == 0
    assert len(shown.stdout.splitlines()) == len(noted_acts.ACTS)


def test_the_examples_of_the_document_work(a_day: Flask) -> None:
    """Whoever copies a line of docs/supervision.md gets an answer."""
    examples = re.findall(
        r"^flask journal (.+?)(?: +#.*)?$", DOCUMENT.read_text("utf-8"), re.MULTILINE
    )
    assert len(examples) > 3
    for example in examples:
        result = read(a_day, *shlex.split(example))
        assert result.exit_code == 0, f"{example}: {result.output}"


def test_nothing_is_said_to_be_nothing(app: Flask) -> None:
    assert read(app).stdout == "Aucun acte.\n"


def test_a_forged_name_stays_on_its_line(app: Flask) -> None:
    """A name with an escape sequence moves no cursor of whoever reads."""
    with app.app_context(), db.transaction() as session:
        actor = Clerk("Aline\x1b[2J\nmairie")
        journal.record(session, "purge", actor, None, files="1")
        journal.record(session, "purge", Stranger(HOME), None, files="2")
    shown = read(app).stdout
    assert "\x1b" not in shown
    assert len(shown.splitlines()) == 3


def test_each_detail_has_a_french_name() -> None:
    """Whatever services note beside an act is read by its own name otherwise, in English."""
    noted = set()
    for path in Path(services.__path__[0]).rglob("*.py"):
        for each in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(each, ast.FunctionDef):
                noted |= _noted_by(each)
    assert noted - set(DETAILS) - set(IN_COLUMNS) == set()
    assert {"reason", "families", "removed", "rows_back"} <= noted


def _noted_by(function: ast.FunctionDef) -> set[str]:
    """Name the details that it notes: by keyword, or in a dictionary of its own that it spreads."""
    noted, written, spreads = set(), set(), False
    for each in ast.walk(function):
        match each:
            case ast.Call() if ast.unparse(each.func).startswith("journal.record"):
                noted |= {keyword.arg for keyword in each.keywords if keyword.arg}
                spreads |= any(keyword.arg is None for keyword in each.keywords)
            case ast.Assign(targets=[ast.Name()], value=ast.Dict(keys=keys)):
                written |= {str(key.value) for key in keys if isinstance(key, ast.Constant)}
    return noted | written if spreads else noted


def test_what_stands_in_a_list_of_words_is_read_in_french() -> None:
    """One or several, as they were noted; what stands in none is as it is."""
    noted = {"audience": "all", "roles": "regie, secretariat", "mails": "messages,invoices"}
    assert list(told(noted | {"source": "a,b.zip"})) == [
        "pour\u00a0: toutes les familles",
        "rôles\u00a0: Régie, Secrétariat",
        "courriels\u00a0: messages, factures",
        "fichiers\u00a0: a,b.zip",
    ]
