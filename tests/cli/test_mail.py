"""Operators look after the mails from a terminal."""

import signal
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from click.testing import Result
from flask import Flask

from app.mailer.failures import PermanentFailure, TemporaryFailure
from app.models import MailState
from tests.support import job_room as jobs
from tests.support.mail_room import Scripted, ask, courier_of, deliver, rows, states
from tests.support.people import People

pytestmark = pytest.mark.both_databases


@pytest.fixture
def server(app: Flask, people: People) -> Scripted:
    """A mail server that tests command; mails leave when the test says so."""
    courier = courier_of(app)
    courier.mode = "worker"
    scripted = courier.backend = Scripted()
    return scripted


def launch(app: Flask, *arguments: str) -> Result:
    """Run `flask mail` with these words."""
    return app.test_cli_runner().invoke(args=["mail", *arguments])


@pytest.fixture
def waiting(app: Flask, people: People, server: Scripted) -> Iterator[Scripted]:
    """Three mails wait, and the server."""
    with app.app_context():
        for person in (people.zest, people.moreau, people.no_address):
            ask(person.identifier)
        yield server


def test_deliver_empties_the_queue(app: Flask, waiting: Scripted) -> None:
    """Everything that can leave leaves, and the status says so."""
    result = launch(app, "deliver")
    assert result.exit_code == 0
    assert result.output == "2 courriels partis.\n"
    assert len(waiting.sent) == 2


def test_deliver_says_what_could_not_leave(app: Flask, waiting: Scripted) -> None:
    """One refused, one to try again: told, with a status that is not zero."""
    waiting.failures = [PermanentFailure("Non"), TemporaryFailure("Plus tard")]
    result = launch(app, "deliver")
    assert result.exit_code == 1
    assert "1 courriel refusé." in result.output
    assert "1 courriel attend encore, prochain essai à " in result.output


def test_deliver_says_that_the_server_is_down(app: Flask, waiting: Scripted) -> None:
    """The server is down: the reason is said."""
    waiting.down = True
    result = launch(app, "deliver")
    assert result.exit_code == 1
    assert "Le serveur de courrier est en panne.\n" in result.output
    assert "3 courriels attendent encore, à essayer au prochain passage." in result.output


def test_deliver_does_not_end_well_while_mails_wait(app: Flask, waiting: Scripted) -> None:
    """Run again before the next try: nothing leaves, nothing fails, and yet a mail waits."""
    waiting.failures = [TemporaryFailure("Plus tard")]
    launch(app, "deliver")
    result = launch(app, "deliver")
    assert result.exit_code == 1
    assert "0 courriel parti." in result.output
    assert "1 courriel attend encore, prochain essai à " in result.output


def test_the_list_says_who_what_and_why(app: Flask, waiting: Scripted) -> None:
    """One line a mail, the newest first, with the error in plain words and no secret."""
    waiting.failures = [PermanentFailure("Adresse inconnue")]
    deliver(app)
    result = launch(app, "list")
    assert result.exit_code == 0
    heading, no_address, moreau, zest = result.output.splitlines()
    assert heading.split() == [
        "N°", "Identifiant", "Nom", "Adresse", "Courriel", "État", "Essais", "Quand", "Dernière",
        "erreur",
    ]  # fmt: skip
    assert "55000071" in no_address
    assert "sans adresse" in no_address
    assert "50000017" in moreau
    assert "parti" in moreau
    assert "PAYS ZEST    pays.zest@exemple.fr" in zest
    assert "identifiants perdus" in zest
    assert "refusé" in zest
    assert zest.endswith("Adresse inconnue")
    assert waiting.mails[0].temporary_password not in result.output


def test_the_list_may_leave_out_what_left(app: Flask, waiting: Scripted) -> None:
    """Operators look for trouble: only what did not leave is listed, and when it is tried again."""
    waiting.failures = [TemporaryFailure("Boîte pleine")]
    deliver(app)
    result = launch(app, "list", "--unsent")
    assert "50000017" not in result.output
    assert "en attente, nouvel essai à " in result.output


@pytest.mark.parametrize(
    "words", [["moreau"], ["MOREAU", "paul"], ["moreau@exemple"], ["50000017"]]
)
def test_somebody_s_mails_are_found(app: Flask, waiting: Scripted, words: list[str]) -> None:
    """« Je n’ai pas reçu le courriel », says Mme Moreau: by name, address or identifiant."""
    deliver(app)
    _heading, line = launch(app, "list", "--limit", "1", *words).output.splitlines()
    assert "50000017" in line
    assert "parti" in line
    assert len(waiting.sent) == 2


def test_nobody_of_that_name_has_a_mail(app: Flask, waiting: Scripted) -> None:
    """The name is another's: the list is empty, and says so."""
    assert launch(app, "list", "durand").output == "Aucun courriel.\n"
    assert waiting.sent == []


@pytest.mark.usefixtures("server")
def test_an_empty_list_says_so(app: Flask) -> None:
    """Nothing was ever sent."""
    assert launch(app, "list").output == "Aucun courriel.\n"


