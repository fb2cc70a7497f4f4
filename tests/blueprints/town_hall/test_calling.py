"""« Nouvelle demande pour elle »: somebody calls, Nadia types."""

from datetime import UTC, datetime

from flask import Flask
from sqlalchemy import func, select, update

from app import db
from app.models import Account, Family, FamilyRequest
from app.testing import Outbox
from tests.blueprints.family.test_requests import PDF, send_files
from tests.blueprints.town_hall.conftest import NADIA, come
from tests.support.browser import Browser, Page
from tests.support.people import People, Person
from tests.support.screens.family_file import number_of

TEXT = "Une place de parking près de l’école"


def begin(browser: Browser, app: Flask, person: Person, kind: str) -> Page:
    """From the family's file to the form, by what the caller says."""
    page = browser.get("town_hall.family", family_id=str(number_of(app, person)))
    return page.link("Nouvelle demande pour elle").click().link(kind).click()


def how_many(app: Flask) -> int:
    """Count the requests."""
    with app.app_context():
        return db.session().scalars(select(func.count(FamilyRequest.id))).one()


def test_karim_calls_and_reads_who_typed(
    app: Flask, people: People, nadia: Browser, outbox: Outbox
) -> None:
    """It is his, with the mail that he would have had; Inès sees it as well."""
    page = begin(nadia, app, people.karim, "Autre demande")
    page = page.submit("Enregistrer la demande", _refused=200)
    assert page.errors == ["Choisissez qui appelle.", "Écrivez votre demande."]
    caller = f"{people.karim.first_name} {people.karim.last_name}"
    page = page.fill({caller: True, "Votre demande": TEXT}).submit("Enregistrer la demande")
    assert f"est enregistrée. Un courriel le confirme à {caller}." in page.text
    assert "par Nadia Petit" in page.text
    assert page.h1 == "Autre demande"
    assert "Annuler" not in [each.text.strip() for each in page.soup.select("main button")]
    assert "Nous avons reçu votre demande" in outbox.latest.subject
    his = Browser(app, "192.0.2.8")
    his.sign_in(people.karim)
    page = his.get("family.requests").link("Autre demande").click()
    assert f"saisie par {NADIA[1]}, de la mairie" in page.text
    assert TEXT in page.text
    assert "Retirer ma demande" in page.text
    page = begin(nadia, app, people.ines, "Autre demande")
    assert "Une demande de cette sorte est déjà ouverte : la demande n° 1." in page.text


def test_whoever_never_came_is_given_the_number(
    app: Flask, people: People, nadia: Browser, outbox: Outbox
) -> None:
    page = begin(nadia, app, people.newcomer, "Autre demande")
    sent = len(outbox)
    page = page.fill({"Votre demande": TEXT}).submit("Enregistrer la demande")
    assert "donnez-lui ce numéro" in page.text
    assert len(outbox) == sent


def test_the_same_form_twice_is_one_request(app: Flask, people: People, nadia: Browser) -> None:
    """Two tabs, or two clicks; another answer from the same page is said to be another."""
    page = begin(nadia, app, people.zest, "Autre demande").fill({"Votre demande": TEXT})
    before = how_many(app)
    first, second = page.submit("Enregistrer la demande"), page.submit("Enregistrer la demande")
    assert first.path == second.path
    page = page.fill({"Votre demande": "Autre chose"})
    page = page.submit("Enregistrer la demande", _refused=200)
    assert "une autre est déjà partie" in page.errors[0]
    assert page.value("Votre demande").strip() == "Autre chose"
    page.submit("Enregistrer la demande")
    assert how_many(app) == before + 2


def test_a_family_that_left_asks_nothing_more(app: Flask, people: People, nadia: Browser) -> None:
    """Not from its file, nor from a form that was open: and what was typed is still there."""
    page = begin(nadia, app, people.zest, "Autre demande").fill({"Votre demande": TEXT})
    family_id, before = number_of(app, people.zest), how_many(app)
    with app.app_context(), db.transaction() as session:
        gone = update(Family).where(Family.id == family_id)
        session.execute(gone.values(archived_at=datetime.now(UTC)))
    page = page.submit("Enregistrer la demande", _refused=200)
    assert "n’est plus inscrite" in page.errors[0]
    assert page.value("Votre demande").strip() == TEXT
    page = nadia.get("town_hall.family", family_id=str(family_id))
    assert "Nouvelle demande pour elle" not in page.text
    page = nadia.get("town_hall.request_for_caller", family_id=str(family_id))
    assert "n’est plus inscrite" in page.text
    assert how_many(app) == before


def test_files_go_with_it_and_are_looked_into(app: Flask, people: People, nadia: Browser) -> None:
    """A wrong one is refused as a parent's is, and keeps the words."""
    page = begin(nadia, app, people.zest, "Autre demande")
    family_id = number_of(app, people.zest)
    path = f"/mairie/familles/{family_id}/demandes/nouvelle/autre"
    [only] = page.soup.select("input[name=guardian]")
    fields = {"guardian": str(only["value"]), "text": TEXT}
    answer = send_files(nadia, page, path, (b"MZ", "virus.pdf"), **fields)
    assert TEXT in answer.text
    assert answer.request.path == path
    answer = send_files(nadia, page, path, (PDF, "plan.pdf"), **fields)
    assert answer.request.path.startswith("/mairie/demandes/")
    assert "plan" in answer.text


def test_what_is_only_in_their_own_hand_is_not_typed(
    app: Flask, people: People, nadia: Browser
) -> None:
    """And the page says why; an address typed by hand leads nowhere."""
    family_id = str(number_of(app, people.zest))
    page = nadia.get("town_hall.request_for_caller", family_id=family_id)
    links = [each.text for each in page.soup.select("main .rows a")]
    assert "Autre demande" in links
    assert "Demander la suppression de mes données" not in links
    assert "personne ne doit pouvoir la faire à sa place" in page.text
    for kind in ("suppression", "coordonnees", "inconnue"):
        nadia.get("town_hall.caller_form", 404, family_id=family_id, kind=kind)
    nadia.get("town_hall.request_for_caller", 404, family_id="999999")


def test_each_role_types_what_it_answers(app: Flask, people: People, outbox: Outbox) -> None:
    """Lecture nothing, the Régie what is about money."""
    family_id = str(number_of(app, people.zest))
    reader = come(app, "lou@commune.fr", "Lou Blanc", "lecture")
    page = reader.get("town_hall.family", family_id=family_id)
    assert "Nouvelle demande pour elle" not in page.text
    reader.get("town_hall.caller_form", 403, family_id=family_id, kind="autre")
    treasurer = come(app, "sam@commune.fr", "Sam Noir", "regie")
    page = treasurer.get("town_hall.request_for_caller", family_id=family_id)
    links = [each.text for each in page.soup.select("main .rows a")]
    assert links == ["Poser une question sur une facture", "Demander une attestation"]
    treasurer.get("town_hall.caller_form", 403, family_id=family_id, kind="autre")


def test_nobody_else_s_child_nor_guardian(app: Flask, people: People, nadia: Browser) -> None:
    """A form that was tampered with names another family's."""
    page = begin(nadia, app, people.zest, "Autre demande").fill({"Votre demande": TEXT})
    with app.app_context():
        theirs = select(Account.guardian_id).where(Account.identifier == people.ines.identifier)
        other = db.session().scalars(theirs).one()
    before = how_many(app)
    [tick] = page.soup.select("input[name=guardian]")
    tick["value"] = str(other)
    page = page.submit("Enregistrer la demande", _refused=200)
    assert page.errors == ["Choisissez qui appelle."]
    assert how_many(app) == before
