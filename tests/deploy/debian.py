"""A Debian of nothing that boots in namespaces of its own, where the page is followed for real.

There every command is typed as it stands by somebody who may use sudo: Debian's packages, systemd
as the first process with the units as they are shipped, PostgreSQL, certbot. Its network is its own
and leads nowhere, but for what asks a registry. Three of the world's services are beside it: a
forge, which has what is committed here; an authority, with the names that it asks for (Debian's
`pebble`); the town's mail server. The limits of memory are the host kernel's, and not given here.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from tests.deploy.page import ROOT
from tests.support.waiting import wait_for

TOWN, NAME = "saint-exemple", "portail.saint-exemple.fr"
SUITE, ARCHIVE = "bookworm", "http://deb.debian.org/debian"
SECURITY = "http://deb.debian.org/debian-security"
# What the smallest Debian does without, and no server that somebody signs in to.
BASE = "systemd-sysv,dbus,iproute2,sudo,ca-certificates"
PROGRAMS = ("debootstrap", "nsenter", "pebble", "pebble-challtestsrv", "unshare")
# Namespaces, as nsenter calls them; its network is apart.
ITS_OWN = ("--mount", "--uts", "--ipc", "--pid", "--cgroup")
SOMEBODY, THEIR_ADDRESS = "vous", "vous@saint-exemple.fr"
FORGE = "/srv/forge"
REGISTRIES = ("sudo apt-get", "sudo /opt/portail/1.0.0/.venv/bin/pip")
# Where questions end, on a terminal.
ASKING = (b": ", b"]: ")
TEXTS = {
    "saint-exemple.fr": "v=spf1 ip4:127.0.0.1 -all",
    "_dmarc.saint-exemple.fr": "v=DMARC1; p=none",
}
CERTIFICATES = Path("/usr/local/share/ca-certificates")
BOOT = Path(__file__).with_name("boot.sh")


@dataclass
class Debian:
    """Its folder, and its first process, as the host sees it."""

    root: Path
    beside: Path
    leader: int = 0
    host: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address that parents type."""
        return f"https://{NAME}"

    def path(self, path: str) -> Path:
        """Say where a file of its disk lies."""
        return Path(f"{self.root}{path}")

    def boot(self) -> None:
        """Turn it on, and wait until all that it starts has started."""
        namespaces = [each for each in ITS_OWN if each != "--pid"]
        self.host = subprocess.Popen(
            ["unshare", "--fork", "--pid", "--kill-child", *namespaces, "--net",
             "--propagation", "private", BOOT, self.root, TOWN],
        )  # fmt: skip
        children = Path(f"/proc/{self.host.pid}/task/{self.host.pid}/children")
        self.leader = int(wait_for(children.read_text, "nothing was started"))
        wait_for(self._is_up, "systemd did not start all that it should")

    def _is_up(self) -> bool:
        return self.run("systemctl", "is-system-running", checked=False).strip() == "running"

    def turn_off(self) -> None:
        """Take its power away."""
        if self.host:
            self.host.kill()
            self.host.wait()
            self.host = None

    def by(self, *command: str | Path, network: bool = False) -> list[str | Path]:
        """Write a command that runs there, as root; with the host's network where it is wanted."""
        own = ITS_OWN if network else (*ITS_OWN, "--net")
        return [
            "nsenter", "--target", str(self.leader), *own, "--root", "--wd",
            "env", "-i", "LANG=C.UTF-8", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", *command,
        ]  # fmt: skip

    def run(self, *command: str, checked: bool = True, network: bool = False) -> str:
        """Run a command there, as root, and return what it says."""
        outcome = subprocess.run(
            self.by(*command, network=network), stdin=subprocess.DEVNULL, capture_output=True,
            text=True, check=False,
        )  # fmt: skip
        assert outcome.returncode == 0 or not checked, f"{command}\n{outcome}"
        return outcome.stdout

    def type(self, command: str, answers: Sequence[str] = ()) -> str:
        """Type a command of the page on a terminal; answer what it asks; return what it says."""
        network = command.startswith(REGISTRIES)
        typed = ["runuser", "--login", SOMEBODY, "--command", command]
        ours, theirs = os.openpty()
        process = subprocess.Popen(
            self.by(*typed, network=network), stdin=theirs, stdout=theirs, stderr=theirs,
            start_new_session=True,
        )  # fmt: skip
        os.close(theirs)
        said, waiting = b"", list(answers)
        # A terminal that nobody has any more fails rather than ends.
        with suppress(OSError):
            while more := os.read(ours, 4096):
                said += more
                if waiting and said.endswith(ASKING):
                    os.write(ours, f"{waiting.pop(0)}\n".encode())
        os.close(ours)
        words = said.decode("utf-8", "replace")
        assert process.wait() == 0, f"{command}\n{words}"
        assert not waiting, f"{command} did not ask for {waiting}\n{words}"
        return words

    def mail_to(self, address: str) -> EmailMessage:
        """Wait for the first mail to this address."""

        def look() -> EmailMessage | None:
            for each in sorted((self.beside / "mails" / "new").glob("*")):
                mail = message_from_bytes(each.read_bytes(), policy=policy.default)
                if mail["To"] == address:
                    return mail
            return None

        return wait_for(look, f"no mail came to {address}")


