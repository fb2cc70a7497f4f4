"""The file of a backup: a compressed tar, its manifest last, encrypted by age where asked."""

import gzip
import hashlib
import json
import os
import re
import subprocess
import tarfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import IO, Any, BinaryIO

from app.services.backups import programs
from app.services.refusals import Reason, Refusal

MANIFEST = "manifest.json"
DATABASE = "database"
FORMAT = 1
SUFFIX = ".tar.gz"
ENCRYPTED = ".age"
# Of the processor's time a hundredth of the best, for files that are mostly compressed already.
FAST = 1
BLOCK = 1024 * 1024
BEGINS_ENCRYPTED = b"age-encryption.org/"
# A folder, perhaps one in it, and a name that leads nowhere else.
MEMBER = re.compile(r"(?:[\w-]+/){0,2}[^/\0]+")
# What a killed backup left behind is younger than that only while it is written.
ABANDONED_AFTER = timedelta(days=1)

DAMAGED = (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile)
BROKEN = "{} n’est pas une sauvegarde entière ({})"


@dataclass(slots=True)
class Packer:
    """Adds files to a backup, and notes what each one is."""

    tar: tarfile.TarFile
    members: dict[str, dict[str, object]] = field(default_factory=dict)

    def add(self, name: str, stream: IO[bytes], size: int) -> None:
        """Add so many bytes of a stream. Raises OSError when it has fewer."""
        info = tarfile.TarInfo(name)
        info.size, info.mode, info.mtime = size, 0o600, int(datetime.now(UTC).timestamp())
        digested = _Digested(stream)
        self.tar.addfile(info, digested)
        self.members[name] = {"size": size, "sha256": digested.digest.hexdigest()}

    def add_bytes(self, name: str, content: bytes) -> None:
        """Add what is in memory."""
        self.add(name, BytesIO(content), len(content))


class _Digested:
    """A stream whose digest is known once it is read."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.digest = hashlib.sha256()

    def read(self, size: int = -1, /) -> bytes:
        block = self._stream.read(size)
        self.digest.update(block)
        return block


@contextmanager
def packing(target: Path, recipients: Sequence[str], manifest: dict[str, Any]) -> Iterator[Packer]:
    """Write a backup beside its place; it takes the place once all of it is on the disk.

    What the block puts into the manifest before it ends is written with it.
    """
    partial = target.with_name(f".{target.name}.partial")
    try:
        descriptor = os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "wb") as out:
            with (
                _encrypted(out, recipients) as sink,
                gzip.GzipFile("", "wb", FAST, sink) as squeezed,
                tarfile.open(fileobj=squeezed, mode="w|") as tar,
            ):
                packer = Packer(tar)
                yield packer
                manifest |= {"format": FORMAT, "members": dict(packer.members)}
                packer.add_bytes(MANIFEST, json.dumps(manifest, indent=1).encode())
            out.flush()
            os.fsync(out.fileno())
        partial.rename(target)
        _sync_folder(target.parent)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def remove_abandoned(folder: Path, beginning: str) -> None:
    """Remove what a killed backup of this town left half written."""
    limit = (datetime.now(UTC) - ABANDONED_AFTER).timestamp()
    for left in folder.glob(f".{beginning}-*.partial"):
        if left.stat().st_mtime < limit:
            left.unlink(missing_ok=True)


def unpack(file: Path, identity: Path | None, folder: Path) -> dict[str, Any]:
    """Take a backup out into an empty folder, and return its manifest.

    Raises Refusal when it is not whole, or not as its manifest says.
    """
    try:
        with _decrypted(file, identity) as stream, gzip.GzipFile(fileobj=stream) as plain:
            with tarfile.open(fileobj=plain, mode="r|") as tar:
                found = {info.name: _take_out(tar, info, folder) for info in tar}
            # The checksum of the whole stands behind the last member.
            while plain.read(BLOCK):
                pass
    except DAMAGED as error:
        raise Refusal(Reason.UNFIT, BROKEN.format(file, error)) from error
    manifest: dict[str, Any] = {}
    if found.pop(MANIFEST, None):
        manifest = json.loads((folder / MANIFEST).read_bytes())
    if manifest.get("format") != FORMAT or manifest["members"] != found:
        raise Refusal(Reason.UNFIT, BROKEN.format(file, "son contenu n’est pas celui d’origine"))
    return manifest


def _take_out(tar: tarfile.TarFile, info: tarfile.TarInfo, folder: Path) -> dict[str, object]:
    """Write one member, and tell its size and its digest."""
    source = tar.extractfile(info) if info.isreg() else None
    names = info.name.split("/")
    if source is None or not MEMBER.fullmatch(info.name) or {".", ".."} & set(names):
        raise tarfile.TarError(info.name)
    path = folder.joinpath(*names)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest = hashlib.sha256()
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        while block := source.read(BLOCK):
            digest.update(block)
            out.write(block)
        out.flush()
        os.fsync(out.fileno())
    return {"size": info.size, "sha256": digest.hexdigest()}


@contextmanager
def _encrypted(out: BinaryIO, recipients: Sequence[str]) -> Iterator[IO[bytes]]:
    """Encrypt for these people, or let all pass when there are none."""
    if not recipients:
        yield out
        return
    named = [word for recipient in recipients for word in ("--recipient", recipient)]
    with subprocess.Popen(  # noqa: S603
        [programs.find("age"), "--encrypt", *named],
        stdin=subprocess.PIPE, stdout=out, stderr=subprocess.PIPE,
    ) as age:  # fmt: skip
        assert age.stdin is not None
        # It may leave early, and says why.
        with suppress(BrokenPipeError):
            yield age.stdin
        with suppress(BrokenPipeError):
            age.stdin.close()
        _see_it_end(age)


@contextmanager
def _decrypted(file: Path, identity: Path | None) -> Iterator[IO[bytes]]:
    """Open a backup, through age when it is encrypted."""
    with file.open("rb") as raw:
        if raw.read(len(BEGINS_ENCRYPTED)) != BEGINS_ENCRYPTED:
            raw.seek(0)
            yield raw
            return
    if identity is None:
        raise Refusal(Reason.MISSING, f"{file} est chiffré\u00a0: donnez la clé par --identity")
    with subprocess.Popen(  # noqa: S603
        [programs.find("age"), "--decrypt", "--identity", str(identity), str(file)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as age:  # fmt: skip
        assert age.stdout is not None
        try:
            yield age.stdout
        except DAMAGED:
            _see_it_end(age)
            raise
        _see_it_end(age)


def _see_it_end(age: subprocess.Popen[bytes]) -> None:
    assert age.stderr is not None
    said = age.stderr.read()
    if age.wait():
        raise Refusal(Reason.UNFIT, programs.complaint("age", said))


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
