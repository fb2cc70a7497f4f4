"""A store behind the protocol of S3, as most hosting companies offer it.

For towns whose portal runs on several machines. obstore takes 5 MiB of a worker: this module is
read where the settings ask for it.
"""

import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, BinaryIO, cast
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from app.models import Folder
from app.services.files.store import MARKED, MARKER, Entry, StoreAway, is_plain

if TYPE_CHECKING:
    from collections.abc import Buffer  # type: ignore[attr-defined]

# A page is waited for: whoever does not answer by then is away.
CONNECT_TIME = timedelta(seconds=2)
SILENCE = timedelta(seconds=4)
RETRIES, RETRY_TIME = 2, timedelta(seconds=4)
# For one request; the largest file has 20 MiB.
LONGEST_REQUEST = timedelta(minutes=2)
# What is read at once of a file that goes to somebody.
BLOCK = 1024 * 1024
# Towns of one process that share a bucket share its connections.
CLIENTS_KEPT = 64


@dataclass(frozen=True, slots=True)
class Access:
    """Where a bucket is, and who we are there."""

    bucket: str
    endpoint: str
    region: str
    access_key_id: str
    secret_access_key: str = field(repr=False)


class ObjectStorage:
    """Files in a bucket, below a prefix."""

    def __init__(self, access: Access, prefix: str) -> None:
        """Keep them there."""
        self._client = _client(access)
        self._address = f"s3://{access.bucket}"
        self._prefix = f"{prefix.strip('/')}/".lstrip("/")

    def key_of(self, folder: Folder, name: str) -> str:
        """Join the one key of a stored file. Raises FileNotFoundError for no plain name."""
        if not is_plain(name):
            raise FileNotFoundError(name)
        return f"{self._prefix}{folder.folder}/{name}"

    def put(self, folder: Folder, name: str, content: Iterable[bytes]) -> int:
        """Send it in one request, which the store takes whole or refuses."""
        key, whole = self.key_of(folder, name), b"".join(content)
        with _answering():
            obstore.put(self._client, key, whole, use_multipart=False)
        return len(whole)

    def open(self, folder: Folder, name: str) -> BinaryIO:
        """Ask for its first block, which is the whole of most; the rest is asked for when read."""
        remote = _Remote(self._client, self.key_of(folder, name))
        return cast("BinaryIO", io.BufferedReader(remote, BLOCK))

    def has(self, folder: Folder, name: str) -> bool:
        """Open it: of a bucket that is not there, its size alone would say « missing »."""
        try:
            self.open(folder, name).close()
        except FileNotFoundError:
            return False
        return True

    def delete(self, folder: Folder, name: str) -> None:
        """Have it removed."""
        key = self.key_of(folder, name)
        with _answering():
            obstore.delete(self._client, key)

    def list(self, folder: Folder) -> Iterator[Entry]:
        """List them, a thousand a request."""
        prefix = f"{self._prefix}{folder.folder}/"
        with _answering():
            for some in obstore.list(self._client, prefix, chunk_size=1000):
                for found in some:
                    yield Entry(found["path"].removeprefix(prefix), found["last_modified"])

    def where(self, folder: Folder, name: str) -> str:
        """Give its address."""
        return f"{self._address}/{self.key_of(folder, name)}"

    def address_below(self, _prefix: str, _folder: Folder, _name: str) -> str:
        """No server in front of the portal reads a bucket."""
        return ""

    def check(self) -> None:
        """Read the marker; a bucket that cannot take a new one is no store."""
        marker = self._prefix + MARKER
        with _answering():
            try:
                obstore.head(self._client, marker)
            except FileNotFoundError:
                obstore.put(self._client, marker, MARKED)

    def is_marked(self) -> bool:
        """Ask for the marker."""
        with _answering():
            try:
                obstore.head(self._client, self._prefix + MARKER)
            except FileNotFoundError:
                return False
        return True


class _Remote(io.RawIOBase):
    """A file of a bucket, of which what is read is asked for."""

    def __init__(self, client: S3Store, key: str) -> None:
        self._client, self._key = client, key
        self._at = 0
        with _answering():
            found = obstore.get(client, key, options={"range": (0, BLOCK)})
            self._size = found.meta["size"]
            self._first = bytes(found.bytes())

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: "Buffer") -> int:
        room = memoryview(buffer)
        read = self._read(len(room))
        room[: len(read)] = read
        return len(read)

    def readall(self) -> bytes:
        return self._read(self._size)

    def _read(self, most: int) -> bytes:
        start, end = self._at, min(self._at + most, self._size)
        if start >= end:
            return b""
        if end <= len(self._first):
            found = self._first[start:end]
        else:
            with _answering():
                found = bytes(obstore.get_range(self._client, self._key, start=start, end=end))
        self._at += len(found)
        return found


def split(address: str) -> tuple[str, str]:
    """Read the bucket and the prefix of an address such as s3://bucket/prefix."""
    parts = urlsplit(address)
    return parts.netloc, parts.path


@lru_cache(maxsize=CLIENTS_KEPT)
def _client(access: Access) -> S3Store:
    """Make it where it is used first, once gunicorn has forked: it has threads of its own."""
    return S3Store(
        access.bucket,
        config={
            "region": access.region,
            "access_key_id": access.access_key_id,
            "secret_access_key": access.secret_access_key,
            **({"endpoint": access.endpoint} if access.endpoint else {}),
        },
        client_options={
            "connect_timeout": CONNECT_TIME,
            "read_timeout": SILENCE,
            "timeout": LONGEST_REQUEST,
            "allow_http": access.endpoint.startswith("http://"),
        },
        retry_config={"max_retries": RETRIES, "retry_timeout": RETRY_TIME},
    )


@contextmanager
def _answering() -> Iterator[None]:
    """Tell a store that does not answer as one from a file that is missing."""
    try:
        yield
    except FileNotFoundError as error:
        if "NoSuchBucket" in str(error):
            raise StoreAway(_reason(error)) from error
        raise
    except (BaseError, OSError) as error:
        raise StoreAway(_reason(error)) from error


def _reason(error: Exception) -> str:
    # What follows the first line is how Rust came there.
    return str(error).partition("\n")[0]
