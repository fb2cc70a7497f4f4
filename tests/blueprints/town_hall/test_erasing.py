"""« Effacer ses données »: read what goes, type the number, and a day is left to keep them."""

import pytest
from flask import Flask
from sqlalchemy import select

from app import db
from app.models import FamilyErasure, JournalEntry
from tests.services.erasure.conftest import leave
from tests.support.browser import Browser
from tests.support.clerks import give_password, settle
from tests.support.databases import selects, statements_of
from tests.support.people import People
from tests.support.screens.family_file import number_of


@pytest.fixture
def camille(app: Flask, browser: Browser, people: People) -> Browser:
    """She answers for the portal; the family of the guides owes money."""
    clerk = settle(app, "camille@commune.fr", "Camille Martin", "administration")
    page = give_password(browser, clerk.email).fill({"Code": clerk.spare[0]})
    page.submit("Valider")
    return browser


def pay(app: Flask, people: People) -> str:
    """Have the family of the guides owe nothing and leave the files; return its number in rows."""
    with app.app_context(), db.transaction():
        return str(leave(people.zest.family_number).id)


def ends(app: Flask) -> list[bool]:
    """Say of each erasure whether it was cancelled."""
    with app.app_context():
        erasures = db.session().scalars(select(FamilyErasure).order_by(FamilyErasure.id))
        return [each.cancelled_at is not None for each in erasures]


def test_a_family_is_to_be_erased_then_kept(app: Flask, camille: Browser, people: People) -> None:
    """By its number alone; whoever changes their mind has a day; both are in its history."""
    family_id = pay(app, people)
    page = camille.get("town_hall.family", family_id=family_id)
    page = page.link("Effacer les données de cette famille").click()
    assert page.h1 == "Effacer les données de la famille n° 3816231"
    assert "dix ans, sous « Famille effacée »" in page.text
    page = page.fill({"Numéro de la famille": "3816232"})
    page = page.submit("Effacer ces données", _refused=200)
    assert page.errors == ["Ce n’est pas le numéro de cette famille : tapez 3816231."]
    assert ends(app) == []
    page = page.fill({"Numéro de la famille": "3816231"}).submit("Effacer ces données")
    assert "Ce sera fait dans la nuit" in page.text
    assert not page.soup.select("input[name=number]")
    page = camille.get("town_hall.family", family_id=family_id)
    assert "Ses données seront effacées dans la nuit" in page.text
    page = camille.get("town_hall.erase_family", family_id=family_id)
    page = page.submit("Annuler l’effacement")
    assert "L’effacement est annulé" in page.text
    assert "Ses données seront effacées" not in page.text
    assert ends(app) == [True]
    with app.app_context():
        told = select(JournalEntry.event, JournalEntry.acted_by).where(
            JournalEntry.event.startswith("erasure")
        )
        assert [tuple(each) for each in db.session().execute(told.order_by(JournalEntry.id))] == [
            ("erasure_planned", "Camille Martin"),
            ("erasure_cancelled", "Camille Martin"),
        ]


def test_what_stands_in_the_way_is_said(app: Flask, camille: Browser, people: People) -> None:
    """The files name it still: no form is there, and one that is sent all the same does nothing."""
    page = camille.get("town_hall.family", family_id=str(number_of(app, people.zest)))
    page = page.link("Effacer les données de cette famille").click()
    assert "retirez-la d’abord de votre logiciel" in page.text
    assert not page.soup.select("input[name=number]")
    sent = {"csrf_token": page.csrf_token, "number": "3816231"}
    assert "Retirez-la d’abord" not in page.text
    answer = camille.post(page.path, sent)
    assert "La famille était dans le dernier import" in answer.text
    assert ends(app) == []
    with statements_of(app) as sent_sql:
        assert camille.fetch(page.path).status_code == 200
    assert selects(sent_sql) <= 8