@contextmanager
def installed(folder: Path) -> Iterator[Debian]:
    """Make one, on, with the world beside it; end all that runs in the end."""
    debian = Debian(folder / "root", folder / "beside")
    debian.beside.mkdir()
    with ExitStack() as stack:
        # A gigabyte, which nobody looks at afterwards.
        stack.callback(shutil.rmtree, debian.root, ignore_errors=True)
        subprocess.run(
            ["debootstrap", "--variant=minbase", f"--include={BASE}", SUITE, debian.root, ARCHIVE],
            check=True, capture_output=True,
        )  # fmt: skip
        _furnish(debian)
        stack.callback(debian.turn_off)
        debian.boot()
        _let_in(debian)
        _surround(debian, stack)
        yield debian


def _furnish(debian: Debian) -> None:
    """Do what an installer asks: where packages come from, names, whom to trust."""
    suites = {SUITE: ARCHIVE, f"{SUITE}-updates": ARCHIVE, f"{SUITE}-security": SECURITY}
    lines = [f"deb {archive} {suite} main\n" for suite, archive in suites.items()]
    debian.path("/etc/apt/sources.list").write_text("".join(lines))
    debian.path("/etc/hostname").write_text(f"{TOWN}\n")
    debian.path("/etc/hosts").write_text(f"127.0.0.1 localhost {TOWN}\n")
    # The first answers where the machine is alone, the others where it asks a registry.
    resolving = f"nameserver 127.0.0.1\n{Path('/etc/resolv.conf').read_text()}"
    debian.path("/etc/resolv.conf").write_text(resolving)
    if CERTIFICATES.is_dir():
        shutil.copytree(CERTIFICATES, debian.path(str(CERTIFICATES)), dirs_exist_ok=True)
    shutil.copytree(ROOT / "demo", debian.path("/srv/depot"))


def _let_in(debian: Debian) -> None:
    """Give somebody an account there that has sudo."""
    debian.run("adduser", "--disabled-password", "--gecos", "", SOMEBODY)
    debian.path(f"/etc/sudoers.d/{SOMEBODY}").write_text(f"{SOMEBODY} ALL=(ALL) NOPASSWD: ALL\n")


def _surround(debian: Debian, stack: ExitStack) -> None:
    """Start the world beside it: a forge, names, an authority, a mail server."""
    _keep_code(debian)
    alone = ["nsenter", "--net", "--target", str(debian.leader)]
    settings, certificate = _found_authority(debian)
    names = ["-dns01", "127.0.0.1:53", "-management", "127.0.0.1:8055", "-defaultIPv6", ""]
    nothing_else = ["-http01", "", "-https01", "", "-tlsalpn01", ""]
    mails = ["-n", "-l", "127.0.0.1:25", "-c", "aiosmtpd.handlers.Mailbox", debian.beside / "mails"]
    for command in (
        ["pebble-challtestsrv", *names, *nothing_else],
        ["env", "PEBBLE_VA_NOSLEEP=1", "pebble", "-config", settings, "-dnsserver", "127.0.0.1:53"],
        [sys.executable, "-m", "aiosmtpd", *mails],
    ):
        process = subprocess.Popen(
            [*alone, *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        stack.callback(process.wait)
        stack.callback(process.terminate)
    asked = [*alone, "curl", "--silent", "--fail", "--insecure"]
    _trust(debian, certificate, [*asked, "https://127.0.0.1:15000/roots/0"])
    for host, text in TEXTS.items():
        told = json.dumps({"host": f"{host}.", "value": text})
        subprocess.run([*asked, "--data", told, "http://127.0.0.1:8055/set-txt"], check=True)


def _found_authority(debian: Debian) -> tuple[Path, Path]:
    """Write its settings, and the certificate of its own door."""
    settings, certificate, key = (
        debian.beside / each for each in ("pebble.json", "door.crt", "door.key")
    )
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-days", "2", "-subj", "/CN=localhost", "-keyout", key, "-out", certificate,
         "-addext", "subjectAltName=DNS:localhost"],
        check=True, capture_output=True,
    )  # fmt: skip
    pebble = {
        "listenAddress": "127.0.0.1:14000", "managementListenAddress": "127.0.0.1:15000",
        "certificate": str(certificate), "privateKey": str(key), "httpPort": 80, "tlsPort": 443,
    }  # fmt: skip
    settings.write_text(json.dumps({"pebble": pebble}))
    return settings, certificate


def _trust(debian: Debian, certificate: Path, asked: list[str]) -> None:
    """Have the machine know the authority, as it knows those of the world, and certbot ask it."""
    root = wait_for(
        lambda: subprocess.run(asked, capture_output=True, check=False).stdout,
        "the authority says nothing",
    )
    debian.path(f"{CERTIFICATES}/authority.crt").write_bytes(root)
    shutil.copy(certificate, debian.path(str(CERTIFICATES)))
    debian.run("update-ca-certificates")
    settings = debian.path("/root/.config/letsencrypt/cli.ini")
    settings.parent.mkdir(parents=True)
    settings.write_text("server = https://localhost:14000/dir\n")


def _keep_code(debian: Debian) -> None:
    """Put what is committed here where the address of the page leads."""
    forge = debian.path(f"{FORGE}/portail-famille.git")
    clone = ["git", "clone", "--quiet", "--bare", "--depth", "1", f"file://{ROOT}", str(forge)]
    subprocess.run(clone, check=True, capture_output=True)
    subprocess.run(["git", "-C", forge, "tag", "v1.0.0"], check=True)
    leads = f'[url "file://{FORGE}/"]\n\tinsteadOf = https://forge.example/\n'
    debian.path("/etc/gitconfig").write_text(leads)
