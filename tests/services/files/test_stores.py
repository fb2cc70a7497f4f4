"""The local store: whole files or none, for their owner only, and no way out of its folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.models import Folder
from app.services.files.stores import LocalFolder


@pytest.fixture
def store(tmp_path: Path) -> LocalFolder:
    """An empty store."""
    return LocalFolder(tmp_path)


def names(store: LocalFolder) -> list[str]:
    return sorted(entry.name for entry in store.list(Folder.REQUESTS))


def test_what_is_put_is_read_back_and_listed(store: LocalFolder) -> None:
    assert store.put(Folder.REQUESTS, "a.pdf", (b"%PDF-", b"1.7")) == len(b"%PDF-1.7")
    with store.open(Folder.REQUESTS, "a.pdf") as stream:
        assert stream.read() == b"%PDF-1.7"
    assert store.has(Folder.REQUESTS, "a.pdf")
    assert not store.has(Folder.DOCUMENTS, "a.pdf")
    assert names(store) == ["a.pdf"]
    store.delete(Folder.REQUESTS, "a.pdf")
    store.delete(Folder.REQUESTS, "a.pdf")
    assert names(store) == []


def test_nobody_else_of_the_server_reads_them(store: LocalFolder) -> None:
    store.put(Folder.REQUESTS, "a.pdf", (b"%PDF-",))
    path = Path(store.where(Folder.REQUESTS, "a.pdf"))
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_half_a_file_is_none(store: LocalFolder) -> None:
    """The disk fills up, or the upload ends, in the middle."""

    def half() -> Iterator[bytes]:
        yield b"%PDF-"
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space left"):
        store.put(Folder.REQUESTS, "a.pdf", half())
    assert names(store) == []


@pytest.mark.parametrize("name", ["", "../a.pdf", "b/a.pdf", "/etc/passwd", ".."])
def test_a_name_leads_nowhere_else(store: LocalFolder, tmp_path: Path, name: str) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF-")
    with pytest.raises(FileNotFoundError):
        store.open(Folder.REQUESTS, name)
    with pytest.raises(FileNotFoundError):
        store.put(Folder.REQUESTS, name, (b"",))


def test_an_empty_store_lists_nothing(store: LocalFolder) -> None:
    assert [list(store.list(folder)) for folder in Folder] == [[] for _ in Folder]
