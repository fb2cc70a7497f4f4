"""Who may read the town's data, and whose files they are."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from app.formats import plural
from app.models import Folder
from app.services.doctor.findings import Finding, broken, fine
from app.settings import settings

OTHERS = stat.S_IRWXO
PRIVATE = ("settings.toml", "portail.db", "portail.db-wal", "keys.json", "mail")


def check() -> Iterator[Finding]:
    """Look at the instance: what others may read, what the portal does not own."""
    if not settings.instance.exists():
        yield fine(f"{settings.instance} n’a encore rien")
        return
    found = [*_readable(settings.instance), *_of_somebody_else(settings.instance)]
    yield from found or [fine(f"{settings.instance} n’est lisible que du portail")]


def _readable(instance: Path) -> Iterator[Finding]:
    if not instance.stat().st_mode & OTHERS:
        # Nobody gets in, whatever lies inside.
        return
    private = [instance / name for name in (*PRIVATE, *(each.folder for each in Folder))]
    seen = [path for path in private if path.exists() and path.stat().st_mode & OTHERS]
    if seen:
        yield broken(
            f"tout utilisateur de la machine peut lire {', '.join(map(str, seen))}",
            f"chmod -R o-rwx {instance}",
        )


def _of_somebody_else(instance: Path) -> Iterator[Finding]:
    me = os.geteuid()
    others = [path for path in _everything(instance) if path.lstat().st_uid != me]
    if others:
        yield broken(
            f"{plural(len(others), 'fichier n’est pas', 'fichiers ne sont pas')} au portail, "
            f"{others[0]} le premier",
            f"en root\u00a0: chown -R {me} {instance}",
        )


def _everything(instance: Path) -> Iterator[Path]:
    yield instance
    for folder, folders, files in os.walk(instance):
        yield from (Path(folder, name) for name in (*folders, *files))
