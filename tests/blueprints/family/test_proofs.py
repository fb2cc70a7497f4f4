"""« Justificatif d’absence »: a parent sends why, the town hall answers, the invoice follows."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from sqlalchemy import select, update

from app import db
from app.models import AbsenceProof, Child, JournalEntry, Message, Service
from app.services import retention
from app.services.actors import PORTAL
from app.services.bookings.judge import proving
from app.services.bookings.judge.billing_codes import Code
from app.services.bookings.month_end import month_codes
from tests.blueprints.town_hall.conftest import NADIA, come
from tests.services.bookings.conftest import tick
from tests.support.browser import Browser, Page
from tests.support.databases import every_row
from tests.support.people import People
from tests.support.proofs import PDF, ask_proofs, send_paper

MORNING = datetime(2026, 11, 30, 7, 45, 12, tzinfo=UTC)
CANTEEN_TODAY = "Cantine, avec Garderie de midi, PAYS, lundi 30 novembre"
SEND = "Envoyer le justificatif"


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield traveller


@pytest.fixture
def proof(app: Flask, parent: Browser, people: People, clock: time_machine.Traveller) -> Page:
    """It is Monday, 8.45: she declared that her child is ill today, and looks for where to say."""
    assert clock is not None
    ask_proofs(app)
    with app.app_context(), time_machine.travel(datetime(2026, 11, 25, 9, tzinfo=UTC)):
        tick(people.zest, "30 cantine")
    parent.sign_in(people.zest)
    page = parent.get("family.absence").fill({CANTEEN_TODAY: True, "Malade": True})
    page = page.submit("Continuer", _refused=200)
    assert (
        "Cantine : ces jours restent facturés, sauf avec un justificatif reçu sous 48 heures et "
        "accepté." in page.text
    )
    page = page.submit("Signaler l’absence")
    assert "Jusqu’au mercredi 2 décembre à 8 h 45." in page.text
    link = page.soup.select_one('.rows a[href*="justificatif"]')
    assert link is not None
    return parent.visit(str(link["href"]))


def codes(app: Flask) -> list[Code]:
    """Read what the month's invoice makes of the canteen."""
    with app.app_context():
        return list(month_codes.services(date(2026, 11, 1))[0].total.codes)


def to_read(nadia: Browser) -> Page:
    """Open the only one that waits."""
    page = nadia.get("town_hall.absence_proofs")
    link = page.soup.select_one("th a")
    assert link is not None
    return nadia.visit(str(link["href"]))


def test_a_paper_excuses_the_day(app: Flask, proof: Page, parent: Browser) -> None:
    """The town hall accepts it: nothing is due, and the parent reads so."""
    assert codes(app) == [Code.ABSENT_DUE]
    page = send_paper(parent, proof)
    assert "La mairie le lira, et vous écrira sa réponse." in page.text
    assert "Envoyé, à lire par la mairie" in page.text
    nadia = come(app, *NADIA, "secretariat")
    assert "1 justificatif d’absence à lire" in nadia.get("town_hall.day").text
    page = to_read(nadia)
    assert "Malade" in page.text
    paper = nadia.fetch(f"{page.path}/fichier")
    assert (paper.get_data(), paper.mimetype) == (PDF, "application/pdf")
    assert paper.headers["Cache-Control"] == "no-store"
    again = page
    page = page.submit("Accepter")
    assert "Accepté : ces jours ne sont pas dus." in page.text
    assert "déjà sa réponse" in again.submit("Accepter").text
    assert codes(app) == [Code.ABSENT_FREE]
    history = parent.get("family.bookings_history")
    hidden = "Justificatif accepté, PAYS, lundi 30 novembre 2026"
    page = history.link(hidden).click()
    assert page.path == proof.path
    assert "Accepté, non facturé" in page.text
    assert SEND not in page.text
    with app.app_context():
        bodies = db.session().scalars(select(Message.body).order_by(Message.id)).all()
    assert "ces jours ne seront pas facturés" in bodies[-1]
    with app.app_context():
        events = db.session().scalars(select(JournalEntry.event)).all()
    for act in ("sent", "opened", "accepted"):
        assert f"absence_proof_{act}" in events


def test_one_that_is_refused_says_why_and_another_may_come(
    app: Flask, proof: Page, parent: Browser
) -> None:
    send_paper(parent, proof)
    nadia = come(app, *NADIA, "secretariat")
    page = to_read(nadia)
    assert page.submit("Refuser", _refused=200).errors == ["Dites pourquoi : la famille le lit."]
    page.fill({"Motif": "la date est illisible."}).submit("Refuser")
    assert codes(app) == [Code.ABSENT_DUE]
    mine = parent.visit(proof.path)
    assert "Motif : la date est illisible." in mine.text
    assert "Envoyé, à lire" in send_paper(parent, mine, PDF + b"\n", "Autre.pdf").text
    # Whoever read the first one answers nothing about the second.
    assert "la famille en a envoyé un autre" in _late_answer(app, nadia).text
    assert codes(app) == [Code.ABSENT_DUE]


def _late_answer(app: Flask, nadia: Browser) -> Page:
    page = to_read(nadia)
    with app.app_context(), db.transaction() as session:
        session.execute(update(AbsenceProof).values(verdict="accepted", judged_at=MORNING))
    answered = page.submit("Accepter")
    with app.app_context(), db.transaction() as session:
        session.execute(update(AbsenceProof).values(verdict=None, judged_at=None))
    return answered


