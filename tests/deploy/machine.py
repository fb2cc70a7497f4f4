"""A machine that was set up by following docs/exploitation.md, in a folder.

Every command of the page is typed, with the folders of the machine below another one: what the page
or the files of `deploy/` get wrong fails here. Where the page calls systemd, the units are read and
run as systemd would, without what only the kernel can do for it.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path

from tests.conftest import skip_or_fail
from tests.deploy import page, units
from tests.deploy.page import ROOT
from tests.e2e.live import mail_to
from tests.support import nginx
from tests.support.databases import POSTGRESQL_BINARIES, PostgreSql, postgresql_server
from tests.support.smtp_servers import HOST, Mailbox, free_port, serve
from tests.support.waiting import wait_for

TOWN, NAME = "saint-exemple", "portail.saint-exemple.fr"
NGINX = Path("/usr/sbin/nginx")
FOLDERS = (
    "/etc/letsencrypt", "/etc/nginx", "/etc/systemd/system", "/opt/portail", "/run", "/srv/depot",
    "/usr/local/bin", "/var/backups/portail", "/var/cache/portail", "/var/lib/portail",
    "/var/log/nginx", "/var/www/html",
)  # fmt: skip
ANYWHERE = re.compile("|".join(rf"(?<![\w.}}]){each}\b" for each in FOLDERS))
# Whom the tests have for the user of the portal: they change no user of the machine.
SOMEBODY, THEIR_GROUP = "nobody", "nogroup"
AS_SOMEBODY = (
    "setpriv --reuid nobody --regid nogroup --clear-groups "
    # Ours may be a folder that only we read; what is written is theirs all the same.
    "--inh-caps=+dac_read_search --ambient-caps=+dac_read_search"
)
# What the page lets the command ask, in its order.
ANSWERS = ("04 76 00 00 00", "1 place de la Mairie", "du lundi au vendredi", "", HOST, "none")
START_SECONDS = 60
READER = Path(__file__).with_name("reader.py")


@dataclass
class Machine:
    """Its folder, its ports, and what runs on it."""

    root: Path
    server: PostgreSql
    mailbox: Mailbox
    http: int = field(default_factory=free_port)
    https: int = field(default_factory=free_port)
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """The address that parents type."""
        return f"https://{NAME}"

    @property
    def instance(self) -> Path:
        """The folder of the town."""
        return self.path(f"/var/lib/portail/{TOWN}")

    @property
    def as_somebody(self) -> list[str]:
        """What makes a command another user's."""
        return AS_SOMEBODY.split() if os.geteuid() == 0 else []

    def path(self, path: str) -> Path:
        """Say where a file of the machine lies."""
        return Path(f"{self.root}{path}")

    def here(self, text: str) -> str:
        """Say it of every file that a text names, and of the users."""
        text = ANYWHERE.sub(lambda found: f"{self.root}{found[0]}", text)
        owner = f"-o {SOMEBODY} -g {THEIR_GROUP}" if os.geteuid() == 0 else ""
        return text.replace("-o portail -g portail", owner)

    def environment(self, user: str = "portail") -> dict[str, str]:
        """What a process there knows of this one: nothing, but where PostgreSQL is."""
        programs = f"{self.root}/shims:{self.root}/usr/local/bin:{POSTGRESQL_BINARIES[0]}"
        return {
            "PATH": f"{programs}:/usr/sbin:/usr/bin:/sbin:/bin",
            "LANG": "C.UTF-8",
            "HOME": "/nonexistent",
            "PGHOST": str(self.server.folder),
            "PGPORT": str(self.server.port),
            "PGUSER": user,
            # Its own log, which a town may want, must be discreet too.
            "GUNICORN_CMD_ARGS": "--access-logfile -",
        }

    def reading(self) -> dict[str, str]:
        """What a process there knows that reads the portal where it lies."""
        return self.environment() | {"PYTHONPATH": str(ROOT)}

    def type(self, command: str, answers: str = "") -> str:
        """Type one command of the page, from another folder, and return what it says."""
        if page.why_not_run(command):
            return ""
        asked = re.match(r"sudo systemctl (.*)", command)
        if asked:
            units.obey(self, *page.words(asked[1]))
            return ""
        user = "postgres" if command.startswith("sudo -u postgres") else "portail"
        typed = re.sub(r"\bsudo (-u postgres )?", "", self.here(command))
        outcome = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", typed], cwd="/", env=self.environment(user),
            input=answers, text=True, capture_output=True, start_new_session=True, check=False,
        )  # fmt: skip
        assert outcome.returncode == 0, f"{command}\n{outcome.stdout}{outcome.stderr}"
        return outcome.stdout

    def mail_to(self, address: str) -> EmailMessage:
        """Wait for the first mail to this address."""
        return mail_to(self.mailbox, address)

    def give(self, path: Path, mode: int) -> None:
        """Make a folder theirs."""
        path.chmod(mode)
        if os.geteuid() == 0:
            shutil.chown(path, SOMEBODY, THEIR_GROUP)

    def start(self, name: str, command: list[str], environment: dict[str, str]) -> None:
        """Run something until the end; all that it says goes to a log."""
        as_somebody = self.as_somebody if name != "nginx" else []
        with self.log(name).open("ab") as log:
            self.running[name] = subprocess.Popen(
                [*as_somebody, *command], env=environment, stdout=log, stderr=log,
                cwd=self.path("/opt/portail/current") if name.startswith("portail") else "/",
            )  # fmt: skip

    def stop(self, name: str) -> None:
        """Stop it, and wait for its end."""
        process = self.running.pop(name)
        process.terminate()
        process.wait(START_SECONDS)

    def log(self, name: str) -> Path:
        """Where something that runs writes."""
        return self.path(f"/var/log/nginx/{name}.log")

    def logs(self) -> dict[str, str]:
        """All that was logged by everybody."""
        return {
            each.name: each.read_text("utf-8", "replace")
            for each in self.path("/var/log/nginx").iterdir()
        }


