"""« Accès mairie »: an invitation, a password, a code; and a clerk who is a parent too."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from app.services.accounts import throttles
from app.testing import Outbox
from tests.support.browser import Browser
from tests.support.clerks import (
    PASSWORD,
    choose_password,
    code_in,
    give_password,
    invited,
    link_in,
    settle,
    sign_in_by_mail,
    take_application,
)
from tests.support.people import People

CAMILLE = ("camille.martin@commune.fr", "Camille Martin")
NOW = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)


def test_camille_comes_for_the_first_time(browser: Browser, app: Flask, outbox: Outbox) -> None:
    """The mail, a password, an application, the codes to put away; then the day."""
    invited(app, *CAMILLE, "administration")
    assert outbox.latest.recipient == CAMILLE[0]
    assert "Bonjour Camille Martin," in outbox.latest.text
    page = browser.visit(link_in(outbox.latest))
    assert page.h1 == "Bienvenue, Camille Martin"
    page = choose_password(browser, link_in(outbox.latest))
    assert page.h1 == "D’où viendra votre code ?"
    # An administrator's code comes from an application.
    assert "Recevoir le code par courriel" not in page.text
    page, _ = take_application(page)
    assert page.h1 == "Vos codes de secours"
    assert len(page.soup.select(".spare-codes li")) == 8
    # Shown by whoever can make it act.
    assert page.soup.select_one("button[data-print][hidden]")
    page = page.link("Je les ai rangés").click()
    assert page.h1 == "À faire aujourd’hui"
    assert "Mettre en place le portail" in page.text
    page = page.submit("Déconnexion")
    assert page.h1 == "Accès mairie"
    assert browser.get("town_hall.day", _lands_on="town_hall.sign_in").h1 == "Accès mairie"


def test_the_next_day_an_application_shows_the_code(browser: Browser, app: Flask) -> None:
    """Password, code; the same code serves nobody else."""
    with time_machine.travel(NOW, tick=False):
        camille = settle(app, *CAMILLE, "administration")
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        page = give_password(browser, CAMILLE[0])
        assert "Ne plus demander" not in page.text
        assert page.fill({"Code": camille.code}).submit("Valider").h1 == "À faire aujourd’hui"
        # Somebody read the code over a shoulder.
        other = give_password(Browser(app), CAMILLE[0])
        page = other.fill({"Code": camille.code}).submit("Valider", _refused=200)
        assert "il a déjà servi" in page.text


def test_a_code_comes_by_mail(browser: Browser, app: Flask, outbox: Outbox) -> None:
    """The secretary has no phone at work; a month on this computer, none is asked."""
    nadia = settle(app, "nadia@commune.fr", "Nadia", "secretariat", by_mail=True)
    page = give_password(browser, nadia.email)
    assert "n…@commune.fr" in page.text
    first = code_in(outbox.latest)
    page = page.submit("Envoyer un autre code")
    assert page.fill({"Code": first}).submit("Valider", _refused=200).errors
    page = page.fill({"Code": code_in(outbox.latest), "remember": True}).submit("Valider")
    page.submit("Déconnexion")
    assert give_password(browser, nadia.email).h1 == "À faire aujourd’hui"
    assert give_password(Browser(app), nadia.email).h1 == "Votre code"


def test_a_mailed_code_lasts_ten_minutes(browser: Browser, app: Flask, outbox: Outbox) -> None:
    """Whoever comes back from lunch begins again, and reads why."""
    nadia = settle(app, "nadia@commune.fr", "Nadia", "lecture", by_mail=True)
    with time_machine.travel(NOW, tick=False):
        page = give_password(browser, nadia.email).fill({"Code": code_in(outbox.latest)})
    with time_machine.travel(NOW + timedelta(minutes=11), tick=False):
        page = page.submit("Valider")
        assert page.h1 == "Accès mairie"
        assert "C’était trop long." in page.text


def test_a_lost_phone_costs_one_spare_code(browser: Browser, app: Flask) -> None:
    """Each replaces the code once."""
    camille = settle(app, *CAMILLE, "administration")
    page = give_password(browser, camille.email).fill({"Code": camille.spare[3]})
    assert page.submit("Valider").h1 == "À faire aujourd’hui"
    page = give_password(Browser(app), camille.email).fill({"Code": camille.spare[3]})
    assert page.submit("Valider", _refused=200).errors
    page = browser.get("town_hall.own_account")
    assert "Il vous reste 7 codes de secours." in page.text


def test_nobody_learns_who_works_there(browser: Browser, app: Flask, outbox: Outbox) -> None:
    """A wrong password and an unknown address read alike, as does a forgotten password."""
    settle(app, *CAMILLE, "administration")
    answers = []
    for email in (CAMILLE[0], "personne@commune.fr"):
        page = browser.get("town_hall.sign_in").fill(
            {"Adresse de courriel": email, "Mot de passe": "faux faux faux"}
        )
        answers.append(page.submit("Continuer", _refused=200).errors)
        page = browser.get("town_hall.forgotten_password").fill({"Adresse de courriel": email})
        answers.append([page.submit("Recevoir le lien").text])
    assert answers[:2] == answers[2:]
    assert outbox.latest.recipient == CAMILLE[0]


def test_nobody_there_is_told_of_a_link_that_does_not_leave(
    browser: Browser, app: Flask, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a network floods: the same page for everybody, known or not."""
    settle(app, *CAMILLE, "administration")
    monkeypatch.setattr(throttles, "ADDRESS_REQUESTS", 0)
    outbox.clear()
    for email in (CAMILLE[0], "personne@commune.fr"):
        page = browser.get("town_hall.forgotten_password").fill({"Adresse de courriel": email})
        page = page.submit("Recevoir le lien", _refused=429)
        assert "aucun courriel n’est parti" in page.text
    assert len(outbox) == 0


