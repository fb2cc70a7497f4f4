"""« Import » in its states: a refusal, a preview and its details, one done, one dropped."""

import csv
import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from flask import Flask
from sqlalchemy import delete, select, update

from app import db
from app.models import (
    Family,
    Guardian,
    ImportChange,
    ImportRun,
    ImportState,
    ImportUpload,
    Job,
    JobState,
    OutboxMail,
)
from app.services.importing.deciding import Subject
from app.services.importing.undoing import Undone
from app.services.mail.kinds import MailKind
from app.testing import Outbox
from tests.support.browser import Browser, Page
from tests.support.clerks import settle, sign_in_by_mail

Screens = Iterator[tuple[str, Page]]
COLUMNS = (
    "id", "numero", "nomResp1", "prenomResp1", "dateNaisResp1", "adrNumeroVoie", "adrcodePostal",
    "adrLocalite", "emailResp1", "nomResp2", "prenomResp2", "emailResp2",
)  # fmt: skip


def import_screens(app: Flask, office: Browser) -> Screens:
    """Go through them as whoever may import."""
    yield "import, nothing yet", office.get("town_hall.imports")
    yield "import, nothing chosen", give(office)
    yield "export", office.get("town_hall.export")
    refused = give(office, **{"famille.csv": _families(app, nomResp1="").encode()})
    yield "import, to correct", refused
    page = give(office, **_sound(app))
    yield "import, preview", page
    number = page.path.rpartition("/")[2]
    _tell_more(app, int(number))
    yield "import, many accesses", office.visit(page.path)
    lucie = settle(app, "lucie@commune.fr", "Lucie Vert", "secretariat", by_mail=True)
    hers = Browser(app)
    sign_in_by_mail(hers, lucie, Outbox(app))
    yield "import, more accesses than she may close", hers.visit(page.path)
    yield (
        "import, before and after",
        office.get("town_hall.import_changes", number=number, table="familles"),
    )
    yield (
        "import, no change",
        office.get("town_hall.import_changes", number=number, table="messages"),
    )
    for state, job in (
        (ImportState.READING, JobState.QUEUED),
        (ImportState.IMPORTING, JobState.RUNNING),
        (ImportState.IMPORTING, JobState.FAILED),
    ):
        _set(app, state, job)
        yield f"import, {state}, {job}", office.visit(page.path)
    _set(app, ImportState.IMPORTED)
    _make_it_the_last(app, int(number))
    yield "import, done", office.visit(page.path)
    yield "import, to undo", office.get("town_hall.undo_any_import", number=number)
    _set(app, ImportState.UNDOING, JobState.RUNNING)
    yield "import, undoing", office.visit(page.path)
    _set(app, ImportState.UNDOING, JobState.FAILED)
    yield "import, undoing has stopped", office.visit(page.path)
    yield "import, undoing has stopped, for whoever may not go on", hers.visit(page.path)
    _set(app, ImportState.UNDONE)
    yield "import, undone", office.visit(page.path)
    _tell_what_was_undone(app, int(number))
    yield "import, undone, but for some", office.visit(page.path)
    _set(app, ImportState.DROPPED)
    yield "import, dropped", office.visit(page.path)
    with app.app_context(), db.transaction() as session:
        gone = int(refused.path.rpartition("/")[2])
        session.execute(delete(ImportUpload).where(ImportUpload.run_id == gone))
    yield "import, files gone", office.visit(refused.path)
    page = office.get("town_hall.imports")
    yield "import, history", page
    page = page.link("N°").click()
    yield "import, history, the oldest first", page
    page = page.fill({"État": "Refusé", "Par": "martin"}).submit("Filtrer")
    yield "import, history, filtered", page
    page = page.fill({"État": "Abandonné", "Par": "personne"}).submit("Filtrer")
    yield "import, history, nothing found", page


def give(office: Browser, **files: bytes) -> Page:
    """Send these files, and come to the page that follows."""
    page = office.get("town_hall.imports")
    sent = [(io.BytesIO(content), name) for name, content in files.items()]
    data: Any = {"csrf_token": page.csrf_token, "files": sent}
    return office.visit(office.fetch(page.path, "POST", data).headers["Location"])