@contextmanager
def followed(root: Path) -> Iterator[Machine]:
    """Set a machine up from top to bottom; stop all that runs there in the end."""
    if not NGINX.exists():
        skip_or_fail("nginx is not installed (Debian: nginx)")
    if shutil.which("systemd-analyze") is None:
        skip_or_fail("systemd-analyze is not installed (Debian: systemd)")
    if not POSTGRESQL_BINARIES:
        skip_or_fail("PostgreSQL is not installed (Debian: postgresql)")
    with ExitStack() as stack:
        server = stack.enter_context(postgresql_server("postgres"))
        mailbox = stack.enter_context(serve(Mailbox()))
        machine = Machine(root, server, mailbox)
        try:
            furnish(machine)
            answers = "".join(f"{each}\n" for each in (*ANSWERS, mailbox.port, "", ""))
            for command in page.followed():
                machine.type(command, answers)
            yield machine
        finally:
            for name in list(machine.running):
                machine.stop(name)


def furnish(machine: Machine) -> None:
    """Give a machine what Debian's packages bring, and the code of the portal."""
    for each in (*FOLDERS, "/shims", "/etc/nginx/conf.d", "/etc/nginx/sites-enabled", "/tmp"):
        machine.path(each).mkdir(parents=True, exist_ok=True)
    _install_nginx(machine)
    put_code(machine, "1.0.0")
    (machine.path("/srv/depot")).rmdir()
    shutil.copytree(ROOT / "demo", machine.path("/srv/depot"))
    certify(machine, NAME, NAME)
    door = f"{HOST}:{machine.https}"
    reader = machine.path("/run/reader/door")
    reader.parent.mkdir()
    machine.give(reader.parent, 0o755)
    machine.start("reader", [sys.executable, str(READER), str(reader)], machine.reading())
    wait_for(reader.exists, "nobody reads the portal", START_SECONDS)
    shims = {
        "runuser": f'shift 3\nexec /usr/bin/python3 -IS {READER} {reader} -- "$@"',
        "nginx": f'exec {NGINX} -c {machine.path("/etc/nginx/nginx.conf")} "$@"',
        # As the resolver would, and an authority that everybody knows.
        "curl": f'exec /usr/bin/curl --silent --insecure --connect-to "::{door}" "$@"',
    }
    for name, script in shims.items():
        shim = machine.path(f"/shims/{name}")
        shim.write_text(f"#!/bin/sh\n{script}\n")
        shim.chmod(0o755)


def put_code(machine: Machine, version: str) -> Path:
    """Put a version of the code there: ours, with the folders of this machine in its files."""
    code = machine.path(f"/opt/portail/{version}")
    code.mkdir()
    for each in (
        "app",
        "config.py",
        "configuring",
        "demo",
        "migrations",
        "pyproject.toml",
        "wsgi.py",
    ):
        (code / each).symlink_to(ROOT / each)
    (code / ".venv").symlink_to(sys.prefix)
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "deploy", code / "deploy", ignore=ignored)
    for copied in (code / "deploy").rglob("*"):
        if copied.is_file():
            text = machine.here(copied.read_text("utf-8"))
            copied.write_text(nginx.listening(text, machine.http, machine.https), "utf-8")
    return code


def _install_nginx(machine: Machine) -> None:
    """Take Debian's own file: what it says already, ours must not contradict."""
    shutil.copy("/etc/nginx/mime.types", machine.path("/etc/nginx/mime.types"))
    text = machine.here(Path("/etc/nginx/nginx.conf").read_text("utf-8"))
    spools = "".join(
        f"{kind}_temp_path {machine.path('/tmp')}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "scgi", "uwsgi")
    )
    # Its group stands for « adduser www-data portail ».
    user = f"user www-data {THEIR_GROUP};" if os.geteuid() == 0 else ""
    text = re.sub(r"^user .*;$", user, text, flags=re.MULTILINE)
    text = text.replace("http {", f"http {{ {spools}", 1)
    machine.path("/etc/nginx/nginx.conf").write_text(text, "utf-8")
    machine.path("/etc/nginx/sites-enabled/default").write_text("nonsense that the page removes\n")


def certify(machine: Machine, kept_as: str, name: str) -> None:
    """Give a certificate, as certbot gets one."""
    folder = machine.path(f"/etc/letsencrypt/live/{kept_as}")
    folder.mkdir(parents=True)
    nginx.certify(folder, name)


def hang_up(process: subprocess.Popen[bytes]) -> None:
    """Have it read its files again."""
    process.send_signal(signal.SIGHUP)


__all__ = ["HOST", "NAME", "TOWN", "Machine", "followed", "hang_up"]