def test_a_forgotten_password_still_asks_for_the_code(
    browser: Browser, app: Flask, outbox: Outbox
) -> None:
    """The link lets a password be chosen, once; it signs nobody in."""
    nadia = settle(app, "nadia@commune.fr", "Nadia", "secretariat", by_mail=True)
    page = browser.get("town_hall.forgotten_password").fill({"Adresse de courriel": nadia.email})
    page.submit("Recevoir le lien")
    link = link_in(outbox.latest)
    assert choose_password(browser, link, "une autre phrase secrète").h1 == "Accès mairie"
    assert outbox.latest.subject == "Votre mot de passe a été changé"
    assert browser.visit(link).h1 == "Ce lien ne sert plus"
    assert give_password(browser, nadia.email, "une autre phrase secrète").h1 == "Votre code"


def test_seven_wrong_passwords_make_wait(browser: Browser, app: Flask) -> None:
    """As for parents: five are free, then the wait grows."""
    settle(app, *CAMILLE, "administration")
    for _ in range(6):
        page = browser.get("town_hall.sign_in").fill(
            {"Adresse de courriel": CAMILLE[0], "Mot de passe": "faux faux faux"}
        )
        page = page.submit("Continuer", _refused=200)
    assert "Trop d’essais. Attendez 1 minute" in page.text


def test_a_clerk_is_often_a_parent_too(
    browser: Browser, app: Flask, people: People, outbox: Outbox
) -> None:
    """Two sessions beside each other: neither opens a page of the other, nor ends it."""
    nadia = settle(app, "nadia@commune.fr", "Nadia", "secretariat", by_mail=True)
    browser.get("family.home", _lands_on="auth.sign_in")
    sign_in_by_mail(browser, nadia, outbox)
    browser.get("family.home", _lands_on="auth.sign_in")
    browser.sign_in(people.zest)
    page = browser.get("town_hall.day")
    assert people.zest.display_name not in page.text
    page.submit("Déconnexion")
    assert browser.get("family.home").endpoint == "family.home"
    browser.get("town_hall.day", _lands_on="town_hall.sign_in")


def test_a_session_ends_by_itself(browser: Browser, app: Flask, outbox: Outbox) -> None:
    """After an hour without a page, or ten hours; the page says so."""
    nadia = settle(app, "nadia@commune.fr", "Nadia", "secretariat", by_mail=True)
    with time_machine.travel(NOW, tick=False) as clock:
        sign_in_by_mail(browser, nadia, outbox)
        clock.shift(timedelta(minutes=59))
        browser.get("town_hall.day")
        clock.shift(timedelta(minutes=61))
        page = browser.get("town_hall.day", _lands_on="town_hall.sign_in")
        assert "Votre session a pris fin." in page.text


def test_a_password_is_no_common_one(browser: Browser, app: Flask) -> None:
    """Twelve characters, not one's own name, not what everybody types."""
    path = invited(app, *CAMILLE, "lecture")
    for clear, said in (
        ("court", "il faut au moins 12 caractères"),
        ("camille martin", "contient votre nom"),
        ("motdepasse123", "trop courant"),
    ):
        page = browser.visit(path)
        page = page.fill({"Nouveau mot de passe": clear, "Confirmation mot de passe": clear})
        assert said in " ".join(page.submit("Enregistrer", _refused=200).errors)
    assert PASSWORD not in page.html
