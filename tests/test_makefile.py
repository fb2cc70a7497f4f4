"""The commands to learn, as somebody types them."""

import shutil
import socket
import subprocess
from pathlib import Path

import pytest

from tests.support.smtp_servers import HOST, free_port

ROOT = Path(__file__).parent.parent
pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")


def make(*words: str) -> subprocess.CompletedProcess[str]:
    """Run make in the clone."""
    return subprocess.run(
        ["make", "--no-print-directory", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_busy_port_is_told_before_anything_else() -> None:
    """Somebody serves there already: one sentence, and the other port to type."""
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        made = make("run", f"PORT={port}")
    assert made.returncode != 0
    assert made.stdout == ""
    assert f"Le port {port} est pris" in made.stderr
    assert "make run PORT=" in made.stderr


def test_a_free_port_is_served() -> None:
    """Each step is said before it is done, and the mails' links lead to the port."""
    port = free_port()
    assert make("port", f"PORT={port}").returncode == 0
    steps = make("--dry-run", "run", f"PORT={port}").stdout
    assert f"PORTAIL_PUBLIC_URL=http://127.0.0.1:{port} .venv/bin/flask demo" in steps
    assert f"--bind 127.0.0.1:{port}" in steps
    assert steps.index("Je prépare la ville") < steps.index("flask demo")
    assert "PORTAIL_PUBLIC_URL" not in make("--dry-run", "run", "PORT=5000").stdout
