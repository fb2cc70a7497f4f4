"""Parts A to C of the checklist once more, each visitor behind the nginx that ops install.

With the walk of every address, and whatever hostile is sent to it.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLACES = (
    "tests/blueprints/auth", "tests/blueprints/family", "tests/blueprints/site", "tests/web",
    "tests/test_walk.py", "tests/test_hostile_input.py",
)  # fmt: skip
# What a test says of the server itself, which is another one here: tests/deploy says it of nginx.
OF_THE_SERVER = (
    "tests/blueprints/family/test_documents.py::test_the_server_in_front_sends_what_it_may",
    "tests/web/test_forwarding.py", "tests/web/test_security.py",
    "tests/web/test_logs.py::test_the_proxy_names_the_request_if_it_does_so_properly",
    # nginx hands over the name that it serves, and of no port.
    "tests/test_hostile_input.py::test_a_forged_host_gets_nothing[localhost:99999-sqlite]",
)  # fmt: skip
# Whose next request waits for no place of the one before, which is told a moment sooner here.
WITHOUT_PATIENCE = ("tests/blueprints/family/test_upload_limits.py",)


@pytest.mark.soak
def test_what_holds_without_nginx_holds_behind_it() -> None:
    """Sign-in, passwords, pages, files: the same words, headers and doors."""
    left_out = [f"--deselect={each}" for each in (*OF_THE_SERVER, *WITHOUT_PATIENCE)]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.support.behind_nginx"]
    ran = subprocess.run(
        [*command, "--numprocesses", "2", *left_out, *PLACES],
        cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout[-20_000:]
