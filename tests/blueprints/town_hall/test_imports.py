"""« Import »: what the software exports, read before it is done, and nothing else than what was."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, update

from app import db
from app.models import (
    Account,
    Family,
    Guardian,
    ImportRun,
    ImportUpload,
    JournalEntry,
    MailState,
    OutboxMail,
)
from app.services.importing import uploading
from app.services.importing.spelling import SLUGS, WORDS
from app.testing import Outbox
from tests.blueprints.town_hall.giving import archive, give, moved, street
from tests.services.importing.town import Town
from tests.support.browser import Browser
from tests.support.clerks import give_password, sign_in_by_mail
from tests.support.clerks import settle as settle_clerk


@pytest.mark.both_databases
def test_nadia_reads_what_would_change_then_imports_it(
    app: Flask, office: Browser, town: Town, tmp_path: Path
) -> None:
    """Before and after, nothing written; then it is, and signed with her name."""
    page = give(office, archive(moved(town), tmp_path))
    assert page.h1 == "Ce que changerait « export.zip »"
    assert street(app) == "12 rue de la Fontaine"
    detail = page.link("familles : avant et après").click()
    [cells] = [
        [cell.text.strip() for cell in row.select("td")] for row in detail.soup.select("tbody tr")
    ]
    assert cells == ["F1", "GARNIER", "rue", "12 rue de la Fontaine", "3 place du Marché"]
    page = page.submit("Importer")
    assert page.h1 == "« export.zip » est importé"
    assert street(app) == "3 place du Marché"
    page = office.get("town_hall.imports")
    assert "export.zip" in page.text
    assert "Importé" in page.text
    with app.app_context():
        signed = select(JournalEntry.acted_by).where(JournalEntry.event == "import")
        assert "Nadia Petit" in db.session().scalars(signed).all()


@pytest.mark.both_databases
def test_nothing_else_than_what_was_read_is_done(
    app: Flask, office: Browser, town: Town, tmp_path: Path
) -> None:
    """Somebody corrects an address meanwhile: the import stops, and shows what it would do now."""
    page = give(office, archive(moved(town), tmp_path))
    with app.app_context(), db.transaction() as session:
        session.execute(update(Family).where(Family.number == "F1").values(street="Ailleurs"))
    page = page.submit("Importer")
    assert page.h1 == "Ce que changerait « export.zip »"
    assert "Entre-temps, quelque chose a changé" in page.text
    assert street(app) == "Ailleurs"
    page = page.submit("Importer")
    assert street(app) == "3 place du Marché"


def test_several_csv_at_once_are_one_import(app: Flask, office: Browser, town: Town) -> None:
    """As a software without ZIP gives them; two of one name are not."""
    files = {name: moved(town).bytes_of(name) for name in ("famille.csv", "enfant.csv")}
    page = give(office, files)
    assert "1 cellule laissée de côté" in page.text
    assert "Ce fichier manque dans le dossier « photos »" in page.text
    town.drop_column("enfant.csv", "photo")
    files["enfant.csv"] = town.bytes_of("enfant.csv")
    assert give(office, files).h1 == "Ce que changerait « 2 fichiers CSV »"


def test_what_is_no_export_is_said(office: Browser) -> None:
    """A picture, an empty choice, a ZIP that is none: a sentence, and the page again."""
    page = give(office, {})
    assert page.errors == ["Choisissez un fichier ZIP, ou les fichiers CSV de votre logiciel."]
    page = give(office, {"photo.png": b"\x89PNG"})
    assert "n’est ni un ZIP, ni un fichier CSV" in page.errors[0]
    page = give(office, {"export.zip": b"PK, but nothing more"})
    assert page.h1 == "1 point à corriger dans « export.zip »"


@pytest.mark.parametrize(
    "name", ["..", ".", "😀" * 90 + ".zip", "a\x00b.zip", "\u202e.zip", "x" * 300]
)
def test_any_name_of_a_file_is_read(office: Browser, town: Town, tmp_path: Path, name: str) -> None:
    """A name is shown; it leads to no folder, and is too long for none."""
    [content] = archive(moved(town), tmp_path).values()
    assert "Ce que changerait" in give(office, {name: content}).h1


def test_what_is_too_heavy_is_said(
    office: Browser, town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not read: the page comes back with what to do, and goes on with a lighter one."""
    monkeypatch.setattr(uploading, "LARGEST", 300_000)
    page = give(office, {"export.zip": bytes(300_001)})
    assert "vos fichiers pèsent plus de 200 Mo. Demandez l’import" in " ".join(page.errors)
    assert give(office, archive(moved(town), tmp_path)).h1 == "Ce que changerait « export.zip »"


