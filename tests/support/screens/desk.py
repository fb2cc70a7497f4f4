"""« Demandes » in its states, as whoever answers them and whoever only reads them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import delete, func, select, update

from app import db
from app.models import (
    AcceptedValue,
    Child,
    FamilyRequest,
    Guardian,
    Invoice,
    InvoiceLine,
    ReadyAnswer,
    RequestEvent,
)
from app.services.files.uploads import CheckedFile
from app.services.requests import desk
from app.testing import Outbox
from tests.services.files.test_uploads import picture
from tests.services.requests.conftest import PAPER, send, signed_in
from tests.support.browser import Browser, Page
from tests.support.clerks import settle, sign_in_by_mail
from tests.support.people import TOWN_HALL, People, public_id

Screens = Iterator[tuple[str, Page]]
PHOTO = CheckedFile("portrait", ".jpg", picture())


def desk_screens(app: Flask, people: People, office: Browser) -> Screens:
    """Go through them as Camille, who may do everything, then as Lou, who reads."""
    yield "desk, nothing waits", office.get("town_hall.requests")
    with app.app_context(), db.transaction() as session:
        session.execute(delete(AcceptedValue))
    yield "desk, nothing to report", office.get("town_hall.reporting")
    _furnish(app)
    asked = _ask(app, people)
    page = office.get("town_hall.requests")
    yield "desk, requests", page
    yield "desk, nobody's", page.fill({"Qui s’en occupe": "Personne"}).submit("Filtrer")
    yield "desk, nothing found", page.fill({"Sorte": "Demander une attestation"}).submit("Filtrer")
    yield from _together(office, page)
    yield "desk, none is mine", office.get("town_hall.requests", vue="a-moi")
    yield from _ready_answers(app, office)
    for kind, number in asked.items():
        yield f"desk, {kind}", _open(office, number)
    page = _open(office, asked["invoice_question"])
    yield "desk, nothing typed", page.submit("Répondre et clore", _refused=200)
    typed = {"Nouvelle date promise": "2040-01-02"}
    page = _open(office, asked["canteen"])
    yield "desk, no such day", page.fill(typed).submit("Changer la date", _refused=200)
    page = page.fill({"Votre texte": "Un certificat"}).submit("Demander une pièce")
    yield "desk, just asked", page
    yield "desk, undone", page.submit("Annuler")
    [first, *_] = page.soup.select("select[name=ready] option:not([value='0'])")
    page = page.fill({"Modèle": first.get_text()})
    yield "desk, filled in", page.submit("Mettre dans le texte", _refused=200)
    page = _open(office, asked["photo"]).submit("Accepter")
    page = page.fill({"Votre texte": "À imprimer."}).submit("Note interne")
    yield "desk, closed", page
    yield "desk, closed ones", office.get("town_hall.requests", vue="closes")
    _open(office, asked["details"]).submit("Accepter")
    _settle_some(app, people)
    yield "desk, to report", office.get("town_hall.reporting")
    with app.app_context():
        desk.speak(asked["garderie"], "Voici le règlement.", TOWN_HALL, [PAPER])
    yield "desk, spoken of by a command", _open(office, asked["garderie"])
    lou = Browser(app)
    reader = settle(app, "lou.reads@commune.fr", "Lou Blanc", "lecture", by_mail=True)
    sign_in_by_mail(lou, reader, Outbox(app))
    yield "desk, read only", _open(lou, asked["canteen"])
    secretary = Browser(app)
    sam = settle(app, "sam.answers@commune.fr", "Sam Noir", "secretariat", by_mail=True)
    sign_in_by_mail(secretary, sam, Outbox(app))
    _open(office, asked["account_deletion"])
    yield "desk, not to be accepted by her", _open(secretary, asked["account_deletion"])


def _together(office: Browser, page: Page) -> Screens:
    """Several at once: none that is ticked, then all, which are not of one kind, then one."""
    data = {"csrf_token": page.csrf_token, "text": "Nous regardons."}
    path = "/mairie/demandes/ecrire"
    for words, ticked in (("none ticked", {}), ("two kinds", {"tout": "oui"})):
        answer = office.fetch(path, "POST", data | ticked)
        yield f"desk, together, {words}", office.visit(answer.headers["Location"])
    [line, *_] = page.soup.select("tbody tr")
    [tick, seen] = line.select("input")
    ticked = {"choix": str(tick["value"]), str(seen["name"]): str(seen["value"])}
    answer = office.fetch("/mairie/demandes/confier", "POST", data | ticked | {"clerk": "x"})
    yield "desk, together, to nobody", office.visit(answer.headers["Location"])
    answer = office.fetch("/mairie/demandes/prendre", "POST", data | ticked)
    page = office.visit(answer.headers["Location"])
    yield "desk, together, done", page
    yield "desk, together, undone", page.submit("Annuler")


def _ready_answers(app: Flask, office: Browser) -> Screens:
    yield "desk, ready answers of the portal", office.get("town_hall.ready_answers")
    page = office.get("town_hall.ready_answers").submit("Reprendre ces modèles")
    yield "desk, ready answers", page
    yield "desk, one nameless", page.submit("Enregistrer", _refused=200)
    with app.app_context():
        number = db.session().scalars(select(func.min(ReadyAnswer.id))).one()
    page = office.get("town_hall.ready_answer", number=str(number))
    yield "desk, ready answer", page
    page = page.fill({"Nom du modèle": ""}).submit("Enregistrer", _refused=200)
    yield "desk, ready answer, nameless", page


def _furnish(app: Flask) -> None:
    """Let each child have a school, parents two telephones, and invoice 59 something to ask of."""
    with app.app_context(), db.transaction() as session:
        session.execute(update(Child).values(school="Jules-Ferry"))
        session.execute(update(Guardian).values(mobile="0639980001", phone="0465710001"))
        invoice = session.scalars(
            select(Invoice).where(Invoice.public_id == public_id("f59"))
        ).one()
        session.add(
            InvoiceLine(invoice_id=invoice.id, position=1, label="Cantine", amount=invoice.amount)
        )


def _settle_some(app: Flask, people: People) -> None:
    """Something of nobody's request, nobody remembers what the files said; and of the files."""
    now = datetime.now(UTC)
    with app.app_context(), db.transaction() as session:
        wanted = select(Guardian).where(Guardian.last_name.startswith(people.moreau.last_name))
        guardian = session.scalars(wanted).one()
        common = {"guardian_id": guardian.id, "accepted_at": now}
        session.add_all(
            [
                AcceptedValue(field="email", value="m@exemple.fr", **common),
                AcceptedValue(
                    field="phone", file_value="", value="0639980009", acted_by="ops", **common
                ),
                AcceptedValue(
                    field="mobile", file_value="", value="0639980008", settled_at=now, **common
                ),
            ]
        )


