"""The units of systemd, read and run where systemd is not the first process."""

import re
import shlex
import signal
import socket
import subprocess
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.serving import children
from tests.support.waiting import wait_for

if TYPE_CHECKING:
    from tests.deploy.machine import Machine

START_SECONDS = 60
FILTERED = Path(__file__).with_name("filtered.py")
SETTING = re.compile(r"^(\w+)=(.*)$", re.MULTILINE)


def settings(unit: Path, town: str, *additions: Path) -> dict[str, list[str]]:
    """Read a template for one town, and what is added to it; an empty value takes all back."""
    found: dict[str, list[str]] = {}
    for file in (unit, *additions):
        for name, value in SETTING.findall(file.read_text("utf-8").replace("%i", town)):
            found[name] = [*found.get(name, []), value] if value else []
    return found


def obey(machine: "Machine", verb: str, *names: str) -> None:
    """Do what `systemctl` would."""
    for name in names:
        if name == "nginx":
            _reload_nginx(machine)
        elif name.startswith("portail") and not name.endswith(".timer"):
            VERBS[verb](machine, name)
        elif name.startswith("portail"):
            # What it starts can be: the day is not waited for.
            _unit(machine, name.removesuffix(".timer"))


def _unit(machine: "Machine", name: str) -> tuple[dict[str, list[str]], dict[str, str]]:
    template, _, town = name.partition("@")
    known = machine.path("/etc/systemd/system")
    additions = sorted((known / f"{name}.service.d").glob("*.conf"))
    found = settings(known / f"{template}@.service", town, *additions)
    environment = machine.environment()
    for line in found.get("Environment", []):
        environment |= dict(each.split("=", 1) for each in shlex.split(line))
    for folder in found.get("RuntimeDirectory", []):
        made = machine.path(f"/run/{folder}")
        made.mkdir(parents=True, exist_ok=True)
        machine.give(made, 0o750)
        environment["RUNTIME_DIRECTORY"] = str(made)
    return found, environment


def _filtered(found: dict[str, list[str]]) -> list[str]:
    """Leave a program the calls to the kernel that its unit leaves it."""
    assert found["SystemCallErrorNumber"] == ["EPERM"]
    left = set(_calls("@default"))
    for line in found["SystemCallFilter"]:
        named = {call for word in line.lstrip("~").split() for call in _calls(word)}
        left = left - named if line.startswith("~") else left | named
    return ["/usr/bin/python3", "-IS", str(FILTERED), ",".join(sorted(left))]


@cache
def _calls(name: str) -> tuple[str, ...]:
    """List the calls of one of systemd's groups, and of those in it."""
    if not name.startswith("@"):
        return (name,)
    listed = subprocess.run(
        ["systemd-analyze", "syscall-filter", name], capture_output=True, text=True, check=True
    )
    words = [line.split()[0] for line in listed.stdout.splitlines()[1:] if line.split()]
    return tuple(call for word in words if word != "#" for call in _calls(word))


def _start(machine: "Machine", name: str) -> None:
    """As its type wants: until it is done, until it says that it is ready, or just so."""
    found, environment = _unit(machine, name)
    [command] = found["ExecStart"]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        if found["Type"] == ["notify"]:
            environment["NOTIFY_SOCKET"] = _listen(machine, ear)
        machine.start(name, [*_filtered(found), *shlex.split(command)], environment)
        if found["Type"] == ["notify"]:
            while b"READY=1" not in ear.recv(4096):
                pass
    if found["Type"] == ["oneshot"]:
        assert machine.running.pop(name).wait() == 0, machine.log(name).read_text()


def _listen(machine: "Machine", ear: socket.socket) -> str:
    path = machine.path("/run/notify")
    path.unlink(missing_ok=True)
    ear.bind(str(path))
    ear.settimeout(START_SECONDS)
    path.chmod(0o777)
    return str(path)


def _restart(machine: "Machine", name: str) -> None:
    machine.stop(name)
    _start(machine, name)


def _reload(machine: "Machine", name: str) -> None:
    """Each command in turn, until one fails."""
    found, environment = _unit(machine, name)
    environment["MAINPID"] = str(machine.running[name].pid)
    for command in found["ExecReload"]:
        outcome = subprocess.run(
            [*machine.as_somebody, *_filtered(found), "bash", "-c", command],
            cwd=machine.path("/opt/portail/current"), env=environment,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert outcome.returncode == 0, outcome.stderr


def _reload_nginx(machine: "Machine") -> None:
    """Debian's package starts it; then its workers leave for others that read the files anew."""
    if "nginx" not in machine.running:
        command = [str(machine.path("/shims/nginx")), "-g", "daemon off;"]
        machine.start("nginx", command, machine.environment())
        before: set[int] = set()
    else:
        before = children(machine.running["nginx"])
        machine.running["nginx"].send_signal(signal.SIGHUP)
    wait_for(
        lambda: (now := children(machine.running["nginx"])) and not now & before,
        "nginx did not read its files",
        START_SECONDS,
    )


VERBS = {"enable": _start, "start": _start, "restart": _restart, "reload": _reload}
