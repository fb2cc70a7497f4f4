"""« Justificatif d’absence » in its states: expected, sent, answered, erased; both sides of it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import time_machine
from flask import Flask
from sqlalchemy import func, select, update

from app import db
from app.models import AbsenceProof, ProofVerdict
from app.testing import Outbox
from tests.support.browser import Browser, Page
from tests.support.clerks import settle, sign_in_by_mail
from tests.support.people import People, public_id
from tests.support.proofs import ask_proofs, send_paper

Screens = Iterator[tuple[str, Page]]


def proof_screens(app: Flask, people: People, parent: Browser, declared: Page) -> Screens:
    """Go through them as whoever declared an absence, and as whoever reads why."""
    office = Browser(app)
    olive = settle(app, "olive@commune.fr", "Olive Faure", "secretariat", by_mail=True)
    sign_in_by_mail(office, olive, Outbox(app))
    yield "proofs, none", office.get("town_hall.absence_proofs")
    ask_proofs(app)
    page = parent.visit(declared.path)
    yield "absence, declared, a proof is asked", page
    page = _open(parent, page, ".rows a")
    yield "proof", page
    yield "proof, nothing chosen", page.submit("Envoyer le justificatif", _refused=200)
    yield from _too_late(app, people, page)
    sent = send_paper(parent, page)
    yield "proof, sent", sent
    yield "child, a proof is sent", _child(parent)
    yield "town hall, day, a proof to read", office.get("town_hall.day")
    yield "proofs, one to read", office.get("town_hall.absence_proofs")
    found = _open(office, office.get("town_hall.absence_proofs"), "th a")
    yield "proofs, to read", found
    _set(app, verdict=ProofVerdict.ACCEPTED, judged_at=datetime.now(UTC))
    yield "proofs, one accepted", office.get("town_hall.absence_proofs")
    yield "proofs, an acceptance", office.visit(found.path)
    yield "proof, accepted", parent.visit(sent.path)
    yield "child, a proof is accepted", _child(parent)
    yield "history, with a proof", parent.get("family.bookings_history")
    _set(app, verdict=None, judged_at=None)
    yield "proofs, no reason", found.submit("Refuser", _refused=200)
    found = found.fill({"Motif": "illisible"})
    yield "proofs, refused", found.submit("Refuser")
    yield "proofs, a refusal", office.visit(found.path)
    yield "proof, refused", parent.visit(sent.path)
    yield "child, a proof is refused", _child(parent)
    _set(app, file="")
    yield "proofs, erased", office.visit(found.path)
    yield "proof, erased", parent.visit(sent.path)


def _too_late(app: Flask, people: People, page: Page) -> Screens:
    with time_machine.travel(datetime.now(UTC) + timedelta(days=12), tick=False):
        later = Browser(app)
        later.sign_in(people.zest)
        yield "proof, none came", later.visit(page.path)
        yield "child, no proof came", _child(later)


def _open(browser: Browser, page: Page, link: str) -> Page:
    found = page.soup.select_one(link)
    assert found is not None
    return browser.visit(str(found["href"]))


def _child(parent: Browser) -> Page:
    return parent.get("family.child", public_id=public_id("e1"))


def _set(app: Flask, **values: Any) -> None:
    with app.app_context(), db.transaction() as session:
        latest = select(func.max(AbsenceProof.received_at)).scalar_subquery()
        hers = update(AbsenceProof).where(AbsenceProof.received_at == latest)
        session.execute(hers.values(**values))
