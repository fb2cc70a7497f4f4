"""« Import », when it was the wrong file, or something goes wrong in the middle of it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

from app import db
from app.models import (
    Account,
    Guardian,
    ImportRun,
    ImportState,
    Job,
    JobState,
    JournalEntry,
    MailState,
    OutboxMail,
)
from app.services.importing import running, undoing
from app.services.jobs.running import workshop
from app.testing import Outbox
from tests.blueprints.town_hall.giving import archive, give, moved, street
from tests.services.importing.town import Town
from tests.support.browser import Browser
from tests.support.clerks import give_password, sign_in_by_mail
from tests.support.clerks import settle as settle_clerk


@pytest.mark.both_databases
def test_nadia_undoes_her_import(
    app: Flask, office: Browser, town: Town, tmp_path: Path, outbox: Outbox
) -> None:
    """All is as before, its mails stay here; a colleague may not, the administration may."""
    with app.app_context(), db.transaction() as session:
        session.execute(update(Account).values(password_hash="chosen"))
        session.execute(update(Guardian).values(email="ines@exemple.fr"))
    today = datetime.now(UTC).strftime("%d/%m/%Y")
    town.add("message.csv", id="999", date=today, objet="Grève", texte="Pas de cantine.")
    page = give(office, archive(moved(town), tmp_path)).submit("Importer")
    lucie = settle_clerk(app, "lucie@commune.fr", "Lucie Vert", "secretariat", by_mail=True)
    hers = Browser(app)
    sign_in_by_mail(hers, lucie, outbox)
    assert "Annuler cet import" not in hers.visit(page.path).text
    refused = hers.visit(f"{page.path}/annuler")
    assert "Vous pouvez annuler votre propre import, le jour même." in refused.text
    page = page.link("Annuler cet import").click()
    page = page.submit("Annuler cet import")
    assert page.h1 == "« export.zip » est annulé"
    assert "Annulé par Nadia Petit." in page.text
    assert "2 courriels ne partiront pas" in page.text
    assert street(app) == "12 rue de la Fontaine"
    with app.app_context():
        session = db.session()
        mails = session.scalars(
            select(OutboxMail.state).where(OutboxMail.kind == "new_message")
        ).all()
        assert set(mails) == {MailState.WITHDRAWN}
        signed = select(JournalEntry.acted_by).where(JournalEntry.event == "import_undone")
        assert session.scalars(signed).all() == ["Nadia Petit"]
    again = office.visit(f"{page.path}/annuler")
    assert "seul le dernier s’annule" in again.text


def test_an_import_of_another_day_is_undone_by_the_administration(
    app: Flask, office: Browser, town: Town, tmp_path: Path
) -> None:
    """And by nobody after a month, nor once another import came."""
    page = give(office, archive(moved(town), tmp_path)).submit("Importer")
    path, number = page.path, int(page.path.rpartition("/")[2])

    def done(days_ago: int) -> None:
        with app.app_context(), db.transaction() as session:
            ago = datetime.now(UTC) - timedelta(days=days_ago)
            session.execute(update(ImportRun).where(ImportRun.id == number).values(settled_at=ago))
            session.execute(
                update(ImportRun)
                .where(ImportRun.id < number)
                .values(settled_at=ago - timedelta(days=1))
            )

    camille = settle_clerk(app, "camille@commune.fr", "Camille Martin", "administration")
    hers = Browser(app)
    give_password(hers, camille.email).fill({"Code": camille.spare[0]}).submit("Valider")
    for days, nadia_may, camille_may in ((2, False, True), (31, False, False), (0, True, True)):
        done(days)
        assert ("Annuler cet import" in office.visit(path).text) is nadia_may
        assert ("Annuler cet import" in hers.visit(path).text) is camille_may
    give(office, archive(Town(), tmp_path)).submit("Importer")
    assert "Annuler cet import" not in hers.visit(path).text


def test_of_two_at_once_the_second_reads_again(
    app: Flask, office: Browser, town: Town, tmp_path: Path, outbox: Outbox
) -> None:
    """Lucie read hers before Nadia’s was done."""
    lucie = settle_clerk(app, "lucie@commune.fr", "Lucie Vert", "secretariat", by_mail=True)
    hers = Browser(app)
    sign_in_by_mail(hers, lucie, outbox)
    her_page = give(hers, archive(Town(), tmp_path))
    page = give(office, archive(moved(town), tmp_path)).submit("Importer")
    assert page.h1 == "« export.zip » est importé"
    her_page = her_page.submit("Importer")
    assert her_page.h1 == "Ce que changerait « export.zip »"
    assert "Entre-temps, quelque chose a changé" in her_page.text
    assert street(app) == "3 place du Marché"


def test_a_killed_worker_leaves_its_import_to_the_next(
    app: Flask, office: Browser, town: Town, tmp_path: Path
) -> None:
    """Nobody has to do anything: once its lease is over, it is done from the beginning."""
    page = give(office, archive(moved(town), tmp_path))
    number = int(page.path.rpartition("/")[2])
    with app.app_context(), db.transaction() as session:
        long_ago = datetime.now(UTC) - timedelta(hours=1)
        session.execute(update(Job).values(state=JobState.RUNNING, due_at=long_ago))
        session.execute(
            update(ImportRun).where(ImportRun.id == number).values(state=ImportState.IMPORTING)
        )
    assert "L’import avance" in office.visit(page.path).text
    with app.app_context():
        done = workshop()
    done.run()
    assert office.visit(page.path).h1 == "« export.zip » est importé"
    assert street(app) == "3 place du Marché"


def test_a_bug_is_told_at_once(
    app: Flask, office: Browser, town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page does not say for hours that it reads; done again, it goes well."""

    def broken(*_: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr(running, "run", broken)
        page = give(office, archive(moved(town), tmp_path))
    assert page.h1 == "Import abandonné"
    assert "Le portail a rencontré une erreur : rien n’a été changé." in page.text
    page = give(office, archive(town, tmp_path))
    with monkeypatch.context() as patched:
        patched.setattr(running, "run", broken)
        page = page.submit("Importer")
    assert page.h1 == "Ce que changerait « export.zip »"
    assert "Le portail a rencontré une erreur" in page.text
    page = page.submit("Importer")
    with monkeypatch.context() as patched:
        patched.setattr(undoing, "undo", broken)
        page = page.link("Annuler cet import").click().submit("Annuler cet import")
    assert page.h1 == "« export.zip » est importé"
    assert "Le portail a rencontré une erreur" in page.text
    page = page.link("Annuler cet import").click().submit("Annuler cet import")
    assert street(app) == "12 rue de la Fontaine"
