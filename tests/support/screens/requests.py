"""« Liste des demandes » in its states: empty, filled, in error, each answer of the town hall."""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from flask import Flask

from app import db
from app.calendar import working_days
from app.formats import today
from app.models import Child, FamilyRequest
from app.services.files.uploads import CheckedFile
from app.services.requests import desk, desk_listing
from tests.support.browser import Browser, Page
from tests.support.people import TOWN_HALL, People, Person, public_id

PAPER = CheckedFile("Plan", ".pdf", b"%PDF-1.7\n%%EOF")
KINDS = ("cantine", "garderie", "absence", "fiche-enfant", "photo", "attestation", "autre")
ANSWERS: dict[str, Callable[[int], object]] = {
    "in hand": lambda number: desk.take(number, TOWN_HALL),
    "spoken of": lambda number: desk.speak(number, "Nous cherchons.", TOWN_HALL),
    "piece asked": lambda number: desk.ask(number, "La carte grise du véhicule", TOWN_HALL),
    "accepted": lambda number: desk.accept(number, "", TOWN_HALL),
    "answered by a file": lambda number: desk.accept(number, "Voici.", TOWN_HALL, [PAPER]),
    "refused": lambda number: desk.refuse(number, "Il n’y a plus de place.", TOWN_HALL),
}


def requests(app: Flask, people: People) -> Iterator[tuple[str, Page]]:
    """Go through them as Karim does, with her two children."""
    parent = Browser(app)
    parent.sign_in(people.karim)
    adam = _name_of(app, "e3")
    yield "requests, none", parent.get("family.requests")
    yield "requests, kinds", parent.get("family.new_request")
    yield "requests, facture", parent.get("family.request_form", kind="facture")
    for kind in KINDS:
        page = parent.get("family.request_form", kind=kind)
        yield f"requests, {kind}", page
        yield f"requests, {kind} in error", page.submit("Continuer", _refused=200)
    page = parent.get("family.request_form", kind="photo").fill({adam: True})
    page = page.submit("Continuer", _refused=200)
    yield "requests, photo, check", page
    yield "requests, photo, none chosen", page.submit("Envoyer ma demande", _refused=200)
    for state, answer in ANSWERS.items():
        page = parent.get("family.request_form", kind="autre")
        page = page.fill({"Votre demande": "Une place de parking"})
        page = page.submit("Continuer", _refused=200)
        yield f"requests, check, {state}", page
        page = page.submit("Envoyer ma demande")
        number = re.search(r"Demande n° (\d+)", page.text)
        assert number is not None
        with app.app_context():
            answer(int(number[1]))
        yield f"requests, {state}", parent.visit(page.path)
        if state == "piece asked":
            _change_address(parent, people.karim)
            yield "home, two things to do", parent.get("family.home")
        if state == "in hand":
            yield "requests, withdraw", page.link("Retirer ma demande").click()
            _forget(app, int(number[1]))
            yield "requests, late", parent.visit(page.path)
    yield from _registered(app, parent, adam)
    page = parent.get("family.request_form", kind="suppression").submit("Continuer", _refused=200)
    yield "requests, without a word", page.submit("Envoyer ma demande")
    page = parent.get("family.request_form", kind="fiche-enfant")
    page = page.fill({adam: True, "Ce qu’il faut corriger": "Il est en CE1."})
    page = page.submit("Continuer", _refused=200).submit("Envoyer ma demande")
    yield "requests, about a child", page
    yield "requests, list", parent.get("family.requests")
    # From elsewhere: too many tries were made from here.
    other = Browser(app, "192.0.2.77")
    other.sign_in(people.ines)
    yield "requests, list, sent by the other", other.get("family.requests")


def _name_of(app: Flask, source_id: str) -> str:
    """Read how a child is called."""
    with app.app_context():
        child = db.session().query(Child).filter_by(source_id=source_id).one()
        return f"{child.first_name} {child.last_name}"


def _change_address(parent: Browser, person: Person) -> None:
    typed = {
        "Nouvelle adresse de courriel": "autre.adresse@exemple.fr",
        "Mot de passe actuel": person.password or "",
    }
    parent.get("family.change_email").fill(typed).submit("Recevoir le lien")


def _forget(app: Flask, number: int) -> None:
    """The town hall lets the date pass."""
    with app.app_context(), db.transaction() as session:
        session.get_one(FamilyRequest, number).expected_on = today() - timedelta(days=1)


def _registered(app: Flask, parent: Browser, adam: str) -> Iterator[tuple[str, Page]]:
    """See what was accepted, and that it was asked already; then tell an absence of today."""
    page = parent.get("family.request_form", kind="cantine")
    page = page.fill({adam: True, "Lundi": True, "À partir du": f"{_school_day():%d/%m/%Y}"})
    page.submit("Continuer", _refused=200).submit("Envoyer ma demande")
    page = parent.get("family.request_form", kind="cantine").fill({adam: True, "Mardi": True})
    page = page.fill({"À partir du": f"{_school_day():%d/%m/%Y}"})
    yield "requests, cantine asked already", page.submit("Continuer", _refused=200)
    page = parent.get("family.request_form", kind="absence").fill({adam: True})
    soon = f"{_school_day():%d/%m/%Y}"
    page = page.fill({"Premier jour d’absence": soon, "Dernier jour d’absence": soon})
    yield "requests, absence tomorrow", page.submit("Continuer", _refused=200)
    with app.app_context():
        desk.accept(desk_listing.listed(everything=True).items[0].number, "", TOWN_HALL)
    yield "home, registered", parent.get("family.home")
    yield "child, registered", parent.get("family.child", public_id=public_id("e3"))


def _school_day() -> date:
    return working_days.after(today(), 1)
