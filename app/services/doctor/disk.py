"""The disk: what is left where the town's data lie."""

import os
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import make_url

from app.formats import file_size
from app.services.doctor.findings import Finding, broken, fine, look
from app.settings import settings

MEBIBYTE = 1 << 20
# Less stops the next import, which writes the database twice.
TOO_LITTLE = 256 * MEBIBYTE
# Of a large disk a small share is much, of a small one all of it is little.
LITTLE, LITTLE_SHARE = 5_120 * MEBIBYTE, 0.10
FEW_NAMES = 0.05


def check() -> Iterator[Finding]:
    """Look at each disk once."""
    disks = {path.stat().st_dev: path for path in map(_there, places())}
    for path in disks.values():
        yield from _of(path)


def places() -> list[Path]:
    """Name the folders that grow."""
    url = make_url(settings.database_url)
    local = url.get_backend_name() == "sqlite" and url.database
    return [settings.instance, *([Path(url.database).parent] if local and url.database else [])]


def _there(path: Path) -> Path:
    """Find the disk of a folder that will be made."""
    return next(each for each in (path, *path.parents) if each.exists())


def _of(path: Path) -> Iterator[Finding]:
    told = os.statvfs(path)
    total, free = told.f_blocks * told.f_frsize, told.f_bavail * told.f_frsize
    said = f"{file_size(free)} libres sur {file_size(total)} ({path})"
    remedy = "faites de la place, ou agrandissez le disque"
    if free < TOO_LITTLE:
        yield broken(said, remedy)
    elif free < min(LITTLE, LITTLE_SHARE * total):
        yield look(said, remedy)
    else:
        yield fine(said)
    if told.f_files and told.f_favail < FEW_NAMES * told.f_files:
        yield look(f"bientôt plus un seul fichier ne pourra s’ajouter ({path})", remedy)
