"""A month at the town hall, lived on its screens alone: a messy town, and no command."""

import copy
import io
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import select

import config
from app import db
from app.formats import town_zone
from app.mailer.backends.memory import MemoryBackend
from app.models import Family
from app.services.actors import Command
from app.services.mail import bounces
from app.services.mail.bounces import Verdict
from tests.blueprints.town_hall.giving import give
from tests.blueprints.town_hall.months import FAMILIES, Month
from tests.services.importing.town import OF_HISTORY, everything
from tests.services.inbox.test_sending import settle_jobs
from tests.services.mail.test_bounces import notification
from tests.support.job_room import let_invitations_leave
from tests.support.mail_room import courier_of
from tests.support.messy_town import Household, MessyTown
from tests.support.messy_truth import everybody_sees_their_own

pytestmark = pytest.mark.both_databases

# What keeps that something was done, undone as it may be.
NOTED = (*OF_HISTORY, "job")
MAIL_SERVER = Command("le serveur de courrier")
NEW_STREET = "1 rue Neuve"
MENU = {"Objet": "Sortie au musée", "Texte": "Jeudi 12 novembre, prévoyez un pique-nique."}


@pytest.fixture
def settings(settings: config.Settings) -> config.Settings:
    """The town reads what comes back."""
    object.__setattr__(settings, "mail_bounces", "rebonds@commune.fr")
    return settings


@pytest.fixture
def month(app: Flask, tmp_path: Path) -> Iterator[Month]:
    """The first of November, an empty portal."""
    with time_machine.travel(datetime(2026, 11, 1, 9, tzinfo=town_zone()), tick=False) as clock:
        yield Month(app, clock, tmp_path)


def test_a_month(month: Month) -> None:
    first_import(month)
    invitations_and_letters(month)
    a_mail_comes_back(month)
    a_street_changes(month)
    a_class_goes_out(month)
    the_wrong_file(month)
    a_family_leaves(month)
    the_next_month(month)


def first_import(month: Month) -> None:
    """Its software's own total is no payment; without it, every family is there as it is."""
    nadia = month.comes(3, month.nadia)
    assert "Mettre en place le portail" in nadia.get("town_hall.day").text
    page = month.once_done(give(nadia, month.export(with_totals=True)))
    assert page.h1 == "1 point à corriger dans « 1.zip »"
    assert "Ligne de total ?" in page.text
    page = month.once_done(give(nadia, month.export()))
    page = month.once_done(page.submit("Importer"))
    assert page.h1 == "« 2.zip » est importé"
    everybody_sees_their_own(month.app, month.town)


def invitations_and_letters(month: Month) -> None:
    """Each parent has one or the other; the reminder, a week later, is for who did not come."""
    nadia = month.comes(4, month.nadia)
    everybody = [parent for each in month.town.households for parent in each.parents]
    addressed = [parent for parent in everybody if parent.email]
    month.outbox.clear()
    page = (
        nadia.get("town_hall.who_comes").link("Inviter : parents n’ont jamais été invités").click()
    )
    assert f"{len(addressed)} courriels." in page.text
    page.submit("Envoyer")
    let_invitations_leave(month.app)
    assert sorted(mail.recipient for mail in month.outbox) == sorted(
        parent.email for parent in addressed
    )
    letters = nadia.get("town_hall.who_comes").link(
        "Lettres : parents n’ont pas d’adresse de courriel"
    )
    assert pages_of(nadia.fetch(letters.href).data) == len(everybody) - len(addressed)


def a_mail_comes_back(month: Month) -> None:
    """Its reason is on the day; the address is corrected, and the parent comes in."""
    parent = next(each.parents[0] for each in month.town.households if each.parents[0].email)
    backend = courier_of(month.app).backend
    assert isinstance(backend, MemoryBackend)
    message = next(each for each, _ in backend.sent if each.recipient == parent.email)
    with month.app.app_context():
        told = bounces.receive(notification(message.envelope_sender), MAIL_SERVER)
    assert told is Verdict.REFUSED
    nadia = month.comes(5, month.nadia)
    page = nadia.get("town_hall.day")
    assert "1 parent à qui les courriels n’arrivent pas" in page.text
    assert "Cette adresse n’existe pas" in page.text
    page = page.link(parent.name).click()
    parent.email = "corrigee@exemple.fr"
    page = page.fill({"Adresse de courriel": parent.email})
    page = page.submit("Enregistrer et envoyer l’accès")
    assert f"Envoyé à {parent.email}" in page.text
    settle_jobs(month.app)
    month.comes_home(parent)
    assert "à qui les courriels" not in nadia.get("town_hall.day").text


def a_street_changes(month: Month) -> None:
    """A parent asks, Nadia accepts; the software is still to be told."""
    household = month.town.households[0]
    browser = month.comes_home(household.parents[0])
    page = browser.get("family.change_address").fill({"Numéro et voie": NEW_STREET})
    page.submit("Envoyer à la mairie")
    nadia = month.comes(6, month.nadia)
    page = nadia.get("town_hall.day").link("Modifier mes coordonnées").click()
    assert household.street in page.text
    page = page.submit("Accepter")
    assert "La famille sera prévenue dans 2 minutes." in page.text
    page = nadia.get("town_hall.reporting")
    assert NEW_STREET in page.text
    household.street = NEW_STREET