def test_a_refused_mail_leaves_after_a_retry(app: Flask, waiting: Scripted) -> None:
    """The address was corrected: the mail starts again from the beginning."""
    waiting.failures = [PermanentFailure("Adresse inconnue")]
    deliver(app)
    number = rows()[0].id
    result = launch(app, "retry", str(number))
    assert result.exit_code == 0
    assert result.output == "1 courriel dans la file d’envoi.\n"
    assert (rows()[0].state, rows()[0].attempts) == (MailState.QUEUED, 0)
    deliver(app)
    assert rows()[0].state is MailState.SENT


def test_retry_all_takes_up_what_failed_only(app: Flask, waiting: Scripted) -> None:
    """Refused and without address start again; what left stays."""
    waiting.failures = [PermanentFailure("Adresse inconnue")]
    deliver(app)
    assert "2 courriels" in launch(app, "retry", "--all").output
    assert states() == [MailState.QUEUED, MailState.SENT, MailState.QUEUED]


def test_what_left_is_not_sent_again(app: Flask, waiting: Scripted) -> None:
    """A wrong number is said, with a status that is not zero."""
    deliver(app)
    left = rows()[0].id
    unknown = left + 9999
    result = launch(app, "retry", str(left), str(unknown))
    assert result.exit_code == 1
    assert f"Déjà partis, en cours d’envoi ou inconnus\u00a0: {left}, {unknown}." in result.stderr
    deliver(app)
    assert len(waiting.sent) == 2


def test_a_retry_gives_a_whole_day_again(app: Flask, waiting: Scripted) -> None:
    """An operator takes a mail up the day after: one more failure does not end it at once."""
    waiting.failures = [PermanentFailure("Adresse inconnue")]
    deliver(app)
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=25)):
        launch(app, "retry", str(rows()[0].id))
        waiting.failures = [TemporaryFailure("Boîte pleine")]
        deliver(app)
    assert rows()[0].state is MailState.QUEUED


@pytest.mark.parametrize("arguments", [[], ["1", "--all"]])
def test_retry_wants_one_way_of_naming(app: Flask, arguments: list[str]) -> None:
    """Neither numbers nor --all, or both: a sentence says what to give."""
    result = launch(app, "retry", *arguments)
    assert result.exit_code == 2
    assert "Donnez des numéros" in result.output


def test_watch_sends_what_waits_and_ends_when_told(app: Flask, waiting: Scripted) -> None:
    """The worker runs as a service: it sends, does the jobs, then SIGTERM ends it cleanly."""
    courier = courier_of(app)
    handler = jobs.Scripted()
    jobs.hire(app, handler)
    jobs.workshop_of(app).mode = "worker"
    jobs.ask("beside the mails")
    operator = threading.Thread(target=stop_once_done, args=(waiting, 2, handler))
    operator.start()
    kept = [signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)]
    try:
        result = launch(app, "deliver", "--watch")
    finally:
        operator.join()
        signal.signal(signal.SIGTERM, kept[0])
        signal.signal(signal.SIGINT, kept[1])
    assert result.exit_code == 0
    assert "Arrêté" in result.output
    assert len(waiting.sent) == 2
    assert handler.names == ["beside the mails"]
    assert "jobs" not in [thread.name for thread in threading.enumerate()]
    assert courier.mode == "worker"


def stop_once_done(waiting: Scripted, count: int, handler: jobs.Scripted) -> None:
    """Press Ctrl+C when so many mails have left and a job is done, or after ten seconds."""
    for _ in range(200):
        if len(waiting.sent) >= count and handler.done:
            break
        time.sleep(0.05)
    signal.raise_signal(signal.SIGTERM)


@pytest.mark.parametrize("words", [["list", "--limit", "-5"], ["retry", "9" * 20], ["retry", "0"]])
def test_numbers_out_of_reach_are_told(app: Flask, words: list[str]) -> None:
    """An operator's finger slips: one sentence, no traceback of the database."""
    result = launch(app, *words)
    assert result.exit_code == 2
    assert words[-1] in result.stderr


def test_a_trial_leaves_at_once(app: Flask, server: Scripted) -> None:
    """Ops see a real mail arrive: no row of the queue, no secret, nobody's name."""
    result = launch(app, "test", "ops@saint-exemple.fr")
    assert result.exit_code == 0, result.output
    assert result.output.startswith(
        "Parti pour ops@saint-exemple.fr, de la part de Portail famille"
    )
    [message] = server.sent
    assert message.subject == "Essai d’envoi du portail famille"
    with app.app_context():
        assert rows() == []


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (PermanentFailure("Cette adresse n’existe pas"), "Cette adresse n’existe pas"),
        (KeyError("bug"), "Erreur du portail (KeyError)"),
    ],
)
def test_a_trial_that_fails_says_why(
    app: Flask, server: Scripted, failure: Exception, said: str
) -> None:
    server.failures = [failure]
    result = launch(app, "test", "ops@saint-exemple.fr")
    assert result.exit_code == 1
    assert f"rien n’est parti. {said}." in result.output


def test_a_trial_to_no_address_is_refused(app: Flask, server: Scripted) -> None:
    result = launch(app, "test", "a@x, b@y")
    assert result.exit_code == 1
    assert "n’est pas une adresse de courriel utilisable" in result.output
    assert server.sent == []
