"""Both stores: whole files or none, no way out of their folder, and away or there, never both."""

import re
import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from app.models import Folder
from app.services.files import object_storage
from app.services.files.local_folder import LocalFolder
from app.services.files.object_storage import Access, ObjectStorage
from app.services.files.store import MARKER, Store, StoreAway
from tests.support.bucket import KEYS, Service
from tests.support.smtp_servers import free_port

ROOT = Path(__file__).parents[3]
BUCKET = "portail-communes"
# It looks at who may read them.
LOOKS_BY_ITSELF = {"app/services/doctor/file_modes.py"}


def in_bucket(endpoint: str, prefix: str = "/saint-exemple/") -> ObjectStorage:
    """Keep files there."""
    return ObjectStorage(Access(bucket=BUCKET, endpoint=endpoint, region="fr-par", **KEYS), prefix)


def marked(folder: Path) -> LocalFolder:
    """Make a folder a store."""
    store = LocalFolder(folder)
    store.check()
    return store


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """An empty store."""
    if request.param == "folder":
        return marked(tmp_path)
    service: Service = request.getfixturevalue("service")
    service.forget_everything()
    service.new_bucket(BUCKET)
    return in_bucket(service.endpoint)


def names(store: Store) -> list[str]:
    return sorted(entry.name for entry in store.list(Folder.REQUESTS))


def test_a_folder_that_a_server_shows_has_addresses(store: Store) -> None:
    """A bucket has none: the portal sends those files itself."""
    local = isinstance(store, LocalFolder)
    address = store.address_below("/prive", Folder.REQUESTS, "a.pdf")
    assert address == ("/prive/requests/a.pdf" if local else "")


def test_what_is_put_is_read_back_and_listed(store: Store) -> None:
    assert store.put(Folder.REQUESTS, "a.pdf", (b"%PDF-", b"1.7")) == len(b"%PDF-1.7")
    with store.open(Folder.REQUESTS, "a.pdf") as stream:
        assert stream.read() == b"%PDF-1.7"
        assert stream.seek(2) == 2
        assert stream.read(3) == b"DF-"
    assert store.has(Folder.REQUESTS, "a.pdf")
    assert not store.has(Folder.REQUESTS, "a.pd")
    assert not store.has(Folder.DOCUMENTS, "a.pdf")
    assert names(store) == ["a.pdf"]
    store.delete(Folder.REQUESTS, "a.pdf")
    store.delete(Folder.REQUESTS, "a.pdf")
    assert names(store) == []
    with pytest.raises(FileNotFoundError):
        store.open(Folder.REQUESTS, "a.pdf")


def test_a_large_file_is_read_in_pieces(store: Store) -> None:
    """Larger than what a bucket gives at once."""
    content = b"%PDF-" + bytes(range(256)) * 10_000
    store.put(Folder.REQUESTS, "a.pdf", (content,))
    with store.open(Folder.REQUESTS, "a.pdf") as stream:
        assert b"".join(iter(lambda: stream.read(100_000), b"")) == content


def test_half_a_file_is_none(store: Store) -> None:
    """The upload ends in the middle."""

    def half() -> Iterator[bytes]:
        yield b"%PDF-"
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        store.put(Folder.REQUESTS, "a.pdf", half())
    assert names(store) == []


@pytest.mark.parametrize("name", ["", "../a.pdf", "b/a.pdf", "/etc/passwd", ".."])
def test_a_name_leads_nowhere_else(store: Store, name: str) -> None:
    store.put(Folder.DOCUMENTS, "a.pdf", (b"%PDF-",))
    with pytest.raises(FileNotFoundError):
        store.open(Folder.REQUESTS, name)
    with pytest.raises(FileNotFoundError):
        store.delete(Folder.REQUESTS, name)
    with pytest.raises(FileNotFoundError):
        store.put(Folder.REQUESTS, name, (b"",))
    assert not store.has(Folder.REQUESTS, name)


def test_an_empty_store_lists_nothing(store: Store) -> None:
    assert [list(store.list(folder)) for folder in Folder] == [[] for _ in Folder]


def test_a_store_is_marked_once(store: Store) -> None:
    """A new one gets its marker; the marker is no file of the town's."""
    store.check()
    store.check()
    assert [list(store.list(folder)) for folder in Folder] == [[] for _ in Folder]


def test_nobody_else_of_the_server_reads_them(tmp_path: Path) -> None:
    store = marked(tmp_path)
    store.put(Folder.REQUESTS, "a.pdf", (b"%PDF-",))
    path = Path(store.where(Folder.REQUESTS, "a.pdf"))
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_two_towns_share_a_bucket_and_no_file(service: Service) -> None:
    """Each has its prefix."""
    service.forget_everything()
    service.new_bucket(BUCKET)
    town, other, whole = (in_bucket(service.endpoint, each) for each in ("/a", "b/", ""))
    town.put(Folder.REQUESTS, "a.pdf", (b"%PDF-",))
    town.check()
    assert names(other) == names(whole) == []
    assert town.where(Folder.REQUESTS, "a.pdf") == f"s3://{BUCKET}/a/requests/a.pdf"
    assert whole.where(Folder.REQUESTS, "a.pdf") == f"s3://{BUCKET}/requests/a.pdf"


def away(tmp_path: Path, service: Service, which: str) -> Store:
    """A store that cannot be used: a full or absent disk, no bucket, nobody there, a refusal."""
    if which == "not mounted":
        return LocalFolder(tmp_path)
    if which == "disk":
        (tmp_path / "instance").write_bytes(b"")
        return LocalFolder(tmp_path / "instance")
    if which == "nobody":
        return in_bucket(f"http://127.0.0.1:{free_port()}")
    service.forget_everything()
    return in_bucket(service.endpoint)


@pytest.mark.parametrize("which", ["disk", "not mounted", "no bucket", "nobody"])
def test_a_store_that_is_away_has_no_answer(tmp_path: Path, service: Service, which: str) -> None:
    """« This file is not there » would be one."""
    store = away(tmp_path, service, which)
    with pytest.raises(StoreAway):
        store.open(Folder.REQUESTS, "a.pdf")
    with pytest.raises(StoreAway):
        store.put(Folder.REQUESTS, "a.pdf", (b"%PDF-",))
    with pytest.raises(StoreAway):
        list(store.list(Folder.REQUESTS))
    with pytest.raises(StoreAway):
        store.has(Folder.REQUESTS, "a.pdf")
    if which != "not mounted":
        with pytest.raises(StoreAway):
            store.check()


def test_a_store_that_says_nothing_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes the connection, and never answers."""
    monkeypatch.setattr(object_storage, "SILENCE", timedelta(seconds=0.1))
    monkeypatch.setattr(object_storage, "RETRY_TIME", timedelta(seconds=0.1))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        store = in_bucket(f"http://127.0.0.1:{silent.getsockname()[1]}")
        with pytest.raises(StoreAway):
            store.open(Folder.REQUESTS, "a.pdf")


def test_a_folder_that_lost_its_marker_and_takes_none_is_away(tmp_path: Path) -> None:
    """The disk is not mounted: what is below belongs to root."""
    tmp_path.joinpath(MARKER).mkdir()
    with pytest.raises(StoreAway):
        LocalFolder(tmp_path).check()


def test_nothing_else_knows_where_files_lie() -> None:
    """Nobody joins the instance and a folder of files; import-linter keeps the stores apart."""
    joined = re.compile(r"\binstance\b.*\.folder\b")
    found = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "app").rglob("*.py")
        if any(map(joined.search, path.read_text("utf-8").splitlines()))
    }
    assert found == LOOKS_BY_ITSELF
