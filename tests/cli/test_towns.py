"""Whoever hosts many towns gives a command to one, or to all."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result

from app import db
from app.cli.towns import OF_MANY, watcher_of
from app.mailer.courier import EXTENSION as COURIER
from app.models import Throttle
from app.services.mail.kinds import MailKind
from app.towns.watching import Rounds
from tests.support.databases import NewDatabase
from tests.support.department import Department
from tests.support.mail_room import ask
from tests.support.page_checks.language import ENGLISH, typography_faults
from tests.support.people import settle_in
from tests.support.waiting import wait_for

ROOT = Path(__file__).parents[2]
LONG_ENOUGH = 60


@pytest.fixture
def department(tmp_path: Path, new_sqlite: NewDatabase) -> Iterator[Department]:
    """Three towns, the second of which cannot serve."""
    department = Department(tmp_path / "towns", new_sqlite)
    department.found("allex", mail_backend="file")
    department.found("bourdeaux", smtp_port=0)
    department.found("crest", mail_backend="file")
    department.open(PORTAIL_MAIL_ALLOW_INSECURE="1")
    yield department
    department.close()


def run(department: Department, *words: str) -> Result:
    """Type `flask` and these words."""
    assert department.lobby is not None
    return department.lobby.test_cli_runner().invoke(args=list(words))


def leave_something_to_purge(department: Department, *names: str) -> None:
    """Have a counter run out in a town."""
    yesterday = datetime.now(UTC) - timedelta(days=1)
    for name in names:
        with department.town(name).app().app_context(), db.transaction() as session:
            session.add(Throttle(key=f"key of {name}", expires_at=yesterday))


def test_a_command_for_one_town_is_of_that_town(department: Department) -> None:
    leave_something_to_purge(department, "allex", "crest")
    result = run(department, "town", "crest", "purge")
    assert (result.exit_code, result.output) == (0, "Effacé : 1\u00a0compteur d’essais.\n")
    assert run(department, "town", "crest", "purge").output == "Rien à effacer.\n"
    assert "1\u00a0compteur" in run(department, "town", "allex", "purge").output


def test_a_command_for_all_is_done_in_each(department: Department) -> None:
    """The one that cannot is named at the end, and the status says so."""
    leave_something_to_purge(department, "allex", "crest")
    result = run(department, "all-towns", "purge")
    assert result.exit_code == 1
    done = [line for line in result.output.splitlines() if line.startswith(("—", "Effacé"))]
    erased = "Effacé : 1\u00a0compteur d’essais."
    assert done == ["— allex", erased, "— bourdeaux", "— crest", erased]
    assert "bourdeaux ne peut pas servir\u00a0: PORTAIL_SMTP_PORT" in result.output
    assert "1\u00a0commune en échec\u00a0: bourdeaux." in result.output


def test_the_status_of_a_command_is_that_of_its_town(department: Department) -> None:
    assert run(department, "town", "allex", "mail", "retry").exit_code == 2
    assert run(department, "town", "allex", "mail", "list").exit_code == 0
    assert "Usage" in run(department, "town", "allex", "mail", "--help").output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("town", "cret", "purge"), "vouliez-vous dire crest"),
        (("purge",), "flask town NOM purge, ou flask all-towns purge"),
        (("nothing",), "nothing"),
    ],
)
def test_what_names_no_town_is_said(
    department: Department, words: tuple[str, ...], said: str
) -> None:
    result = run(department, *words)
    assert result.exit_code == 2
    assert said in result.output


def test_the_towns_are_listed_with_their_trouble(department: Department) -> None:
    result = run(department, "towns")
    assert result.exit_code == 1
    first, second, third = result.output.splitlines()
    assert (first, third) == ("allex  allex.exemple.fr", "crest  crest.exemple.fr")
    assert "EN PANNE\u00a0: PORTAIL_SMTP_PORT" in second
    assert "Portail famille" in run(department, "version").output


def test_one_worker_sends_the_mails_of_all(department: Department) -> None:
    """Whichever town they are of; the one that cannot serve holds nobody up."""
    people = {}
    for name in ("allex", "crest"):
        app = department.town(name).app()
        people[name] = settle_in(app).zest
        with app.app_context():
            ask(people[name].identifier, MailKind.CREDENTIALS)
    rounds = Rounds(department.towns.all, watcher_of(COURIER), threads=2)
    rounds.start()
    folders = [department.folder / name / "mail" for name in people]
    try:
        wait_for(lambda: all(list(each.glob("*.eml")) for each in folders), "a mail stayed")
    finally:
        rounds.stop()
    for name, folder in zip(people, folders, strict=True):
        [mail] = [path.read_text("utf-8") for path in folder.glob("*.eml")]
        assert f"http://{name}.exemple.fr" in mail.replace("=\n", "")


def test_a_process_of_all_towns_starts_and_stops_as_one(
    tmp_path: Path, new_sqlite: NewDatabase
) -> None:
    """What systemd runs: nothing of it is a test's own."""
    department = Department(tmp_path / "towns", new_sqlite)
    department.found("allex")
    command = [sys.executable, "-m", "flask", "--app", "wsgi"]
    process = subprocess.Popen(
        [*command, "all-towns", "mail", "deliver", "--watch"],
        cwd=ROOT, env={"PORTAIL_TOWNS": str(department.folder), "PORTAIL_ENV": "test"},
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout
    assert "de 1\u00a0commune." in process.stdout.readline()
    process.terminate()
    said = process.stdout.read()
    assert (process.wait(LONG_ENOUGH), "Arrêté" in said) == (0, True)
    process.stdout.close()


def test_a_town_is_added_by_one_command(department: Department) -> None:
    """Its folder is made among the others; it is migrated once the process has read it."""
    folder = department.folder / "die"
    created = run(
        department, "instance", "create", str(folder), "--defaults",
        "--town-name", "Die", "--public-url", "https://die.exemple.fr",
    )  # fmt: skip
    assert created.exit_code == 0, created.output
    department.close()
    lobby = department.open(PORTAIL_MAIL_ALLOW_INSECURE="1")
    migrated = run(department, "town", "die", "db", "upgrade")
    assert migrated.exit_code == 0, migrated.output
    answer = lobby.test_client().get("/connexion", base_url="https://die.exemple.fr")
    assert (answer.status_code, "Die" in answer.text) == (200, True)


def test_these_commands_speak_french() -> None:
    for command in OF_MANY:
        assert command.help
        assert not list(typography_faults(command.help))
        assert not ENGLISH.search(command.help)