def _open(browser: Browser, number: int) -> Page:
    return browser.get("town_hall.request", number=str(number))


def _ask(app: Flask, people: People) -> dict[str, int]:
    """Ask one of each kind that its page tells apart, the promises as far as they may be."""
    child = [public_id("e1")]
    kinds: dict[str, dict[str, Any]] = {
        "canteen": {"details": {"starts_on": "2026-11-30"}, "children": child},
        "garderie": {"details": {}, "files": (PAPER,)},
        "details": {"details": {"mobile": "06 39 98 00 01", "work_phone": ""}},
        "photo": {"details": {}, "children": child, "files": (PHOTO,)},
        "invoice_question": {"details": {"text": "Pourquoi\u00a0?"}, "invoice": public_id("f59")},
        "account_deletion": {"details": {"text": ""}},
    }
    with app.app_context():
        zest = signed_in(people.zest)
        sent = {
            kind: send(zest, kind, f"{place:032x}", **asked)
            for place, (kind, asked) in enumerate(kinds.items(), 100)
        }
        with db.transaction() as session:
            today = datetime.now(UTC).date()
            for place, each in enumerate(sent.values()):
                request = session.get_one(FamilyRequest, each.number)
                request.expected_on = today + timedelta(days=place - 1)
            # What came after the town hall's last word.
            first = sent["canteen"].number
            event = select(RequestEvent).where(RequestEvent.request_id == first)
            session.scalars(event).one().at -= timedelta(days=1)
        from app.services.requests import acting

        acting.add_files(zest, sent["canteen"].public_id, [PAPER])
    return {kind: each.number for kind, each in sent.items()}
