"""The container files, where no engine is: linted, and what they run is run."""

import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

import config
from tests.deploy.page import ROOT
from tests.support.smtp_servers import free_port
from tests.support.waiting import wait_for

DEPLOY = ROOT / "deploy"
DOCKERFILE, COMPOSE = DEPLOY / "Dockerfile", DEPLOY / "compose.yaml"
INSTRUCTION = re.compile(r"^([A-Z]+) ((?:.*\\\n)*.*)$", re.MULTILINE)
KEY = "8f5b8c2f64e0a9b1c7f2635e48d3aebd"
# What only an image has: a distribution of its own, a user, an environment to fill.
NOT_RUN = {
    "apt-get": "installs on the machine: the packages are those of docs/exploitation.md",
    "useradd": "makes a user",
    "pip": "asks a registry: test_packaging installs",
    "-m venv": "test_packaging makes environments",
}


def instructions(name: str) -> list[str]:
    text = DOCKERFILE.read_text("utf-8")
    return [words for found, words in INSTRUCTION.findall(text) if found == name]


def compose() -> dict[str, Any]:
    found: dict[str, Any] = YAML(typ="safe").load(COMPOSE)
    return found


@pytest.fixture
def container(tmp_path: Path) -> dict[str, str]:
    """The folder of the image as the build leaves it, and what a process finds there."""
    code = tmp_path / "portail"
    code.mkdir()
    for each in ("app", "config.py", "configuring", "deploy", "migrations", "wsgi.py"):
        (code / each).symlink_to(ROOT / each)
    (code / ".venv").symlink_to(sys.prefix)
    (tmp_path / "instance").mkdir()
    return {
        "PATH": f"{sys.prefix}/bin:/usr/bin:/bin",
        "PWD": str(code),
        "PORTAIL_ENV": "production",
        "PORTAIL_INSTANCE": str(tmp_path / "instance"),
        "PORTAIL_SECRET_KEY": KEY,
        "PORTAIL_PUBLIC_URL": "https://portail.saint-exemple.fr",
        "PORTAIL_MAIL_DELIVERY": "worker",
        "PORTAIL_PROXIES": "1",
        "PORT": str(free_port()),
    }


def run(command: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=environment["PWD"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_linters_have_nothing_to_say() -> None:
    """Of the Dockerfile, and of the compose file by the specification's own schema."""
    schema = f"--builtin-schema vendor.compose-spec {COMPOSE}"
    for command in (f"hadolint {DOCKERFILE}", f"check-jsonschema {schema}"):
        program = f"{sys.prefix}/bin/{command}".split()
        outcome = subprocess.run(program, capture_output=True, text=True, check=False)
        assert outcome.returncode == 0, outcome.stdout + outcome.stderr


def test_the_image_is_slim_and_nobody_s() -> None:
    """Another user than root, and no package of the build in what runs."""
    assert instructions("USER") == ["10001"]
    assert all("-slim" in image for image in instructions("FROM"))
    [installed] = [each for each in instructions("RUN") if "apt-get" in each]
    assert "gcc" not in installed
    ignored = DOCKERFILE.with_name("Dockerfile.dockerignore").read_text("utf-8").split()
    assert {".git", "instance", "deploy/*.env", ".venv"} <= set(ignored)


def test_what_the_build_runs_works(container: dict[str, str]) -> None:
    """Each command, or the reason why not."""
    steps = [step for each in instructions("RUN") for step in re.split(r"\s*(?:\\\n\s*)?&& ", each)]
    kept = [step for step in steps if not any(word in step for word in NOT_RUN)]
    assert {word for word in NOT_RUN if any(word in step for step in steps)} == set(NOT_RUN)
    for step in kept:
        if not step.startswith(("rm -rf /var/lib/apt", "install --directory --owner portail")):
            assert run(["sh", "-c", step], container).returncode == 0, step
    for sources in instructions("COPY"):
        for source in sources.split()[:-1]:
            assert source.startswith(("--from", "/opt/portail")) or (ROOT / source).exists(), source


def test_what_the_services_run_works(container: dict[str, str]) -> None:
    """Migrated, then served, then found alive, whatever the database is; not before it serves."""
    services = compose()["services"]
    migrated = run(services["migrate"]["command"], container)
    assert migrated.returncode == 0, migrated.stderr
    [check] = instructions("HEALTHCHECK")
    check = json.loads(check.partition("CMD ")[2])
    assert run(check, container).returncode == 1
    [command] = instructions("CMD")
    served = [
        word.replace("0.0.0.0:8000", f"127.0.0.1:{container['PORT']}")
        for word in json.loads(command)
    ]
    with (
        started(served, container),
        started(services["worker"]["command"], container) as worker,
    ):
        wait_for(lambda: is_open(int(container["PORT"])), "never open", 60)
        wait_for(lambda: run(check, container).returncode == 0, "never in health", 60)
        assert worker.stdout
        assert "J’envoie les courriels" in worker.stdout.readline()


def is_open(port: int) -> bool:
    with socket.socket() as visitor:
        return visitor.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def started(command: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """Run something until the block ends; stopped, it ends well."""
    with subprocess.Popen(
        command, cwd=environment["PWD"], env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        yield process
        process.terminate()
        assert process.wait(60) == 0


def test_the_example_of_settings_is_used(tmp_path: Path) -> None:
    """Each name is a setting; the key alone is left to draw."""
    lines = (DEPLOY / "portail.env.example").read_text("utf-8").splitlines()
    given = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    assert [name for name, value in given.items() if not value] == [
        "PORTAIL_SECRET_KEY", "PORTAIL_SMTP_PASSWORD",
    ]  # fmt: skip
    filled = given | {"PORTAIL_SECRET_KEY": KEY, "PORTAIL_SMTP_PASSWORD": "x"}
    around = {"PORTAIL_ENV": "production", "PORTAIL_INSTANCE": str(tmp_path)}
    settings = config.load(around | filled)
    assert (settings.town_name, settings.smtp_password) == ("Saint-Exemple", "x")
