"""« Import », when it was the wrong file, or something goes wrong in the middle of it."""

import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, update

import config
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
from app.services.jobs import queue
from app.services.jobs.running import workshop
from app.testing import Outbox
from tests.blueprints.town_hall.giving import archive, give, moved, street
from tests.services.importing.town import OF_HISTORY, Town, everything
from tests.support import killed
from tests.support.browser import Browser
from tests.support.clerks import give_password, sign_in_by_mail
from tests.support.clerks import settle as settle_clerk
from tests.support.job_room import workshop_of


@pytest.mark.both_databases
def test_nadia_undoes_her_import(
    app: Flask, office: Browser, town: Town, tmp_path: Path, outbox: Outbox
) -> None:
    """All is as before, its mails stay here; a colleague may not, the administration may."""
    with app.app_context(), db.transaction() as session:
        session.execute(update(Account).values(password_hash="chosen"))
        session.execute(update(Guardian).values(email="ines@exemple.fr"))
        before = datetime.now(UTC) - timedelta(days=23)
        session.execute(update(ImportRun).values(settled_at=before))
    today = datetime.now(UTC).strftime("%d/%m/%Y")
    town.add("message.csv", id="999", date=today, objet="Grève", texte="Pas de cantine.")
    page = give(office, archive(moved(town), tmp_path)).submit("Importer")
    lucie = settle_clerk(app, "lucie@commune.fr", "Lucie Vert", "secretariat", by_mail=True)
    hers = Browser(app)
    sign_in_by_mail(hers, lucie, outbox)
    assert "Annuler cet import" not in hers.visit(page.path).text
    refused = hers.visit(f"{page.path}/annuler")
    assert "Vous pouvez annuler votre propre import, le jour même." in refused.text
    assert "il y a 23 jours" not in office.get("town_hall.day").text
    page = page.link("Annuler cet import").click()
    page = page.submit("Annuler cet import")
    assert page.h1 == "« export.zip » est annulé"
    assert "Annulé par Nadia Petit. Le portail est comme avant l’import." in page.text
    assert "il y a 23 jours" in office.get("town_hall.day").text
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


@pytest.mark.both_databases
def test_a_worker_that_is_killed_for_real(
    app: Flask, settings: config.Settings, office: Browser, town: Town, tmp_path: Path
) -> None:
    """In the import, then in its undoing, each just before it is done: the second try does it."""
    page = give(office, archive(moved(town), tmp_path))
    where = (settings.instance, settings.database_url)
    before = everything(app, but=OF_HISTORY)
    workshop_of(app).mode = "worker"
    page = page.submit("Importer")
    assert killed.status_of(killed.work_until, killed.LAST_STATEMENT, *where) == -signal.SIGKILL
    assert "L’import avance" in office.visit(page.path).text
    assert street(app) == "12 rue de la Fontaine"
    work_after_the_lease(app)
    page = office.visit(page.path)
    assert page.h1 == "« export.zip » est importé"
    assert street(app) == "3 place du Marché"
    page = page.link("Annuler cet import").click().submit("Annuler cet import")
    assert killed.status_of(killed.work_until, killed.LAST_STATEMENT, *where) == -signal.SIGKILL
    assert "Le portail remet tout en place" in office.visit(page.path).text
    assert street(app) == "3 place du Marché"
    work_after_the_lease(app)
    assert office.visit(page.path).h1 == "« export.zip » est annulé"
    after = everything(app, but=OF_HISTORY)
    assert {name for name in before if before[name] != after[name]} <= {"job", "clerk_session"}


def work_after_the_lease(app: Flask) -> None:
    """Do what a killed worker had in hand, once nobody waits for it any more."""
    with app.app_context(), db.transaction() as session:
        long_ago = datetime.now(UTC) - timedelta(hours=1)
        session.execute(update(Job).where(Job.state == JobState.RUNNING).values(due_at=long_ago))
    workshop_of(app).run()


def kill_at_every_try(app: Flask) -> None:
    """Leave the last job as its tenth killed worker does."""
    with app.app_context(), db.transaction() as session:
        last = select(func.max(Job.id)).scalar_subquery()
        session.execute(
            update(Job)
            .where(Job.id == last)
            .values(state=JobState.RUNNING, attempts=queue.MOST_TRIES)
        )
    work_after_the_lease(app)


@pytest.mark.both_databases
def test_an_undoing_that_is_killed_at_every_try_is_taken_up_again(
    app: Flask, office: Browser, town: Town, tmp_path: Path
) -> None:
    """It says that it has stopped; Nadia keeps the import and its mails, or goes on."""
    with app.app_context(), db.transaction() as session:
        session.execute(update(Account).values(password_hash="chosen"))
        session.execute(update(Guardian).values(email="ines@exemple.fr"))
    today = datetime.now(UTC).strftime("%d/%m/%Y")
    town.add("message.csv", id="999", date=today, objet="Grève", texte="Pas de cantine.")
    page = give(office, archive(moved(town), tmp_path)).submit("Importer")
    for ending in ("Garder l’import", ""):
        workshop_of(app).mode = "worker"
        office.visit(page.path).link("Annuler cet import").click().submit("Annuler cet import")
        assert mails(app) == {MailState.WITHDRAWN}
        kill_at_every_try(app)
        page = office.visit(page.path)
        assert "Annulation arrêtée : le portail a essayé plusieurs fois" in page.text
        assert "Annulation arrêtée" in office.get("town_hall.imports").text
        workshop_of(app).mode = "inline"
        if ending:
            page = page.submit(ending)
            assert page.h1 == "« export.zip » est importé"
            assert mails(app) == {MailState.QUEUED}
    page = page.link("Reprendre l’annulation").click().submit("Annuler cet import")
    assert page.h1 == "« export.zip » est annulé"
    assert "2 courriels ne partiront pas" in page.text
    assert street(app) == "12 rue de la Fontaine"
    assert mails(app) == {MailState.WITHDRAWN}


def mails(app: Flask) -> set[MailState]:
    """Read where the mails of the import stand."""
    with app.app_context():
        told = select(OutboxMail.state).where(OutboxMail.kind == "new_message")
        return set(db.session().scalars(told))


def test_an_import_that_is_killed_at_every_try_is_taken_up_or_dropped(
    app: Flask, office: Browser, town: Town, tmp_path: Path
) -> None:
    """Whether it was being read or done; from another tab, only once."""
    workshop_of(app).mode = "worker"
    page = give(office, archive(moved(town), tmp_path))
    kill_at_every_try(app)
    stopped = office.visit(page.path)
    assert "Lecture arrêtée" in stopped.text
    workshop_of(app).mode = "inline"
    page = stopped.submit("Reprendre")
    assert page.h1 == "Ce que changerait « export.zip »"
    assert stopped.submit("Reprendre", _refused=200).errors
    workshop_of(app).mode = "worker"
    page = page.submit("Importer")
    kill_at_every_try(app)
    workshop_of(app).mode = "inline"
    assert "Import abandonné" in office.visit(page.path).submit("Abandonner").text
    assert street(app) == "12 rue de la Fontaine"


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