def test_a_photo_is_drawn_anew(app: Flask, proof: Page, parent: Browser) -> None:
    """Without what the camera wrote about it, under a name of our own."""
    out = BytesIO()
    Image.new("RGB", (40, 30)).save(out, "JPEG", comment=b"chez nous")
    send_paper(parent, proof, out.getvalue(), "../IMG 1.jpg")
    with app.app_context():
        [(title, name)] = db.session().execute(select(AbsenceProof.title, AbsenceProof.file)).all()
    assert title == "IMG 1"
    kept = (Path(app.instance_path) / "proofs" / name).read_bytes()
    assert kept.startswith(b"\xff\xd8\xff")
    assert b"chez nous" not in kept


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "vide.pdf", "est vide."),
        (b"<html>", "page.pdf", "n’est ni un PDF, ni une image JPEG ou PNG."),
        (b"%PDF-1.7", "coupe.pdf", "est abîmé ou incomplet."),
    ],
)
def test_what_is_no_paper_is_not_kept(
    app: Flask, proof: Page, parent: Browser, content: bytes, name: str, said: str
) -> None:
    assert said in send_paper(parent, proof, content, name).text
    assert every_row(app)["absence_proof"] == []
    assert proof.submit(SEND, _refused=200).errors == ["Choisissez un fichier."]


def test_too_late_is_too_late(
    app: Flask, proof: Page, parent: Browser, people: People, clock: time_machine.Traveller
) -> None:
    """To the second, whichever page is open."""
    ask_proofs(app, hours=1)
    clock.move_to(MORNING + timedelta(minutes=50))
    parent.sign_in(people.zest)
    proof = parent.visit(proof.path)
    clock.move_to(datetime(2026, 11, 30, 8, 46, tzinfo=UTC))
    assert "n’est plus attendu" in send_paper(parent, proof).text
    assert "l’attendait jusqu’au lundi 30 novembre à 9 h 45" in parent.visit(proof.path).text
    assert every_row(app)["absence_proof"] == []
    clock.move_to(datetime(2026, 11, 30, 8, 45, 59, tzinfo=UTC))
    send_paper(parent, proof)
    assert len(every_row(app)["absence_proof"]) == 1


def test_nobody_else_reads_it(app: Flask, proof: Page, parent: Browser, people: People) -> None:
    """Another family, the other home of a child, a role that answers for money."""
    send_paper(parent, proof)
    other = Browser(app)
    other.sign_in(people.moreau)
    for path in (proof.path, f"{proof.path}/fichier"):
        assert other.fetch(path).status_code == 404
    nadia = come(app, *NADIA, "secretariat")
    path = to_read(nadia).path
    regie = come(app, "regis@commune.fr", "Régis", "regie", "cantine", "lecture")
    assert "justificatif" not in regie.get("town_hall.day").text
    for each in (path, f"{path}/fichier", "/mairie/justificatifs"):
        assert regie.fetch(each).status_code == 403


def test_the_paper_goes_two_months_after_the_answer(
    app: Flask, proof: Page, parent: Browser, people: People, clock: time_machine.Traveller
) -> None:
    """The answer stays, for the invoice."""
    send_paper(parent, proof)
    folder = Path(app.instance_path) / "proofs"
    nadia = come(app, *NADIA, "secretariat")
    to_read(nadia).submit("Accepter")
    with app.app_context():
        for days, left in ((60, 1), (61, 0)):
            clock.move_to(MORNING + timedelta(days=days))
            retention.purge(PORTAL)
            names = [each for each in folder.iterdir() if each.suffix == ".pdf"]
            assert len(names) == left
    assert codes(app) == [Code.ABSENT_FREE]
    with app.app_context():
        [row] = db.session().scalars(select(AbsenceProof)).all()
        assert (row.file, row.title, row.erased_at is not None) == ("", "", True)
    again = Browser(app)
    again.sign_in(people.zest)
    assert "Le fichier est effacé." in again.visit(proof.path).text
    assert again.fetch(f"{proof.path}/fichier").status_code == 404


def test_where_nothing_is_due_nothing_is_to_be_proved(
    app: Flask, proof: Page, parent: Browser
) -> None:
    with app.app_context(), db.transaction() as session:
        session.execute(update(Service).values(due_absences=0))
    assert parent.fetch(proof.path).status_code == 404
    with app.app_context():
        found = select(Child.public_id).where(Child.source_id == "e1")
        child = db.session().scalars(found).one()
    assert "justificatif" not in parent.get("family.child", public_id=child).text


@given(
    st.timedeltas(timedelta(), timedelta(days=730)),
    st.integers(0, 13),
    st.integers(1, 720),
)
def test_there_are_so_many_hours(since: timedelta, ahead: int, hours: int) -> None:
    """After it is declared, and after the day begins; never fewer, whatever the clock does."""
    declared = datetime(2026, 1, 1, tzinfo=UTC) + since
    day = declared.date() + timedelta(days=ahead)
    zone = ZoneInfo("Europe/Paris")
    until = proving.until(declared, day, hours, zone)
    begins = datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
    known = max(declared, begins) + timedelta(hours=hours)
    assert known <= until < known + timedelta(minutes=1)
    assert until.second == 0
