"""A town whose files lie in a bucket: its families notice nothing, until the bucket is away."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

import config
from app import create_app, db
from app.models import Document, Family, Folder, RequestFile, Throttle
from app.services.files.stores import store
from app.web.forms import STORE_AWAY
from tests.blueprints.family.archives import Archive
from tests.blueprints.family.heavy_request import PAPER, about_a_bench, send
from tests.services.importing.town import Town
from tests.support.belongings import Belongings, furnish
from tests.support.browser import Browser
from tests.support.bucket import Service
from tests.support.people import People
from tests.support.smtp_servers import free_port

MARK = "Pervenche"
# Each page that hands over a stored file, what its address names, and the folder of the file.
FILES = (
    ("family.child_photo", {"public_id": "child"}, "photos"),
    ("family.invoice_file", {"public_id": "invoice_with_file"}, "invoices"),
    ("family.document", {"public_id": "document"}, "documents"),
    ("family.message_attachment", {"public_id": "attachment"}, "messages"),
    ("family.request_file", {"public_id": "request", "file_id": "file"}, "requests"),
)


@pytest.fixture
def settings(settings: config.Settings, service: Service) -> config.Settings:
    """Those of a town that keeps its files there."""
    service.forget_everything()
    service.new_bucket("communes")
    return service.customer(settings, "s3://communes/saint-exemple")


@pytest.fixture
def belongings(app: Flask, people: People) -> Belongings:
    """What Claire has: a file in each folder."""
    return furnish(app, people.claire, MARK, 2024)


@pytest.fixture
def app_away(settings: config.Settings, belongings: Belongings) -> Iterator[Flask]:
    """The same town, once the hosting company does not answer any more."""
    assert belongings.mark == MARK
    away = create_app(replace(settings, s3_endpoint=f"http://127.0.0.1:{free_port()}"))
    yield away
    away.extensions["portail.engine"].dispose()


def addresses(browser: Browser, belongings: Belongings) -> Iterator[tuple[str, str]]:
    """List the addresses of the files, each with the folder of its file."""
    for endpoint, things, folder in FILES:
        ids = {name: belongings.ids[thing] for name, thing in things.items()}
        yield browser.address(endpoint, **ids), folder


def archive(browser: Browser) -> tuple[int, bytes]:
    """Press « Télécharger mes données »."""
    form = {"csrf_token": browser.get("family.account").csrf_token}
    answer = browser.fetch(browser.address("family.own_data_archive"), "POST", form)
    return answer.status_code, answer.data


def test_families_get_their_files_through_the_portal(
    app: Flask, people: People, belongings: Belongings
) -> None:
    """Of the right type, in part or whole, and nobody else's."""
    parent, other = Browser(app), Browser(app)
    parent.sign_in(people.claire)
    other.sign_in(people.zest)
    for path, folder in addresses(parent, belongings):
        answer = parent.fetch(path)
        assert answer.status_code == 200, path
        assert f"Contenu {folder} {MARK} 1".encode() in answer.data
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.mimetype == ("image/jpeg" if folder == "photos" else "application/pdf")
        assert int(answer.headers["Content-Length"]) == len(answer.data)
        client = parent.client
        part = client.get(path, headers={"Range": "bytes=1-3"}, base_url=parent.base_url)
        assert (part.status_code, part.data) == (206, b"PDF")
        known = {"If-None-Match": answer.headers["ETag"]}
        assert client.get(path, headers=known, base_url=parent.base_url).status_code == 304
        assert other.fetch(path).status_code == 404
    assert list(Path(app.instance_path).glob("*/*")) == []


def test_a_file_that_a_family_sends_is_kept_there(app: Flask, people: People) -> None:
    """And comes back with its data, until somebody loses it: then the archive says so."""
    send(about_a_bench(app, people))
    parent = Browser(app)
    parent.sign_in(people.zest)
    with app.app_context():
        joined = db.session().scalars(select(RequestFile)).one()
        with store().open(Folder.REQUESTS, joined.file) as stream:
            assert stream.read() == PAPER
    status, content = archive(parent)
    whole = Archive(content)
    assert (status, whole.read("demandes/plan.pdf")) == (200, PAPER)
    # The document of her family was never there.
    missing = ["documents/Attestation de paiement.pdf"]
    assert whole.data["fichiers_manquants"] == missing
    assert f"- {missing[0]}" in whole.read("LISEZMOI.txt").decode()
    assert list(Path(app.instance_path).glob("*/*")) == []


def test_a_download_says_that_the_store_is_away(
    app_away: Flask, people: People, belongings: Belongings
) -> None:
    """And the pages around it open."""
    parent = Browser(app_away)
    parent.sign_in(people.claire)
    for path, _ in addresses(parent, belongings):
        answer = parent.fetch(path)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
        assert "Les fichiers ne sont pas disponibles" in answer.text
    parent.get("family.home")
    parent.get("family.children")
    parent.get("family.documents")


def test_no_archive_is_incomplete_in_silence(app_away: Flask, people: People) -> None:
    """It is refused, and does not count as given: it can be asked for as soon as it can be made."""
    parent = Browser(app_away)
    parent.sign_in(people.claire)
    assert [archive(parent)[0] for _ in range(2)] == [503, 503]


def test_what_a_family_sends_is_not_lost(app_away: Flask, people: People) -> None:
    """Her words are on the page, which says what to do; no request left."""
    page = send(about_a_bench(app_away, people))
    assert page.errors[:1] == [STORE_AWAY.replace("\u00a0", " ")]
    assert "Un banc" in page.text
    with app_away.app_context():
        kept = db.session().scalar(
            select(func.count()).where(RequestFile.title == "plan").select_from(RequestFile)
        )
    assert kept == 0


def test_an_import_with_files_is_refused_whole(app_away: Flask, tmp_path: Path) -> None:
    """One sentence, and nothing is written."""
    with app_away.app_context():
        before = db.session().scalar(select(func.count(Family.id)))
    files = Town().folder(tmp_path / "files")
    result = app_away.test_cli_runner().invoke(args=["import", str(files)])
    assert result.exit_code == 1
    assert "rien n’a été importé, les fichiers ne peuvent être ni lus ni écrits" in result.output
    with app_away.app_context():
        assert db.session().scalar(select(func.count(Family.id))) == before


def test_the_purge_removes_rows_and_no_file(app_away: Flask, app: Flask) -> None:
    """Nobody knows then what is left behind."""
    yesterday = datetime.now(UTC) - timedelta(days=1)
    with app_away.app_context(), db.transaction() as session:
        session.add(Throttle(key="a", expires_at=yesterday))
    result = app_away.test_cli_runner().invoke(args=["purge"])
    assert result.exit_code == 1
    assert "les fichiers ne peuvent être ni lus ni écrits" in result.output
    with app.app_context():
        assert db.session().get(Throttle, "a") is None
        named = db.session().scalars(select(Document.file).where(Document.title.contains(MARK)))
        kept = {entry.name for entry in store().list(Folder.DOCUMENTS)}
        assert kept == set(named.all()) != set()
