"""« Places exceptionnelles »: a parent asks past the limit, Nadia books it or says why not."""

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask
from sqlalchemy import update

from app import db
from app.models import Late, Service
from app.services.requests.kinds import BY_KEY
from tests.blueprints.town_hall.conftest import NADIA, come
from tests.blueprints.town_hall.test_tariffs import say
from tests.services.bookings.conftest import enrol, states
from tests.services.bookings.test_late_places import FRIDAY
from tests.support.browser import Browser, Page
from tests.support.databases import selects, statements_of
from tests.support.people import People

LINK = "Demander une place exceptionnelle, Cantine, PAYS, lundi 30 novembre"
MOST_STATEMENTS = 8
BOOK, PRESS = "Accepter et réserver", "Envoyer ma demande"


@pytest.fixture
def parent(app: Flask, people: People) -> Iterator[Browser]:
    """It is Friday: Monday's canteen is asked of the town hall, and costs more."""
    with time_machine.travel(FRIDAY, tick=False):
        with app.app_context():
            enrol(people.zest)
        say(app)
        with app.app_context(), db.transaction() as session:
            session.execute(update(Service).values(late=Late.REQUEST))
        browser = Browser(app)
        browser.sign_in(people.zest)
        yield browser


def ask(parent: Browser, *others: str) -> Page:
    """Ask for Monday's canteen, and for other days of the week."""
    page = parent.get("family.bookings_week", week="2026-W49").link(LINK).click()
    page = page.fill({"Raison": "Je travaille.", **dict.fromkeys(others, True)})
    page = page.submit("Continuer", _refused=200)
    assert "Cantine, lundi 30 novembre 2026 : 6,30 € au lieu de 4,20 €" in page.text
    return page.submit(PRESS)


def test_a_parent_asks_and_nadia_books(app: Flask, parent: Browser, people: People) -> None:
    page = ask(parent, "Cantine, jeudi 3 décembre 2026 : 6,30 € au lieu de 4,20 €")
    assert "Votre demande est envoyée." in page.text
    assert "Cantine, lundi 30 novembre 2026 ; Cantine, jeudi 3 décembre 2026" in page.text
    nadia = come(app, *NADIA, "secretariat")
    page = nadia.get("town_hall.offered").link("Places exceptionnelles").click()
    assert "Cantine, jeudi 3 décembre 2026" in page.text
    with statements_of(app) as sent:
        page = page.link("PAYS ZEST").click()
    assert selects(sent) <= MOST_STATEMENTS
    assert "avec Garderie de midi 60 places libres. 6,30 € au lieu de 4,20 €" in page.text
    again = page
    done = page.submit(BOOK)
    assert "C’est réservé, avec ce qui va avec." in done.text
    assert "Aucune demande n’attend." in done.text
    with app.app_context():
        assert states(people.zest)["30 cantine"] == "booked staff"
    page = parent.get("family.bookings_history")
    assert "La mairie vous donne cette place hors délai : 6,30 € au lieu de 4,20 €." in page.text
    # A colleague who had the page open is told.
    assert "Entre-temps, Nadia Petit a agi" in again.submit(BOOK).text
    page = done.submit("Annuler")
    assert page.link("Voir si ces places peuvent être données").click().h1 == (
        "Place exceptionnelle, PAYS ZEST"
    )
    with app.app_context():
        assert states(people.zest)["30 cantine"] == "cancelled staff"


def test_nadia_says_why_not(app: Flask, parent: Browser) -> None:
    ask(parent)
    nadia = come(app, *NADIA, "secretariat")
    page = nadia.get("town_hall.late_places").link("PAYS ZEST").click()
    page = page.submit("Refuser", _refused=200)
    assert page.errors == ["Dites pourquoi : la famille le lit."]
    again = page.fill({"Raison": "Les repas sont commandés."})
    assert "Demande refusée." in again.submit("Refuser").text
    page = parent.get("family.requests").link("Demander une place exceptionnelle, PAYS").click()
    assert "Les repas sont commandés." in page.text
    assert "Entre-temps, Nadia Petit a agi" in again.submit("Refuser").text


def test_a_place_that_somebody_has_by_now_is_not_given(
    app: Flask, parent: Browser, people: People
) -> None:
    """Asked for twice, from two tabs: the second is warned of, and books nothing."""
    ask(parent)
    page = parent.get("family.bookings_week", week="2026-W49").link(LINK).click()
    page = page.fill({"Raison": "Encore."}).submit("Continuer", _refused=200)
    assert "Une demande semblable attend déjà" in page.text
    page.submit(PRESS)
    nadia = come(app, *NADIA, "secretariat")
    lists = nadia.get("town_hall.late_places")
    first, second = (link["href"] for link in lists.soup.select("th a"))
    open_page = nadia.visit(str(second))
    nadia.visit(str(first)).submit(BOOK)
    page = open_page.submit(BOOK)
    assert "Rien n’est réservé. Lundi 30 novembre, PAYS, Cantine : C’est déjà réservé." in page.text
    assert "Tout ne peut pas être réservé" in page.text
    with app.app_context():
        assert states(people.zest)["30 cantine"] == "booked staff"


def test_only_who_sets_up_services_gives_them(app: Flask, parent: Browser) -> None:
    ask(parent)
    for number, role in enumerate(("lecture", "regie", "cantine")):
        clerk = come(app, f"paul{number}@commune.fr", "Paul Roux", role)
        clerk.get("town_hall.late_places", _status=403)


def test_nobody_chooses_it_in_a_list(parent: Browser) -> None:
    """It begins from a day."""
    assert BY_KEY["place"].label not in parent.get("family.new_request").text
