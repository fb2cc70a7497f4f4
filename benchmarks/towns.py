"""What a town costs among others in one process: memory, and the CPU of its first visit.

python -m benchmarks.towns [--towns 40]

The memory is the proportional share (PSS) of a process without a server around it.
"""

import argparse
import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sqlalchemy import select
from werkzeug.test import Client

import config
from app import create_app, db
from app.models import Account
from app.services.accounts.passwords import hash_password
from benchmarks import town

TOWNS = 40
FAMILIES = 50
PASSWORD = "Tramontane66"
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
DOOR = ("/connexion", "/mot-de-passe-oublie", "/guide")
PAGES = (
    "/accueil", "/attestations", "/releve", "/messages", "/demandes", "/documents", "/enfants",
    "/compte", "/demandes/nouvelle", "/demandes/nouvelle/absence",
)  # fmt: skip
# An application for each town takes no more.
MOST_MEGABYTES_A_TOWN = 3.0


def main(towns: int = TOWNS) -> bool:
    """Measure, print the table, tell whether the target holds."""
    with tempfile.TemporaryDirectory(prefix="portail-bench-") as temporary:
        folder = Path(temporary)
        model = folder / "model"
        _prepare(model)
        for number in range(towns):
            _copy(model, folder / "towns" / f"ville-{number}")
        walked = json.loads(
            subprocess.check_output(
                [sys.executable, "-m", "benchmarks.towns", "--walk", str(towns)],
                env=os.environ | {"PORTAIL_TOWNS": str(folder / "towns")},
                stderr=subprocess.DEVNULL,
            )
        )
    each = (walked["homes"] - walked["alone"]) / towns
    lines = (
        ("the process alone", walked["alone"], "MiB"),
        ("with the door of each opened", walked["doors"], "MiB"),
        ("of which a town", (walked["doors"] - walked["alone"]) / towns, "MiB"),
        (f"with a parent on {len(PAGES)} pages of each", walked["homes"], "MiB"),
        ("of which a town", each, "MiB"),
        ("first visit of a town, three pages", walked["first"] * 1000, "ms of CPU"),
    )
    print(f"{towns} towns in one process (SQLite)\n")
    for what, value, unit in lines:
        print(f"  {what:40}{value:8.1f} {unit}")
    print()
    return bool(each <= MOST_MEGABYTES_A_TOWN)


def walk(towns: int) -> dict[str, float]:
    """Open the doors of all, then all the pages; this process serves them."""
    import wsgi

    client = Client(wsgi.app)
    seen = {"alone": _mebibytes()}
    for number in range(towns):
        begun = time.process_time()
        for path in DOOR:
            _get(client, number, path)
        seen["first"] = time.process_time() - begun
    seen["doors"] = _mebibytes()
    for number in range(towns):
        form = {"identifier": town.identifier_of(town.FIRST), "password": PASSWORD}
        token = TOKEN.search(_get(client, number, "/connexion"))
        assert token
        client.post("/connexion", data=form | {"csrf_token": token[1]}, base_url=_url(number))
        for path in PAGES:
            _get(client, number, path)
    return seen | {"homes": _mebibytes()}


def _get(client: Client, number: int, path: str) -> str:
    answer = client.get(path, base_url=_url(number))
    if answer.status_code != 200:
        raise RuntimeError(f"{path} of town {number} answered {answer.status}")
    return answer.text


def _url(number: int) -> str:
    return f"https://ville-{number}.exemple.fr"


def _prepare(instance: Path) -> None:
    """Make a town whose first family's parent has a password."""
    environ = {"PATH": os.environ["PATH"], "PORTAIL_ENV": "test", "PORTAIL_INSTANCE": str(instance)}
    town.write(instance / "files", FAMILIES, whole=True)
    for command in ("db upgrade", f"import {instance / 'files'}"):
        subprocess.run(
            [sys.executable, "-m", "flask", *command.split()],
            env=environ, stdout=subprocess.DEVNULL, check=True,
        )  # fmt: skip
    app = create_app(config.load(environ))
    with app.app_context():
        with db.transaction() as session:
            wanted = select(Account).where(Account.identifier == town.identifier_of(town.FIRST))
            session.scalars(wanted).one().password_hash = hash_password(PASSWORD)
        db.engine().dispose()


def _copy(model: Path, instance: Path) -> None:
    instance.mkdir(parents=True)
    shutil.copy(model / "portail.db", instance)
    settings = {
        "env": "production",
        "public_url": _url(int(instance.name.rpartition("-")[2])),
        "secret_key": secrets.token_hex(32),
        "town_name": instance.name,
    }
    path = instance / "settings.toml"
    path.write_text("".join(f'{name} = "{value}"\n' for name, value in settings.items()))
    path.chmod(0o600)


def _mebibytes() -> float:
    rollup = Path("/proc/self/smaps_rollup").read_text("ascii")
    [line] = (line for line in rollup.splitlines() if line.startswith("Pss:"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--towns", type=int, default=TOWNS)
    parser.add_argument("--walk", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.walk:
        print(json.dumps(walk(arguments.walk)))
        raise SystemExit(0)
    raise SystemExit(0 if main(arguments.towns) else 1)