def a_class_goes_out(month: Month) -> None:
    """Who never came is reminded; ten minutes later, who has a child there reads the message."""
    nadia = month.comes(9, month.nadia)
    nadia.get("town_hall.day").link("Relancer").click().submit("Envoyer")
    page = nadia.get("town_hall.messages").link("Écrire").click()
    ticks = {
        "Toutes les familles": False,
        "Une école, des classes": True,
        "Louise-Michel, CP": True,
    }
    page = page.fill({**MENU, **ticks})
    page = page.submit("Relire")
    there = [each for each in month.town.households if goes_to(each, "Louise-Michel", "CP")]
    assert f"{len(there)} familles" in page.text
    page = page.submit("Envoyer")
    month.at(datetime(2026, 11, 9, 9, 11, tzinfo=town_zone()))
    reader = next(each for each in there if each.parents[0].email)
    away = next(
        each for each in month.town.households if each not in there and each.parents[0].email
    )
    for household, has_it in ((reader, True), (away, False)):
        browser = month.comes_home(household.parents[0])
        assert (MENU["Objet"] in browser.get("family.messages").text) is has_it


def the_wrong_file(month: Month) -> None:
    """Another town's is for the administration; last year's is imported, and undone to the byte."""
    nadia = month.comes(12, month.nadia)
    before = everything(month.app, but=NOTED)
    page = month.once_done(give(nadia, month.export(MessyTown(seed=7, families=FAMILIES))))
    assert "Responsables remplacés, dont l’accès serait fermé" in page.text
    assert "demandez à l’administration du portail de le faire" in page.text
    assert everything(month.app, but=NOTED) == before
    page = month.once_done(give(nadia, month.export(as_last_year(month.town))))
    page = month.once_done(page.submit("Importer"))
    assert page.h1 == "« 4.zip » est importé"
    assert everything(month.app, but=NOTED) != before
    page = page.link("Annuler cet import").click().submit("Annuler cet import")
    page = month.once_done(page)
    assert page.h1 == "« 4.zip » est annulé"
    assert everything(month.app, but=NOTED) == before
    everybody_sees_their_own(month.app, month.town)


def a_family_leaves(month: Month) -> None:
    """It paid all it owed: the import closes its access, then Camille erases it."""
    town = month.town
    household = next(each for each in town.households[1:] if not town.owed_by(each))
    town.households.remove(household)
    town.bills = [each for each in town.bills if each.household is not household]
    town.receipts = [each for each in town.receipts if each.household is not household]
    nadia = month.comes(16, month.nadia)
    page = month.once_done(give(nadia, month.export()))
    page = page.fill({"Fermer l’accès des familles absentes des fichiers": True})
    page = page.submit("Relire avec ces choix")
    page = month.once_done(page)
    page = month.once_done(page.submit("Importer"))
    assert page.h1 == "« 5.zip » est importé"
    everybody_sees_their_own(month.app, month.town)
    camille = month.comes(17, month.camille)
    page = camille.visit(f"/mairie/recherche?q={household.number}")
    page = page.link("Effacer les données de cette famille").click()
    page = page.fill({"Numéro de la famille": household.number}).submit("Effacer ces données")
    assert "Ce sera fait dans la nuit" in page.text
    month.comes(18, month.nadia)
    with month.app.app_context():
        assert (
            db.session().scalars(select(Family.number).where(Family.erased_at.is_not(None))).all()
        )
    assert household.parents[0].mobile not in repr(everything(month.app, but=NOTED))


def the_next_month(month: Month) -> None:
    """What was to be reported is in the files; who wants mails has one of the new invoice."""
    month.town.bill_everybody(date(2026, 11, 20))
    nadia = month.comes(24, month.nadia)
    month.outbox.clear()
    page = month.once_done(give(nadia, month.export()))
    page = month.once_done(page.submit("Importer"))
    assert page.h1 == "« 6.zip » est importé"
    everybody_sees_their_own(month.app, month.town)
    assert NEW_STREET not in nadia.get("town_hall.reporting").text
    month.at(datetime(2026, 11, 24, 9, 11, tzinfo=town_zone()))
    parent = month.town.households[0].parents[0]
    [mail] = month.outbox.to(parent.email)
    assert "facture" in mail.subject
    statement = month.comes_home(parent).get("family.statement")
    assert f"2026-11-{month.town.households[0].id}" in statement.text


def as_last_year(town: MessyTown) -> MessyTown:
    """Somebody found the export of a year ago: every child a class below, streets of before."""
    old = copy.deepcopy(town)
    for number, household in enumerate(old.households):
        household.street = f"{number} chemin d’avant"
        for child in household.children:
            child.class_name = "Petite section"
    return old


def goes_to(household: Household, school: str, class_name: str) -> bool:
    """Tell whether one of the children is there."""
    return any(
        (each.school, each.class_name) == (school, class_name) for each in household.children
    )


def pages_of(paper: bytes) -> int:
    """Count the sheets."""
    return len(PdfReader(io.BytesIO(paper)).pages)
