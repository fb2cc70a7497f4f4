"""« Calendrier »: Nadia loads a year, corrects a line, adds a bridge."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import time_machine
from flask import Flask

import config
from app import db
from tests.blueprints.town_hall.conftest import NADIA, come
from tests.support.browser import Browser
from tests.support.people import People
from tests.support.services import booked_by

FRIDAY = datetime(2026, 11, 27, 9, tzinfo=UTC)
MONDAY = date(2026, 12, 7)


@pytest.fixture
def settings(settings: config.Settings) -> config.Settings:
    """A town of Alsace, in zone B."""
    return replace(settings, school_zone="B", public_holidays="67")


@pytest.fixture
def nadia(app: Flask, people: People) -> Browser:
    """She is there on a day of which the year is published."""
    with time_machine.travel(FRIDAY, tick=False):
        return come(app, *NADIA, "secretariat")


@time_machine.travel(FRIDAY, tick=False)
def test_nadia_loads_a_year_and_corrects_it(nadia: Browser) -> None:
    page = (
        nadia.get("town_hall.offered").link("Calendrier des vacances et des jours fériés").click()
    )
    assert "Les vacances scolaires ne sont pas encore connues." in page.text
    assert "Rien pour cette année." in page.text
    page = page.submit("Charger 2026-2027 depuis l’arrêté")
    assert "20 lignes ajoutées depuis l’arrêté" in page.text
    assert "connues jusqu’au 1er septembre 2027 (arrêté du 22 octobre 2025)" in page.text
    page = page.link("Vacances de Noël").click()
    assert "Source : arrêté du 22 octobre 2025." in page.text
    page = page.fill({"Dernier jour (facultatif)": "04/01/2027"}).submit("Enregistrer")
    assert "04/01/2027" in page.text
    lines = nadia.fetch(page.link("CSV").href).text.splitlines()
    assert lines[0] == "\ufeffnom;du;au;zone;type"
    assert "Vacances de Noël;19/12/2026;04/01/2027;B;VACANCES" in lines
    assert "Armistice;11/11/2026;11/11/2026;;FERIE" in lines
    assert not [each for each in lines if each.startswith("Vendredi saint")]
    page = page.submit("Charger 2026-2027 depuis l’arrêté")
    assert "0 ligne ajoutée" in page.text
    assert "l’arrêté dit autre chose : Vacances de Noël" in page.text
    page = page.link("2027-2028").click()
    assert page.h1 == "Calendrier 2027-2028"


@time_machine.travel(FRIDAY, tick=False)
def test_good_friday_waits_for_the_town(nadia: Browser) -> None:
    """It depends on the town: she confirms it, and takes Saint Stephen's away."""
    page = nadia.get("town_hall.calendar").submit("Charger 2026-2027 depuis l’arrêté")
    assert "À confirmer" in page.text
    page = page.link("Vendredi saint").click()
    assert "cela dépend de la commune" in page.text
    page = page.submit("Enregistrer")
    assert "À confirmer" not in page.text
    page = page.link("Saint-Étienne").click().submit("Retirer du calendrier")
    assert "Ligne retirée." in page.text
    assert "Saint-Étienne" not in page.text


@time_machine.travel(FRIDAY, tick=False)
def test_what_is_typed_is_checked(nadia: Browser) -> None:
    page = nadia.get("town_hall.calendar")
    page = page.fill({
        "Nom": "Pont de la mairie", "Sorte": "Fermeture de la commune",
        "Premier jour": "02/01/2027", "Dernier jour (facultatif)": "01/01/2027",
    }).submit("Ajouter", _refused=200)  # fmt: skip
    assert page.errors == ["Le dernier jour vient avant le premier : vérifiez les dates."]
    page = page.fill({"Dernier jour (facultatif)": "01/01/2028"}).submit("Ajouter", _refused=200)
    assert page.errors == ["C’est plus de six mois : vérifiez les dates."]
    page = page.fill({"Dernier jour (facultatif)": "demain"}).submit("Ajouter", _refused=200)
    assert page.errors == ["Choisissez une date, comme 07/12/2026."]
    page = page.fill({"Dernier jour (facultatif)": "03/01/2027"}).submit("Ajouter")
    assert "La mairie" in page.text
    page = page.fill({
        "Nom": "Encore", "Sorte": "Fermeture de la commune",
        "Premier jour": "03/01/2027", "Dernier jour (facultatif)": "03/01/2027",
    }).submit("Ajouter", _refused=200)  # fmt: skip
    assert page.errors == [
        "Ces jours sont déjà de « Pont de la mairie » : corrigez cette ligne plutôt."
    ]


@time_machine.travel(FRIDAY, tick=False)
def test_a_year_without_a_decree_is_refused(nadia: Browser) -> None:
    page = nadia.get("town_hall.calendar", annee="2030-2031")
    page = page.submit("Charger 2030-2031 depuis l’arrêté")
    assert "n’est pas encore publié" in page.text
    assert "Rien pour cette année." in page.text


@time_machine.travel(FRIDAY, tick=False)
def test_a_single_day_is_typed_once(nadia: Browser) -> None:
    page = nadia.get("town_hall.calendar").fill({
        "Nom": "Journée pédagogique", "Sorte": "Fermeture de la commune",
        "Premier jour": "04/12/2026",
    }).submit("Ajouter")  # fmt: skip
    assert page.text.count("04/12/2026") == 2
    assert "encore réservés" not in page.text


@pytest.mark.both_databases
@time_machine.travel(FRIDAY, tick=False)
def test_what_is_booked_on_a_day_that_the_calendar_closes_is_said(
    app: Flask, people: People, nadia: Browser
) -> None:
    """Nobody was told: Nadia closes it from there, and families are written to."""
    with app.app_context(), db.transaction() as session:
        bookings, child = booked_by(session, people.zest)
        bookings.book(child, [MONDAY], FRIDAY)
    page = nadia.get("town_hall.calendar").fill({
        "Nom": "Fête patronale", "Sorte": "Fermeture de la commune",
        "Premier jour": "07/12/2026",
    }).submit("Ajouter")  # fmt: skip
    assert "Fermés, mais encore réservés" in page.text
    assert "Fête patronale, lundi 7 décembre 2026 : 2 réservations" in page.text
    page = page.link("Fermer : Fête patronale").click()
    assert page.value("Motif") == "Fête patronale"
    page = page.submit("Voir qui est concerné", _refused=200)
    assert "1 enfant, 1 famille, 1 repas" in page.text
    page.submit("Fermer")
    assert "encore réservés" not in nadia.get("town_hall.calendar").text
