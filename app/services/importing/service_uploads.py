"""The files of services, sent by a clerk: read first, then written as they were read."""

import hashlib
from collections.abc import Sequence
from pathlib import PurePath

from app.models import Folder
from app.models.stored_files import ARCHIVE
from app.services.actors import CurrentClerk
from app.services.files import stored_files
from app.services.importing import service_files, uploading
from app.services.importing.service_files import Done
from app.services.importing.uploading import Sent
from app.services.refusals import Reason, Refusal

# While they are read nobody writes to SQLite: some two seconds.
MOST_ROWS = 10_000
CALLED = f"services{ARCHIVE.suffix}"
MEANWHILE = (
    "Entre-temps, ce que ces fichiers changeraient n’est plus le même\u00a0: relisez, puis "
    "recommencez. Rien n’a été écrit."
)


def receive(sent: Sequence[Sent]) -> str:
    """Store what was sent; return the key that names it. Raises Refusal.

    What nobody writes is swept the next night.
    """
    _, name = uploading.keep(sent)
    return PurePath(name).stem


def read(key: str, by: CurrentClerk) -> tuple[Done, str]:
    """Tell what writing them would do, and the fingerprint of that.

    Raises ImportRefused with what is to be put right, Refusal when they are gone or too long.
    """
    with uploading.opened(CALLED, _name(key)) as path:
        done = service_files.run(path, by, rehearses=True, most_rows=MOST_ROWS)
    return done, hashlib.sha256(repr(done).encode()).hexdigest()


def write(key: str, fingerprint: str, by: CurrentClerk) -> Done:
    """Write them, if they still do what was read. Raises as `read` does."""
    if read(key, by)[1] != fingerprint:
        raise Refusal(Reason.OUTDATED, MEANWHILE)
    with uploading.opened(CALLED, _name(key)) as path:
        done = service_files.run(path, by)
    stored_files.discard(Folder.IMPORTS, [_name(key)])
    return done


def _name(key: str) -> str:
    return f"{key}{ARCHIVE.suffix}"
