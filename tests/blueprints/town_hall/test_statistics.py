"""« Chiffres »: who reads what is counted, of which period, and takes a table away."""

import pytest
from flask import Flask

from app import db
from app.models import JournalEntry
from app.services.actors import NOWHERE, Stranger
from app.services.journal import record
from tests.blueprints.town_hall.conftest import come
from tests.support.browser import Browser
from tests.support.databases import selects, statements_of
from tests.support.people import People


@pytest.mark.both_databases
def test_a_secretary_reads_the_year_and_takes_a_table_away(app: Flask, nadia: Browser) -> None:
    with app.app_context(), db.transaction() as session:
        for _ in range(3):
            record(session, "mail_sent", Stranger(NOWHERE), None)
    page = nadia.get("town_hall.day").link("Chiffres").click()
    with statements_of(app) as sent:
        page = nadia.get("town_hall.statistics")
    assert selects(sent) <= 8
    assert page.h1 == "Chiffres"
    assert "12 derniers mois" in page.text
    assert "Reste à payer" in page.text
    page = page.fill({"Période": "3 derniers mois"}).submit("Voir")
    assert "3 derniers mois, jusqu’au" in page.text
    answer = nadia.fetch(page.link("CSV : Courriels").href)
    assert answer.mimetype == "text/csv"
    heading, *rows = answer.get_data().decode("utf-8-sig").splitlines()
    assert heading == "mois;partis;refusés;abandonnés;part refusée (%)"
    with app.app_context():
        counted = db.session().query(JournalEntry).filter_by(event="mail_sent").count()
    assert sum(int(row.split(";")[1]) for row in rows) == counted
    assert nadia.fetch("/mairie/chiffres/salaires.csv").status_code == 404


def test_whoever_reads_sees_no_amount(app: Flask, people: People) -> None:
    """Neither on screen nor in the file; the counts are theirs."""
    reader = come(app, "lou@commune.fr", "Lou Blanc", "lecture")
    page = reader.get("town_hall.statistics")
    assert "Factures en retard" in page.text
    assert "€" not in page.text
    file = reader.fetch("/mairie/chiffres/factures.csv").get_data().decode("utf-8-sig")
    assert file.splitlines()[0] == "échéance;échues;en retard;part en retard (%)"


def test_nobody_is_named(app: Flask, people: People, nadia: Browser) -> None:
    """Whatever happened to them, and whatever they are called."""
    page = nadia.get("town_hall.statistics")
    main = page.soup.select_one("main")
    assert main is not None
    for person in (people.zest, people.moreau, people.ines, people.karim):
        assert person.last_name not in main.get_text()
        assert person.identifier not in main.get_text()
