"""« Mes données »: what is in it is safe on every system, and it is not asked for without end."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app import db
from app.blueprints.family.account import own_data
from app.models import (
    Document,
    Family,
)
from app.services.profile.own_data.packing import MEMORY_BYTES
from tests.blueprints.family.archives import Archive, download, store
from tests.support.browser import Browser
from tests.support.people import People


def test_names_of_files_are_safe_and_all_different(app: Flask, people: People) -> None:
    """Whatever a title holds, nothing is written outside of the folder where it is opened."""
    titles = ["../../etc/passwd", "Menu", "Menu", "a\\b\r\nc", "...", "x" * 300]
    with app.app_context(), db.transaction() as session:
        family = session.scalars(select(Family.id).where(Family.number == "3816231")).one()
        for number, title in enumerate(titles):
            store(app, "documents", f"t{number}.pdf", str(number).encode())
            session.add(Document(source_id=f"t{number}", family_id=family, title=title[:200],
                                 file=f"t{number}.pdf"))  # fmt: skip
        session.add(
            Document(source_id="up", family_id=family, title="Dehors", file="../portail.db")
        )
    archive = download(app, people.zest)
    names = [name for name in archive.names if name.startswith("documents/")]
    assert len(set(names)) == len(titles)
    assert "documents/Menu (2).pdf" in names
    assert all(".." not in name and name.count("/") == 1 and len(name) < 120 for name in names)
    [outside] = [entry for entry in archive.data["documents"] if entry["titre"] == "Dehors"]
    assert outside["fichier"] is None


def test_asking_again_and_again_has_to_wait(app: Flask, people: People) -> None:
    """Three archives, then a sentence; the other guardian's are counted apart."""
    for _ in range(3):
        download(app, people.ines)
    browser = Browser(app)
    browser.sign_in(people.ines)
    page = browser.get("family.account").submit("Télécharger mes données")
    assert own_data.TOO_OFTEN in page.text
    download(app, people.karim)


def test_nothing_is_left_on_the_disk(
    app: Flask, people: People, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An archive larger than what memory holds has no name anywhere, not even while it is sent."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    large = b"%PDF" + bytes(3 * MEMORY_BYTES)
    store(app, "documents", "d1.pdf", large)
    browser = Browser(app)
    browser.sign_in(people.zest)
    page = browser.get("family.account")
    answer = browser.client.post(
        "/compte/mes-donnees", data={"csrf_token": page.csrf_token}, base_url=browser.base_url
    )
    assert list(folder.iterdir()) == []
    assert Archive(answer.data).read("documents/Attestation de paiement.pdf") == large
    answer.close()
    assert list(folder.iterdir()) == []