def test_files_that_are_kept_no_more_are_not_imported(
    app: Flask, office: Browser, town: Town, tmp_path: Path
) -> None:
    """A page left open for a month: it says so, and nothing waits for ever."""
    page = give(office, archive(moved(town), tmp_path))
    with app.app_context(), db.transaction() as session:
        session.execute(delete(ImportUpload))
    page = page.submit("Importer", _refused=200)
    assert "Les fichiers de cet import ne sont plus gardés." in page.errors[0]
    assert street(app) == "12 rue de la Fontaine"


def test_what_is_to_be_corrected_is_told_by_remedy(
    office: Browser, town: Town, tmp_path: Path
) -> None:
    """With whose family it is; and a table for whoever makes the software."""
    town.spoil("facture.csv", "montant", "douze")
    town.spoil("facture.csv", "montant", "treize")
    page = give(office, archive(town, tmp_path))
    assert page.h1 == "2 points à corriger dans « export.zip »"
    assert [len(each.select("tbody tr")) for each in page.soup.select("section.card table")] == [2]
    assert "F1 (GARNIER)" in page.text
    link = page.soup.find("a", string="CSV à donner à l’éditeur du logiciel")
    assert link is not None
    answer = office.fetch(str(link["href"]))
    assert "treize" in answer.get_data().decode("utf-8-sig")


def test_many_accesses_close_by_the_administration_alone(
    app: Flask, office: Browser, town: Town, tmp_path: Path, outbox: Outbox
) -> None:
    """Nadia sees the number and no button; a forged form changes nothing."""
    for each in range(3, 30):
        town.add("famille.csv", id=str(each), numero=f"F{each}")
    page = give(office, archive(town, tmp_path)).submit("Importer")
    assert page.h1 == "« export.zip » est importé"
    few = Town()
    page = give(office, archive(few, tmp_path)).fill(archive_missing=True)
    page = page.submit("Relire avec ces choix")
    assert "Vos choix sont pris en compte" in page.text
    assert "demandez à l’administration du portail" in page.text
    assert "Importer" not in [each.text for each in page.soup.select("button")]
    number = page.path.rpartition("/")[2]
    forged = {
        "csrf_token": page.csrf_token,
        "act": "import",
        "archive_missing": "y",
        "closing": "54",
    }
    office.post(f"{page.path}/fermer", forged, status=403)
    page = office.post(page.path, forged)
    assert "Seule l’administration du portail peut le faire." in page.errors[0]
    with app.app_context():
        left = select(func.count()).select_from(Family).where(Family.archived_at.is_not(None))
        assert db.session().scalar(left) == 0
        assert db.session().get_one(ImportRun, int(number)).state.value == "planned"


