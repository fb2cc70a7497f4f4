"""The programs that backups lean on, and what they say when they fail."""

import shutil
import subprocess
from collections.abc import Mapping, Sequence

from app.services.refusals import Reason, Refusal

PACKAGES = {"age": "age", "pg_dump": "postgresql-client", "pg_restore": "postgresql-client"}


def find(name: str) -> str:
    """Return the path of a program. Raises Refusal when it is not installed."""
    found = shutil.which(name)
    if found is None:
        raise Refusal(
            Reason.MISSING,
            f"le programme {name} manque\u00a0: apt install {PACKAGES[name]}",
        )
    return found


def run(command: Sequence[str], environ: Mapping[str, str]) -> None:
    """Run one to its end. Raises Refusal, with its own last words, when it fails."""
    # A list of our own making, and no shell.
    done = subprocess.run(  # noqa: S603
        command, env=environ, stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    if done.returncode:
        raise Refusal(Reason.UNFIT, complaint(command[0], done.stderr))


def complaint(program: str, said: bytes) -> str:
    """Quote what a program said last."""
    lines = said.decode("utf-8", "replace").strip().splitlines()
    return f"{program} a échoué ({lines[-1] if lines else 'sans rien dire'})"
