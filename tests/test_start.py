"""What cannot be used stops the start, at once and in a line."""

import gc
import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from configuring import keys
from tests.support.smtp_servers import free_port
from tests.test_config import SAFE

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"PORTAIL_SECRET_KEY": ""}, "PORTAIL_SECRET_KEY"),
        ({"PORTAIL_SECRET_KEY": "k" * 31}, "32 octets"),
        ({"PORTAIL_SECRET_KEY": keys.FOR_DEVELOPMENT}, "au hasard"),
        ({"PORTAIL_SECRET_KEY": "k" * 64}, "au hasard"),
        ({"PORTAIL_SECRET_KEY": "0123456789abcdef" * 2}, "au hasard"),
        ({"PORTAIL_SECRET_KEY": "la-mairie-de-saint-exemple-aime-les-enfants"}, "au hasard"),
        ({"PORTAIL_SECRET_KEY_FALLBACKS": "k" * 31}, "PORTAIL_SECRET_KEY_FALLBACKS"),
        ({"PORTAIL_PUBLIC_URL": ""}, "PORTAIL_PUBLIC_URL"),
        ({"PORTAIL_PUBLIC_URL": "http://portail.commune.fr"}, "https://"),
        ({"PORTAIL_SMTP_HOST": "mx.commune.fr", "PORTAIL_SMTP_USERNAME": "portail"}, "en clair"),
        ({"PORTAIL_MAIL_BACKEND": "console"}, "mots de passe en clair"),
        ({"PORTAIL_MAIL_BACKEND": "file"}, "mots de passe en clair"),
        ({"PORTAIL_MAIL_BACKEND": "memory"}, "mots de passe en clair"),
        ({"FLASK_DEBUG": "1"}, "FLASK_DEBUG"),
    ],
)
def test_production_refuses_to_start_unsafe(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    changes: dict[str, str],
    words: str,
) -> None:
    """One clear line and the status at which gunicorn stops, as whoever imports `wsgi` sees."""
    monkeypatch.setattr("os.environ", SAFE | {"PORTAIL_INSTANCE": str(tmp_path)} | changes)
    with pytest.raises(SystemExit) as stopped:
        runpy.run_path(str(ROOT / "wsgi.py"))
    assert stopped.value.code == 3
    assert gc.isenabled()
    said = capsys.readouterr().err
    assert words in said
    assert said.count("\n") == 1


def test_a_database_that_cannot_be_opened_stops_the_process(tmp_path: Path) -> None:
    """The same line, no trace, in a process of its own: it gets as far as its first file."""
    changes = {"PORTAIL_DATABASE_URL": "sqlite:////dev/null/portail.db"}
    outcome = subprocess.run(
        [sys.executable, "-c", "import wsgi"],
        cwd=ROOT, env=SAFE | {"PORTAIL_INSTANCE": str(tmp_path)} | changes,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert outcome.returncode == 3
    assert "/dev/null" in outcome.stderr
    assert outcome.stderr.count("\n") == 1


SHIPPED = ("--config", "deploy/gunicorn.conf.py", "--workers", "4")


@pytest.mark.parametrize("shipped", [(), SHIPPED])
def test_gunicorn_stops_at_settings_that_cannot_be_used(
    tmp_path: Path, shipped: tuple[str, ...]
) -> None:
    """It would start its workers again for ever, while visitors wait at an open port."""
    environ = {
        "PATH": os.environ["PATH"],
        "PORTAIL_INSTANCE": str(tmp_path),
        "PORTAIL_SMPT_HOST": "x",
    }
    outcome = subprocess.run(
        [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{free_port()}",
         "--no-control-socket", *shipped, "wsgi:app"],
        cwd=ROOT, env=environ, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert outcome.returncode == 3
    said = outcome.stderr.count("vouliez-vous dire PORTAIL_SMTP_HOST")
    # As ops start it: once for all workers.
    assert said == 1 if shipped else said
    assert "Traceback" not in outcome.stderr


def test_gunicorn_stops_at_a_schema_of_before(tmp_path: Path) -> None:
    """With the command to run; otherwise every page would be an error."""
    environ = SAFE | {"PATH": os.environ["PATH"], "PORTAIL_INSTANCE": str(tmp_path)}
    outcome = subprocess.run(
        [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{free_port()}",
         "--no-control-socket", "wsgi:app"],
        cwd=ROOT, env=environ, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert outcome.returncode == 3
    assert outcome.stderr.count("flask --app wsgi db upgrade") == 1
    assert "Traceback" not in outcome.stderr


# What `import wsgi` loads, each module of which costs memory in every process and time at every
# start. A new one that few visitors need is better loaded by whoever does; otherwise raise this.
MOST_OF_OURS, MOST_OF_OTHERS = 500, 520
COUNTED = """
import gc, sys
# Flask-WTF loads it where it is: of the tools, not of what a town installs.
sys.modules["babel"] = None
import wsgi
ours = [name for name in sys.modules if name.split(".")[0] in ("app", "config", "configuring")]
print(len(ours), len(sys.modules) - len(ours), gc.get_freeze_count(), gc.isenabled())"""


def test_the_start_loads_no_more_than_it_says(tmp_path: Path) -> None:
    """Counted, as no other process weighs on a count; what is loaded is looked through no more."""
    told = subprocess.check_output(
        [sys.executable, "-c", COUNTED],
        cwd=ROOT, env={"PORTAIL_INSTANCE": str(tmp_path)}, text=True,
    )  # fmt: skip
    ours, others, frozen, collects = told.split()
    assert int(ours) <= MOST_OF_OURS
    assert int(others) <= MOST_OF_OTHERS
    assert int(frozen) > 100_000
    assert collects == "True"


SPARED = """
import sys
import wsgi
from sqlalchemy.util import concurrency
assert not any(name.split(".")[0] == "asyncio" for name in sys.modules)
assert concurrency.asyncio.Lock
import asyncio.tasks
assert concurrency.asyncio.wait_for is asyncio.wait_for is asyncio.tasks.wait_for
print("had")"""


def test_whoever_wants_a_module_that_is_not_read_has_it(tmp_path: Path) -> None:
    """SQLAlchemy names asyncio, and no town of ours waits by it."""
    told = subprocess.check_output(
        [sys.executable, "-c", SPARED],
        cwd=ROOT, env={"PORTAIL_INSTANCE": str(tmp_path)}, text=True,
    )  # fmt: skip
    assert told.strip() == "had"
