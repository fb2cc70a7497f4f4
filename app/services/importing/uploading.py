"""What a clerk sends to be imported: one ZIP, or several CSV that become one."""

import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path, PurePath
from typing import BinaryIO, NamedTuple

from app.db.columns import new_public_id
from app.formats import plural
from app.models import Folder
from app.models.stored_files import ARCHIVE
from app.services.files import stored_files
from app.services.files.stored_files import FoundFile
from app.services.files.stores import store
from app.services.files.uploads import MEBIBYTE
from app.services.refusals import Reason, Refusal
from app.typed_text import one_line

LARGEST_MEBIBYTES = 200
LARGEST = LARGEST_MEBIBYTES * MEBIBYTE
# A name of a file has 255 bytes at most, of which a character may take four.
LONGEST_NAME = 60
NOTHING = "Choisissez un fichier ZIP, ou les fichiers CSV de votre logiciel."
NOT_THESE = (
    "«\u00a0{}\u00a0» n’est ni un ZIP, ni un fichier CSV. Choisissez un ZIP, ou les fichiers CSV."
)
TWO_ALIKE = "Deux fichiers s’appellent «\u00a0{}\u00a0». Choisissez-en un seul."
GONE = "Les fichiers de cet import ne sont plus gardés. Choisissez-les de nouveau."


class Sent(NamedTuple):
    """A file as it was sent."""

    name: str
    stream: BinaryIO


def keep(sent: Sequence[Sent]) -> tuple[str, str]:
    """Store what was sent; return what it is called, and the name under which it lies.

    Raises Refusal when it is nothing that an import reads.
    """
    if not sent:
        raise Refusal(Reason.MISSING, NOTHING)
    if len(sent) == 1 and _begins_as_archive(sent[0].stream):
        return _called(sent[0].name), _store(sent[0].stream)
    for each in sent:
        if PurePath(_called(each.name)).suffix.lower() != ".csv":
            raise Refusal(Reason.UNFIT, NOT_THESE.format(_called(each.name)))
    called = _called(sent[0].name) if len(sent) == 1 else plural(len(sent), "fichier") + " CSV"
    with tempfile.TemporaryFile() as packed:
        _pack(sent, packed)
        return called, _store(packed)


@contextmanager
def opened(called: str, name: str) -> Iterator[Path]:
    """Give a path to what was stored, which an import reads as any other.

    Raises Refusal when it is gone.
    """
    found = stored_files.open_file(FoundFile(Folder.IMPORTS, name))
    if found is None:
        raise Refusal(Reason.UNKNOWN, GONE)
    with tempfile.TemporaryDirectory() as folder, found.stream:
        path = Path(folder) / called
        with path.open("wb") as copy:
            shutil.copyfileobj(found.stream, copy)
        yield path


def _begins_as_archive(stream: BinaryIO) -> bool:
    begins = stream.read(len(ARCHIVE.start))
    stream.seek(0)
    return begins == ARCHIVE.start


def _pack(sent: Sequence[Sent], packed: BinaryIO) -> None:
    names: set[str] = set()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for each in sent:
            name = _called(each.name)
            if name.lower() in names:
                raise Refusal(Reason.AMBIGUOUS, TWO_ALIKE.format(name))
            names.add(name.lower())
            with archive.open(name, "w", force_zip64=True) as entry:
                shutil.copyfileobj(each.stream, entry)
    packed.seek(0)


def _called(name: str) -> str:
    """Keep of a name what stands in a sentence, and names a file in a folder."""
    called = one_line(PurePath(name.replace("\\", "/")).name)[-LONGEST_NAME:]
    return called if called.strip(".") else "fichier"


def _store(stream: BinaryIO) -> str:
    name = f"{new_public_id()}{ARCHIVE.suffix}"
    store().put(Folder.IMPORTS, name, iter(partial(stream.read, MEBIBYTE), b""))
    return name
