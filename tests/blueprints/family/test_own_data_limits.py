"""« Mes données »: what is in it is safe on every system, and it is not asked for without end."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from app import db
from app.models import Account, Document, Family
from app.services.accounts.allowances import Allowance
from app.services.profile.own_data import packing
from app.services.profile.own_data.packing import MEMORY_BYTES, TOO_OFTEN
from tests.blueprints.family.archives import Archive, download, store
from tests.support.browser import Browser
from tests.support.people import People

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def test_names_of_files_are_safe_and_all_different(app: Flask, people: People) -> None:
    """Whatever a title holds, nothing is written outside of the folder where it is opened."""
    titles = [
        "../../etc/passwd",
        "\u202egpj.exe\u2066",
        "Menu",
        "Menu",
        "a\\b\r\nc",
        "...",
        "x" * 300,
    ]
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
    assert "documents/gpj.exe.pdf" in names
    assert all(".." not in name and name.count("/") == 1 and len(name) < 120 for name in names)
    [outside] = [entry for entry in archive.data["documents"] if entry["titre"] == "Dehors"]
    assert archive.data["fichiers_manquants"][-1:] == [outside["fichier"]]


def test_asking_again_and_again_has_to_wait(app: Flask, people: People) -> None:
    """Three archives, then a sentence; the other guardian's are counted apart."""
    for _ in range(3):
        download(app, people.ines)
    browser = Browser(app)
    browser.sign_in(people.ines)
    page = browser.get("family.account").submit("Télécharger mes données")
    assert TOO_OFTEN in page.text
    download(app, people.karim)


def test_ten_archives_a_day_are_enough(app: Flask, people: People) -> None:
    """The eleventh of a day is refused with a sentence, whatever the pace; tomorrow is another."""
    with time_machine.travel(NOW, tick=False) as clock:
        for _ in range(10):
            download(app, people.ines)
            clock.shift(timedelta(minutes=6))
        browser = Browser(app)
        browser.sign_in(people.ines)
        page = browser.get("family.account").submit("Télécharger mes données")
        assert Allowance.ARCHIVES.words.replace("\u00a0", " ") in page.text
        clock.shift(timedelta(days=1))
        download(app, people.ines)


def test_an_archive_waits_for_none_of_the_same_account(app: Flask, people: People) -> None:
    """While one is being made, the next click is told at once: it holds no thread."""
    browser = Browser(app)
    browser.sign_in(people.ines)
    page = browser.get("family.account")
    with app.app_context():
        query = select(Account.id).where(Account.identifier == people.ines.identifier)
        account_id = db.session().scalars(query).one()
    with packing._packing.passing(account_id):
        sent = {"csrf_token": page.csrf_token}
        answer = browser.fetch("/compte/mes-donnees", "POST", sent)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert "attendez quelques secondes" in answer.text


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
