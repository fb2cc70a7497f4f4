"""« Nouvelle demande pour elle » in its states: what may be asked, who calls, the form."""

from collections.abc import Iterator

from flask import Flask
from sqlalchemy import update

from app import db
from app.models import FamilyRequest, Guardian
from tests.support.browser import Browser, Page
from tests.support.people import People
from tests.support.screens.family_file import number_of

Screens = Iterator[tuple[str, Page]]


def calling_screens(app: Flask, office: Browser, people: People) -> Screens:
    """Go through them while Karim calls; he then reads who typed."""
    theirs = number_of(app, people.karim)
    page = office.get("town_hall.request_for_caller", family_id=str(theirs))
    yield "calling, kinds", page
    page = page.link("Autre demande").click()
    yield "calling, a form", page
    yield "calling, nothing typed", page.submit("Enregistrer la demande", _refused=200)
    name = f"{people.karim.first_name} {people.karim.last_name}"
    page = page.fill({name: True, "Votre demande": "Une place de parking"})
    page = page.submit("Enregistrer la demande")
    yield "calling, typed", page
    with app.app_context():
        number = int(page.path.rpartition("/")[2])
        public_id = db.session().get_one(FamilyRequest, number).public_id
    kinds = {"autre": "asked already", "photo": "a photo"}
    for kind, state in kinds.items():
        page = office.get("town_hall.caller_form", family_id=str(theirs), kind=kind)
        yield f"calling, {state}", page
    new = str(number_of(app, people.newcomer))
    page = office.get("town_hall.caller_form", family_id=new, kind="facture")
    yield "calling, no invoice", page
    parent = Browser(app, "192.0.2.78")
    parent.sign_in(people.karim)
    yield "requests, typed", parent.get("family.request", public_id=public_id)
    gone = number_of(app, people.archived)
    yield "calling, gone", office.get("town_hall.request_for_caller", family_id=str(gone))
    with app.app_context(), db.transaction() as session:
        session.execute(update(Guardian).where(Guardian.family_id == theirs).values(rank=None))
    page = office.get("town_hall.request_for_caller", family_id=str(theirs))
    yield "calling, nobody", page
    with app.app_context(), db.transaction() as session:
        for person in (people.karim, people.ines):
            wanted = update(Guardian).where(
                Guardian.family_id == theirs, Guardian.first_name == person.first_name
            )
            session.execute(wanted.values(rank=person.rank))