def _set(app: Flask, state: ImportState, job: JobState = JobState.DONE) -> None:
    with app.app_context(), db.transaction() as session:
        session.execute(update(ImportRun).values(state=state))
        session.execute(update(Job).values(state=job, done=0, total=0))
        if job is JobState.RUNNING:
            session.execute(update(Job).values(done=3, total=4))


def _tell_more(app: Flask, number: int) -> None:
    """Say of one import whatever may be said of any."""
    with app.app_context(), db.transaction() as session:
        upload = session.get_one(ImportUpload, number)
        more = {
            "lost_addresses": 1,
            "to_report": 2,
            "reported": 1,
            "mails": 3,
            "missing_movements": [1, 1],
            "closing": [40, 60],
            "offers": _offers(),
        }
        counts = upload.told["counts"] | {"familles": [1, 4, 7, 2, 0]}
        named = [["Familles à vérifier", 40, [f"famille {each}" for each in range(20)]]]
        upload.told = (
            upload.told
            | more
            | {"windows_files": ["famille.csv"], "headlines": named, "counts": counts}
        )
        upload.note = "Entre-temps, quelque chose a changé."


def _offers() -> dict[str, Any]:
    """One row to decide of each subject, and of invoices more than are shown."""
    phones = ["mobile-1", "F1", "Inès GARNIER, portable", "06\u00a039\u00a098\u00a000\u00a099", ""]
    rows = {
        Subject.ACCEPTED: phones,
        Subject.ADDRESS: ["email-1", "F1", "Inès GARNIER", "a@exemple.fr", "b@exemple.fr"],
        Subject.INVOICE: ["101", "F1", "A101, du 03/10/2026", "", ""],
        Subject.PAYMENT: ["500", "F1", "du 10/09/2026", "", ""],
        Subject.CHILD: ["1-2", "F1", "Maëlle LE GOFF", "", ""],
    }
    counts = {Subject.INVOICE: 40}
    return {
        subject: {"count": counts.get(subject, 1), "lines": [row]} for subject, row in rows.items()
    }


def _make_it_the_last(app: Flask, number: int) -> None:
    """Let it be undone; when it is, it had changed nothing."""
    now = datetime.now(UTC)
    with app.app_context(), db.transaction() as session:
        run = session.get_one(ImportRun, number)
        run.settled_at = now
        run.undone_by = "Lucie Vert"
        run.mailed_at, run.mails = now, 1
        session.add(
            OutboxMail(kind=MailKind.NEW_MESSAGE, identifier="1", created_at=now, due_at=now)
        )
        session.add(ImportChange(run_id=number, table_name="import_run", first=number, last=number))
        upload = session.get_one(ImportUpload, number)
        upload.told = upload.told | {"undone": Undone().told()}


def _tell_what_was_undone(app: Flask, number: int) -> None:
    """Say of one that is undone whatever may be said of any."""
    stays = [("familles", "F1", "GARNIER"), ("messages", "", "Grève")]
    undone = Undone(
        back={"familles": (1, 4), "messages": (2, 0)}, kept=stays, kept_count=3, held=stays[:1],
        held_count=1, mails=2, mails_left=1,
    )  # fmt: skip
    with app.app_context(), db.transaction() as session:
        upload = session.get_one(ImportUpload, number)
        upload.told = upload.told | {"undone": undone.told()}


def _sound(app: Flask) -> dict[str, bytes]:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("famille.csv", _families(app, dateNaisResp1="hier"))
        archive.writestr("mandat.csv", "titulaire_id\n")
        archive.writestr("enfant.csv", "Id;nom;prenom;sexe;dateNaissance;ecole;classe;photo\n")
        archive.writestr("notes.csv", "rien")
    return {"export.zip": packed.getvalue()}


def _families(app: Flask, **cells: str) -> str:
    """Write the families that are there, who have moved; second guardians have left."""
    with app.app_context():
        known = db.session().execute(
            select(Family.source_id, Family.number, Guardian.last_name, Guardian.first_name)
            .join(Guardian, Guardian.family_id == Family.id)
            .where(Guardian.rank == 1)
        )
        rows = [dict(zip(COLUMNS, row, strict=False)) for row in known]
    rows.append(dict(zip(COLUMNS, ("999", "F999", "NOUVEAU", "Noé"), strict=False)))
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, delimiter=";", restval="")
    writer.writeheader()
    writer.writerows(row | {"adrNumeroVoie": "1 rue Neuve"} | cells for row in rows)
    return out.getvalue()