def test_the_administration_types_how_many(
    app: Flask, office: Browser, town: Town, tmp_path: Path
) -> None:
    """Another number closes nothing."""
    camille = settle_clerk(app, "camille@commune.fr", "Camille Martin", "administration")
    hers = Browser(app)
    give_password(hers, camille.email).fill({"Code": camille.spare[0]}).submit("Valider")
    for each in range(3, 30):
        town.add("famille.csv", id=str(each), numero=f"F{each}")
    give(office, archive(town, tmp_path)).submit("Importer")
    page = give(hers, archive(Town(), tmp_path)).fill(archive_missing=True)
    page = page.submit("Relire avec ces choix")
    page = page.fill({"Nombre d’accès à fermer": "12"}).submit("Importer", _refused=200)
    assert page.errors == [
        "Cet import fermerait 54 accès. Tapez ce nombre pour dire que c’est voulu."
    ]
    page = page.fill({"Nombre d’accès à fermer": "54"}).submit("Importer")
    assert page.h1 == "« export.zip » est importé"
    with app.app_context():
        left = select(func.count()).select_from(Family).where(Family.archived_at.is_not(None))
        assert db.session().scalar(left) == 27


def test_mails_wait_ten_minutes(app: Flask, office: Browser, town: Town, tmp_path: Path) -> None:
    """Whoever sees a mistake has the time to say so; without the choice none is written."""
    with app.app_context(), db.transaction() as session:
        session.execute(update(Account).values(password_hash="chosen"))
        session.execute(update(Guardian).values(email="ines@exemple.fr"))
    today = datetime.now(UTC).strftime("%d/%m/%Y")
    town.add("message.csv", id="999", date=today, objet="Grève", texte="Pas de cantine.")
    page = give(office, archive(town, tmp_path))
    assert "courriels aux parents" in page.text
    page.submit("Importer")
    with app.app_context():
        due = db.session().scalars(
            select(OutboxMail.due_at).where(OutboxMail.kind == "new_message")
        )
        waits = [each - datetime.now(UTC) for each in due]
    assert waits
    assert all(timedelta(minutes=9) < each <= timedelta(minutes=10) for each in waits)


def test_mails_of_an_import_are_held_back_for_ten_minutes(
    app: Flask, office: Browser, town: Town, tmp_path: Path
) -> None:
    """Nadia sees that the message was for nobody yet; another tab comes too late."""
    with app.app_context(), db.transaction() as session:
        session.execute(update(Account).values(password_hash="chosen"))
        session.execute(update(Guardian).values(email="ines@exemple.fr"))
    today = datetime.now(UTC).strftime("%d/%m/%Y")
    town.add("message.csv", id="999", date=today, objet="Grève", texte="Pas de cantine.")
    page = give(office, archive(town, tmp_path)).submit("Importer")
    assert "courriels aux parents partent dans 10 minutes." in page.text
    after = page.submit("Ne prévenir personne")
    assert "partent dans 10 minutes" not in after.text
    with app.app_context():
        told = select(OutboxMail.state).where(OutboxMail.kind == "new_message")
        assert set(db.session().scalars(told)) == {MailState.WITHDRAWN}
    assert "Trop tard" in page.submit("Ne prévenir personne", _refused=200).errors[0]


def test_an_import_that_is_dropped_stays_so(
    app: Flask, office: Browser, town: Town, tmp_path: Path
) -> None:
    """A second tab that still shows the button imports nothing."""
    page = give(office, archive(moved(town), tmp_path))
    assert "Import abandonné" in page.submit("Abandonner").text
    page = page.submit("Importer", _refused=200)
    assert page.errors == ["Cet import n’attend plus de réponse : relisez où il en est."]
    assert street(app) == "12 rue de la Fontaine"


def test_reading_and_lecture(app: Flask, office: Browser, outbox: Outbox) -> None:
    """Who only reads has no import."""
    alex = settle_clerk(app, "alex@commune.fr", "Alex Rey", "lecture", by_mail=True)
    hers = Browser(app)
    sign_in_by_mail(hers, alex, outbox)
    page = hers.get("town_hall.imports", 403)
    assert "Votre rôle ne permet pas d’importer" in page.text
    office.get("town_hall.import_run", 404, number="999")


def test_each_table_of_the_report_has_its_address() -> None:
    """What the report counts, and what the changes are told under, are the same words."""
    assert len(SLUGS) == len(WORDS)
    assert all(slug.isascii() for slug in SLUGS)
