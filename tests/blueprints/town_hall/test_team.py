"""« Équipe » and « Mon compte »: who enters, what each may do, and what each may change."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from app.testing import Outbox
from tests.blueprints.town_hall.conftest import ask
from tests.support.browser import Browser, Page
from tests.support.clerks import (
    PASSWORD,
    Clerk,
    choose_password,
    give_password,
    link_in,
    settle,
    sign_in_by_mail,
    take_application,
)
from tests.support.people import People

NADIA = ("nadia@commune.fr", "Nadia Petit")


@pytest.fixture
def camille(app: Flask) -> Clerk:
    """She may do everything."""
    with time_machine.travel(datetime.now(UTC) - timedelta(hours=1)):
        return settle(app, "camille.martin@commune.fr", "Camille Martin", "administration")


@pytest.fixture
def office(browser: Browser, camille: Clerk) -> Page:
    """The page of the team, where Camille is signed in."""
    give_password(browser, camille.email).fill({"Code": camille.code}).submit("Valider")
    return browser.get("town_hall.colleagues")


def find(page: Page, name: str) -> Page:
    """Open the page of somebody of the team."""
    return page.link(name).click()


def test_camille_invites_nadia(office: Page, app: Flask, outbox: Outbox) -> None:
    """A name, an address, a role; the list says where each stands."""
    page = office.fill({"Prénom et nom": NADIA[1], "Adresse de courriel": NADIA[0]})
    page = page.fill({"Secrétariat": True}).submit("Inviter")
    assert "Invitation envoyée à nadia@commune.fr." in page.text
    assert "En attente" in page.text
    assert outbox.latest.recipient == NADIA[0]
    nadia = Browser(app)
    choose_password(nadia, link_in(outbox.latest)).submit("Recevoir le code par courriel")
    page = nadia.get("town_hall.day")
    assert "Équipe" not in page.text
    page = nadia.get("town_hall.colleagues", 403)
    assert "Votre rôle ne permet pas de dire qui entre à la mairie." in page.text
    assert "Demandez à Camille Martin." in page.text


def test_who_leaves_with_requests_in_hand_is_told_before(
    people: People, office: Page, app: Flask, outbox: Outbox
) -> None:
    """They lead to the list, to be given to somebody; else nobody has them."""
    nadia = settle(app, *NADIA, "secretariat", by_mail=True)
    number, hers = ask(app, people), Browser(app)
    sign_in_by_mail(hers, nadia, outbox)
    hers.get("town_hall.request", number=str(number)).submit("Je m’en occupe")
    page = find(office.browser.get("town_hall.colleagues"), NADIA[1])
    assert "1 demande est entre ses mains : confiez-la à quelqu’un d’autre" in page.text
    assert "Autre demande" in page.link("1 demande est entre ses mains").click().text
    page.submit("Fermer l’accès")
    listed = office.browser.visit("/mairie/demandes?qui=personne")
    assert "Autre demande" in listed.text
    assert "entre ses mains" not in find(office, "Camille Martin").text


def test_who_may_answer_no_more_is_said_to_hold_requests(
    people: People, office: Page, app: Flask, outbox: Outbox
) -> None:
    """They keep them until they are given to somebody, and the list of them opens."""
    nadia = settle(app, *NADIA, "secretariat", by_mail=True)
    number, hers = ask(app, people), Browser(app)
    sign_in_by_mail(hers, nadia, outbox)
    hers.get("town_hall.request", number=str(number)).submit("Je m’en occupe")
    page = find(office.browser.get("town_hall.colleagues"), NADIA[1])
    page = page.fill({"Secrétariat": False, "Régie": True}).submit("Enregistrer")
    assert page.h1 == "Équipe"
    page = find(page, NADIA[1]).fill({"Régie": False, "Lecture": True})
    page = page.submit("Enregistrer")
    assert page.h1 == NADIA[1]
    said = f"{NADIA[1]} ne répond plus aux demandes, et en a encore : confiez-les"
    assert said in page.text
    listed = page.link("1 demande est entre ses mains").click()
    assert "1 résultat" in listed.text
    assert NADIA[1] in listed.text


def test_whoever_is_alone_to_do_everything_is_told_each_day(
    office: Page, app: Flask, outbox: Outbox
) -> None:
    """Until somebody else may, who has come; nobody else is told."""
    alone = "Donnez ce rôle à une seconde personne"
    day = office.browser.get("town_hall.day")
    assert alone in day.text
    assert day.soup.select("main a[aria-label^='Équipe']")[0]["href"] == office.path
    page = office.fill({"Prénom et nom": NADIA[1], "Adresse de courriel": NADIA[0]})
    page.fill({"Administration": True}).submit("Inviter")
    assert alone in office.browser.get("town_hall.day").text
    choose_password(Browser(app), link_in(outbox.latest))
    assert alone not in office.browser.get("town_hall.day").text
    sam = settle(app, "sam@commune.fr", "Sam Noir", "secretariat", by_mail=True)
    his = Browser(app)
    assert alone not in sign_in_by_mail(his, sam, outbox).text


def test_what_cannot_be_an_invitation_is_said(office: Page) -> None:
    """Nothing typed is lost."""
    page = office.fill({"Prénom et nom": NADIA[1], "Adresse de courriel": "nadia à la mairie"})
    page = page.fill({"Lecture": True}).submit("Inviter", _refused=200)
    assert "Écrivez une seule adresse" in page.errors[0]
    assert page.value("Prénom et nom") == NADIA[1]
    page = page.fill({"Adresse de courriel": "CAMILLE.Martin@commune.fr"})
    page = page.submit("Inviter", _refused=200)
    assert page.errors == ["Camille Martin a déjà un accès avec cette adresse."]


def test_what_was_typed_outlives_the_session(office: Page, app: Flask, camille: Clerk) -> None:
    """An hour at the telephone, then « Inviter »: the password and a code, and all is there."""
    page = office.fill({"Prénom et nom": NADIA[1], "Adresse de courriel": NADIA[0]})
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=61), tick=False):
        page = page.submit("Inviter")
        assert page.endpoint == "town_hall.sign_in"
        assert "Votre texte est gardé" in page.text
        typed = {"Adresse de courriel": camille.email, "Mot de passe": PASSWORD}
        page = page.fill(typed).submit("Continuer").fill({"Code": camille.code}).submit("Valider")
        assert page.endpoint == "town_hall.colleagues"
        assert page.value("Prénom et nom") == NADIA[1]
        page.submit("Déconnexion")
    stranger = Browser(app)
    page = stranger.post("/mairie/reglages/equipe", {"name": "Rien", "csrf_token": "old"})
    assert "Votre texte est gardé" not in page.text


def test_a_role_that_changes_ends_what_is_open(office: Page, app: Flask, outbox: Outbox) -> None:
    """Nadia signs in again, with what she may do now; an administrator needs an application."""
    nadia = settle(app, *NADIA, "secretariat", by_mail=True)
    hers = Browser(app)
    sign_in_by_mail(hers, nadia, outbox)
    page = find(office.browser.get("town_hall.colleagues"), NADIA[1])
    page = page.fill({"Administration": True}).submit("Enregistrer")
    assert "Rôles de Nadia Petit enregistrés." in page.text
    hers.get("town_hall.day", _lands_on="town_hall.sign_in")
    page = choose_password(hers, link_in(outbox.to(nadia.email)[-1]))
    assert page.h1 == "D’où viendra votre code ?"
    take_application(page)
    assert hers.get("town_hall.colleagues").h1 == "Équipe"


def test_a_password_alone_chooses_no_second_factor(
    office: Page, app: Flask, outbox: Outbox
) -> None:
    """Whoever stopped half-way, or becomes an administrator, goes on from their own mailbox."""
    office.fill({"Prénom et nom": NADIA[1], "Adresse de courriel": NADIA[0]}).fill(
        {"Secrétariat": True}
    ).submit("Inviter")
    choose_password(Browser(app), link_in(outbox.to(NADIA[0])[-1]))
    hers = Browser(app)
    for _ in range(2):
        page = give_password(hers, NADIA[0])
        assert page.h1 == "Accès mairie"
        assert "Un lien pour le faire part à votre adresse de courriel" in page.text
    hers.get("town_hall.second_factor", _lands_on="town_hall.sign_in")
    page = choose_password(hers, link_in(outbox.to(NADIA[0])[-1]))
    assert page.h1 == "D’où viendra votre code ?"


def test_two_clicks_leave_the_first_link_good(office: Page, app: Flask, outbox: Outbox) -> None:
    """Whichever of two mails is opened, it leads on."""
    office.fill({"Prénom et nom": NADIA[1], "Adresse de courriel": NADIA[0]}).fill(
        {"Secrétariat": True}
    ).submit("Inviter")
    choose_password(Browser(app), link_in(outbox.latest))
    give_password(Browser(app), NADIA[0])
    first = link_in(outbox.to(NADIA[0])[-1])
    give_password(Browser(app), NADIA[0])
    assert choose_password(Browser(app), first).h1 == "D’où viendra votre code ?"


def test_links_to_go_on_are_few(office: Page, app: Flask, outbox: Outbox) -> None:
    """Somebody who has the password sends no more than six a day."""
    office.fill({"Prénom et nom": NADIA[1], "Adresse de courriel": NADIA[0]}).fill(
        {"Secrétariat": True}
    ).submit("Inviter")
    choose_password(Browser(app), link_in(outbox.to(NADIA[0])[-1]))
    before = len(outbox)
    for _ in range(8):
        give_password(Browser(app), NADIA[0])
    assert len(outbox) == before + 6


def test_the_last_administrator_stays(office: Page, app: Flask) -> None:
    """Neither by a role less nor by a closed access; with another one, both may."""
    page = find(office, "Camille Martin")
    page = page.submit("Fermer l’accès")
    assert "C’est le dernier accès qui a le rôle Administration." in page.text
    page = page.fill({"Administration": False, "Lecture": True})
    page = page.submit("Enregistrer", _refused=200)
    assert "C’est le dernier accès" in page.errors[0]
    settle(app, *NADIA, "administration")
    page = find(page.browser.get("town_hall.colleagues"), "Camille Martin")
    assert page.submit("Fermer l’accès").h1 == "Accès mairie"


def test_whoever_leaves_is_out_at_once(office: Page, app: Flask, outbox: Outbox) -> None:
    """And comes back by a link, with everything to be chosen anew."""
    nadia = settle(app, *NADIA, "regie", by_mail=True)
    hers = Browser(app)
    sign_in_by_mail(hers, nadia, outbox)
    page = find(office.browser.get("town_hall.colleagues"), NADIA[1])
    page = page.submit("Fermer l’accès")
    assert "Fermé" in page.text
    hers.get("town_hall.day", _lands_on="town_hall.sign_in")
    page = hers.get("town_hall.sign_in").fill(
        {"Adresse de courriel": nadia.email, "Mot de passe": PASSWORD}
    )
    assert page.submit("Continuer", _refused=200).errors
    find(office.browser.get("town_hall.colleagues"), NADIA[1]).submit("Rouvrir l’accès")
    page = choose_password(hers, link_in(outbox.latest))
    assert page.h1 == "D’où viendra votre code ?"


def test_a_page_left_open_does_no_harm(browser: Browser, camille: Clerk) -> None:
    """Ten minutes after the password was given, it is asked before what is dangerous."""
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        give_password(browser, camille.email).fill({"Code": camille.code}).submit("Valider")
        assert browser.get("town_hall.colleagues").h1 == "Équipe"
        clock.shift(timedelta(minutes=11))
        page = browser.get("town_hall.colleagues", _lands_on="town_hall.prove_again")
        refused = page.fill({"Mot de passe": "ce n’est pas le bon"}).submit("Continuer", 200)
        assert "ce n’est pas celui de votre accès" in refused.errors[0]
        page = refused.fill({"Mot de passe": PASSWORD}).submit("Continuer")
        assert page.h1 == "Équipe"


def test_camille_changes_what_is_hers(office: Page, app: Flask, outbox: Outbox) -> None:
    """Her name, her password, her application, her codes; other browsers are signed out."""
    browser = office.browser
    page = browser.get("town_hall.own_account").link("Modifier mon nom").click()
    page = page.fill({"Nom montré aux familles": "Camille, service enfance"})
    assert "Camille, service enfance" in page.submit("Enregistrer").text
    page = browser.get("town_hall.spare_codes")
    before = [each.text for each in page.soup.select(".spare-codes li")]
    page = page.submit("Remplacer ces codes par d’autres")
    assert not set(before) & {each.text for each in page.soup.select(".spare-codes li")}
    page = browser.get("town_hall.own_account").submit("Le recevoir autrement")
    page, _ = take_application(page)
    assert page.h1 == "Vos codes de secours"
    page = browser.get("town_hall.change_password")
    again = {"Nouveau mot de passe": PASSWORD, "Confirmation mot de passe": PASSWORD}
    refused = page.fill(again).submit("Enregistrer", _refused=200)
    assert refused.errors == ["Choisissez un mot de passe différent de l’actuel."]
    other = dict.fromkeys(again, "une tout autre phrase")
    assert refused.fill(other).submit("Enregistrer").h1 == "Accès mairie"
    assert outbox.latest.subject == "Votre mot de passe a été changé"


def test_two_browsers_one_is_left_behind(office: Page, app: Flask, camille: Clerk) -> None:
    """At the counter's computer she forgot to sign out."""
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=1)):
        counter = Browser(app)
        page = give_password(counter, camille.email).fill({"Code": camille.code})
        page.submit("Valider")
        page = office.browser.get("town_hall.own_account")
        page = page.submit("Déconnecter les autres navigateurs")
        assert "Les autres navigateurs sont déconnectés." in page.text
        counter.get("town_hall.day", _lands_on="town_hall.sign_in")


def test_a_page_that_does_not_exist_keeps_the_menu(office: Page, app: Flask) -> None:
    """Of whoever is signed in; to a stranger nothing tells that the town hall has pages."""
    page = office.browser.visit("/mairie/nulle-part", 404)
    assert page.link("Réglages").click().h1 == "Réglages"
    assert "Espace mairie" not in Browser(app).visit("/mairie/nulle-part", 404).text
