"""A town moves its files into a bucket, and back."""

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

import config
from app import create_app
from app.models import Folder
from app.services.files.object_storage import ObjectStorage
from app.services.files.stores import store, store_at
from tests.support.belongings import furnish
from tests.support.bucket import Service
from tests.support.people import People

BUCKET = "s3://communes/saint-exemple"


@pytest.fixture
def settings(settings: config.Settings, service: Service) -> config.Settings:
    """A town that has a key there, and keeps its files at home."""
    service.forget_everything()
    service.new_bucket("communes")
    return service.customer(settings, "")


def copy(app: Flask, *words: str) -> Result:
    """Run the command."""
    return app.test_cli_runner().invoke(args=["files", "copy", *words])


def test_a_town_moves_into_a_bucket_and_back(
    app: Flask, people: People, settings: config.Settings
) -> None:
    """Each file is copied once, compared, and left where it was; what is missing is told."""
    furnish(app, people.claire, "Pervenche", 2024)
    with app.app_context():
        for name in ("d1.pdf", "d2.pdf"):
            store().put(Folder.DOCUMENTS, name, (b"%PDF-1.7",))
        store().put(Folder.IMPORTS, "export.zip", (b"PK",))
    result = copy(app, BUCKET)
    assert result.exit_code == 0, result.output
    assert "fichiers copiés et vérifiés." in result.output
    assert f"mettez PORTAIL_FILES_URL={BUCKET}" in result.output
    assert f"flask files copy --from instance {BUCKET}" in result.output
    with app.app_context():
        for folder in Folder:
            names = {each.name for each in store().list(folder)}
            assert names == {each.name for each in store_at(BUCKET).list(folder)}
            assert names
    moved = create_app(replace(settings, files_url=BUCKET))
    (Path(app.instance_path) / "documents" / "late.pdf").write_bytes(b"%PDF-1.7 late")
    again = copy(moved, "--from", "instance", BUCKET)
    assert "1\u00a0fichier copié et vérifié, 9 déjà là" in again.output
    assert "PORTAIL_FILES_URL" not in again.output
    with moved.app_context():
        store().put(Folder.DOCUMENTS, "later.pdf", (b"%PDF-1.7 later",))
    assert "retirez PORTAIL_FILES_URL" in copy(moved, "instance").output
    assert (Path(app.instance_path) / "documents" / "later.pdf").read_bytes() == b"%PDF-1.7 later"
    moved.extensions["portail.engine"].dispose()


@pytest.mark.usefixtures("people")
def test_what_was_missing_already_is_named(app: Flask) -> None:
    """Rows of documents name files that nobody has: a status says so."""
    result = copy(app, BUCKET)
    assert result.exit_code == 1
    assert "2\u00a0fichiers manquaient déjà" in result.output
    assert "documents/d1.pdf" in result.output


def test_a_copy_that_differs_is_no_copy(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bucket keeps something else than what it was given."""
    with app.app_context():
        store().put(Folder.DOCUMENTS, "a.pdf", (b"%PDF-1.7",))
    put = ObjectStorage.put

    def spoil(bucket: ObjectStorage, folder: Folder, name: str, _content: object) -> int:
        return put(bucket, folder, name, (b"%PDF-1.7 spoilt",))

    monkeypatch.setattr(ObjectStorage, "put", spoil)
    result = copy(app, BUCKET)
    assert result.exit_code == 1
    assert "n’est pas ce qui y a été écrit" in result.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("/srv/portail",), "n’est ni instance, ni s3://"),
        (("instance",), "c’est là que les fichiers sont déjà"),
        (("s3://nobody/town",), "ni lus ni écrits"),
    ],
)
def test_what_cannot_be_done_is_said(app: Flask, words: tuple[str, ...], said: str) -> None:
    """In one sentence."""
    result = copy(app, *words)
    assert result.exit_code != 0
    assert said in result.output
