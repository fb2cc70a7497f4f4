"""Stored files: kept with what must not fail, read back, told of before they are downloaded."""

import hashlib
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from io import SEEK_END
from typing import BinaryIO, NamedTuple

from app.models import Folder, kind_of
from app.services.files.store import StoreAway
from app.services.files.stores import store
from app.services.files.uploads import CheckedFile

HASH_CHARACTERS = 40


class StoredFile(NamedTuple):
    """What a parent may know of a file before downloading it; its size where it is known."""

    kind: str
    size: int | None


class FoundFile(NamedTuple):
    """A file that somebody may have: where it lies, and how to call it for them."""

    folder: Folder
    name: str
    title: str = ""


class OpenFile(NamedTuple):
    """A file that is being read, and what to say of it."""

    stream: BinaryIO
    size: int
    suffix: str
    media_type: str


def file_name(title: str, suffix: str) -> str:
    """Write a title as the name of a file; one that ends so already keeps a single ending."""
    return title if title.lower().endswith(suffix) else f"{title}{suffix}"


def describe(name: str, size: int | None) -> StoredFile:
    """Say what a row tells of its file: the store is not asked."""
    kind = kind_of(name)
    return StoredFile(kind.words if kind else "", size)


def keep(folder: Folder, files: Iterable[CheckedFile]) -> list[str]:
    """Store checked files under names of our own, all of them or none; return the names."""
    names: list[str] = []
    try:
        for file in files:
            names.append(f"{secrets.token_hex(16)}{file.suffix}")
            store().put(folder, names[-1], (file.content,))
    except OSError:
        discard(folder, names)
        raise
    return names


def keep_by_content(folder: Folder, file: CheckedFile) -> str:
    """Store a checked file under the name that its content gives, in the town's files too."""
    name = name_by_content(hashlib.sha256(file.content).hexdigest(), file.suffix)
    store().put(folder, name, (file.content,))
    return name


def name_by_content(digest: str, suffix: str) -> str:
    """Name a file by its digest: the same content has the same name."""
    return digest[:HASH_CHARACTERS] + suffix


@contextmanager
def keeping(folder: Folder, files: Iterable[CheckedFile]) -> Iterator[list[str]]:
    """Store checked files, under the names given, unless the block fails."""
    names = keep(folder, files)
    try:
        yield names
    except BaseException:
        discard(folder, names)
        raise


def discard(folder: Folder, names: Iterable[str]) -> None:
    """Remove stored files, which nothing names after all; what is left so is swept later."""
    with suppress(StoreAway):
        for name in names:
            store().delete(folder, name)


def open_file(found: FoundFile) -> OpenFile | None:
    """Open a stored file; None when it is not there any more, or of no kind that we store."""
    kind = kind_of(found.name)
    if kind is None:
        return None
    try:
        stream = store().open(found.folder, found.name)
    except FileNotFoundError:
        return None
    size = stream.seek(0, SEEK_END)
    stream.seek(0)
    return OpenFile(stream, size, kind.suffix, kind.media_type)


def address_below(prefix: str, found: FoundFile) -> str:
    """Say where a server that shows our folder at `prefix` has a file; nothing for a bucket."""
    return store().address_below(prefix, found.folder, found.name)


def read(folder: Folder, name: str) -> bytes | None:
    """Read a stored file whole; None when it is not there any more."""
    opened = open_file(FoundFile(folder, name))
    if opened is None:
        return None
    with opened.stream:
        return opened.stream.read()


def where(folder: Folder, name: str) -> str:
    """Say to whoever keeps the server where a file lies."""
    return store().where(folder, name)
