"""The files of a town are away: pages open, nothing sent is lost, and all is back with them."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

import config
from app import create_app
from app.services.files import object_storage
from app.services.files.stores import store
from app.web.forms import STORE_AWAY
from tests.blueprints.family.heavy_request import about_a_bench, send
from tests.blueprints.family.test_object_storage import addresses
from tests.conftest import skip_or_fail
from tests.support.belongings import furnish
from tests.support.browser import Browser
from tests.support.bucket import Service
from tests.support.databases import NewDatabase, engine_of
from tests.support.people import settle_in

NOT_A_WORD = timedelta(seconds=0.2)


class Mounted:
    """The instance folder is a disk of its own, such as one of NFS that two machines share."""

    def __init__(self, folder: Path) -> None:
        """Mount it."""
        self.disk, self.instance = folder / "disk", folder / "instance"
        for each in (self.disk, self.instance):
            each.mkdir()
        self.mount()

    def mount(self) -> None:
        """Have the disk there."""
        mount = ["mount", "--bind", str(self.disk), str(self.instance)]
        if subprocess.run(mount, check=False, capture_output=True).returncode:
            skip_or_fail("this machine mounts nothing")

    def unmount(self) -> None:
        """Leave the folder that was below."""
        subprocess.run(["umount", "--lazy", str(self.instance)], check=True)

    @contextmanager
    def away(self) -> Iterator[None]:
        """For the time of the block."""
        self.unmount()
        try:
            yield
        finally:
            self.mount()


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Mounted]:
    """A disk, while the test lasts."""
    if os.geteuid() != 0:
        skip_or_fail("mounting a disk wants root")
    disk = Mounted(tmp_path)
    yield disk
    disk.unmount()


def test_the_folder_is_not_mounted(mounted: Mounted, new_sqlite: NewDatabase) -> None:
    """What is below is an empty folder, which takes files: they would be lost."""
    goes_away_and_comes_back(
        config.Test(instance=mounted.instance, database_url=new_sqlite()), mounted.away()
    )
    assert not list(mounted.instance.glob("*.partial"))
    with mounted.away():
        assert list(mounted.instance.iterdir()) == []


def test_the_bucket_says_nothing(
    tmp_path: Path, new_sqlite: NewDatabase, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hosting company takes connections, and does not answer."""
    monkeypatch.setattr(object_storage, "SILENCE", NOT_A_WORD)
    monkeypatch.setattr(object_storage, "RETRY_TIME", NOT_A_WORD)
    service.forget_everything()
    service.new_bucket("communes")
    settings = config.Test(instance=tmp_path, database_url=new_sqlite())
    goes_away_and_comes_back(service.customer(settings, "s3://communes/silent"), service.silent())


def goes_away_and_comes_back(settings: config.Settings, away: AbstractContextManager[None]) -> None:
    """Somebody reads and somebody sends, before, meanwhile and afterwards."""
    town = create_app(settings)
    with town.app_context():
        store().check()
    people = settle_in(town)
    has = furnish(town, people.claire, "Pervenche", 2024)
    reader = Browser(town)
    reader.sign_in(people.claire)
    files = [path for path, _ in addresses(reader, has)]
    waiting = about_a_bench(town, people)
    with away:
        for path in files:
            answer = reader.fetch(path)
            assert (answer.status_code, answer.headers.get("Retry-After")) == (503, "30"), path
            assert "Les fichiers ne sont pas disponibles" in answer.text
        for page in ("family.home", "family.children", "family.documents"):
            reader.get(page)
        assert reader.fetch("/sante/pret").status_code == 503
        refused = send(waiting)
        assert refused.errors[:1] == [STORE_AWAY.replace("\u00a0", " ")]
        assert "Un banc" in refused.text
    assert [reader.fetch(path).status_code for path in files] == [200] * len(files)
    assert reader.fetch("/sante/pret").status_code == 200
    assert not send(refused).errors
    engine_of(town).dispose()
