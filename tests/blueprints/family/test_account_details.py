"""« Mon compte »: what the town holds of a parent is changed by a request."""

import pytest
from flask import Flask
from sqlalchemy import select, update

from app import db
from app.blueprints.family.account.details import ASKED, UNCHANGED
from app.formats import day_in_words, today
from app.models import Family, FamilyRequest, Guardian, RequestState
from tests.support.browser import Browser, Page
from tests.support.page_checks.text import plain
from tests.support.people import People

SEND = "Envoyer à la mairie"


def requests(app: Flask) -> list[tuple[str, object]]:
    """Read what the town hall was asked."""
    with app.app_context():
        asked = select(FamilyRequest).order_by(FamilyRequest.id)
        return [(row.kind, row.details) for row in db.session().scalars(asked)]


def change_mobile(browser: Browser, number: str, refused: int | None = None) -> Page:
    """Fill the form of the phones."""
    page = browser.get("family.change_phones").fill({"Portable": number})
    return page.submit(SEND, _refused=refused)


def test_madame_zest_moves(app: Flask, browser: Browser, people: People) -> None:
    """Street and town wait for the town hall; what it holds is still shown."""
    browser.sign_in(people.zest)
    page = browser.get("family.change_address")
    assert page.value("Code postal") == "38160"
    page = page.fill({"Numéro et voie": "12 rue de la Fontaine", "Commune": " Saint-Modèle "})
    page = page.submit(SEND)
    assert ASKED in page.text
    for words in ("1 rue de la Famille Zest", "En attente de la mairie", "12 rue de la Fontaine"):
        assert words in page.text
    assert f"demande n° 1 du {plain(day_in_words(today()))}" in page.text
    assert page.link("demande n° 1").click().h1 == "Modifier mes coordonnées"
    assert page.soup.select("main a[href^=tel]") == []
    assert requests(app) == [
        ("details", {"street": "12 rue de la Fontaine", "city": "Saint-Modèle"})
    ]
    assert browser.get("family.change_address").value("Commune") == "Saint-Modèle"


@pytest.mark.parametrize(
    "typed", ["06 98 12 34 56", "0698123456", "+33 6 98 12 34 56", "06.98.12.34.56 "]
)
def test_a_phone_is_read_as_people_write_it(
    app: Flask, browser: Browser, people: People, typed: str
) -> None:
    """Kept as the town's files have it."""
    browser.sign_in(people.zest)
    assert "06 98 12 34 56" in change_mobile(browser, typed).text.replace("\u00a0", " ")
    assert requests(app) == [("details", {"mobile": "06 98 12 34 56"})]


def test_numbers_may_be_foreign_or_go(app: Flask, browser: Browser, people: People) -> None:
    """A Swiss phone at work; an old mobile erased."""
    browser.sign_in(people.zest)
    page = browser.get("family.change_phones").fill(
        {"Portable": "", "Téléphone au travail": "+41 22 730 51 11"}
    )
    page = page.submit(SEND)
    assert "À effacer" in page.text
    assert requests(app) == [("details", {"mobile": "", "work_phone": "+41 22 730 51 11"})]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("0692 12 34 56", "+262 692 12 34 56"),
        ("0639 01 23 45", "+262 639 01 23 45"),
        ("06 39 98 00 31", "06 39 98 00 31"),
    ],
)
def test_a_number_may_be_of_any_french_territory(
    app: Flask, browser: Browser, people: People, typed: str, kept: str
) -> None:
    """La Réunion, Mayotte, and the very example of our advice, whose range nobody is given."""
    browser.sign_in(people.zest)
    assert ASKED in change_mobile(browser, typed).text
    assert requests(app) == [("details", {"mobile": kept})]


def test_a_number_that_the_town_gave_keeps_no_other_from_changing(
    app: Flask, browser: Browser, people: People
) -> None:
    """What stands in the files is no telephone number: the parent only adds the one at work."""
    with app.app_context(), db.transaction() as session:
        session.execute(update(Guardian).values(phone="chez  sa soeur, poste 12"))
    browser.sign_in(people.zest)
    page = browser.get("family.change_phones").fill({"Téléphone au travail": "04 76 12 34 56"})
    assert ASKED in page.submit(SEND).text
    assert requests(app) == [("details", {"work_phone": "04 76 12 34 56"})]


@pytest.mark.parametrize("typed", ["06 12", "bonjour", "0" * 39, "36 15 ULLA", "9" * 500])
def test_what_is_no_phone_number_is_told(
    app: Flask, browser: Browser, people: People, typed: str
) -> None:
    """With an example; what was typed stays."""
    browser.sign_in(people.zest)
    page = change_mobile(browser, typed, refused=200)
    assert page.errors
    assert page.value("Portable") == typed
    assert requests(app) == []


def test_nothing_changed_sends_nothing(app: Flask, browser: Browser, people: People) -> None:
    """The same values, or what is already asked: told."""
    browser.sign_in(people.zest)
    for endpoint in ("change_identity", "change_address"):
        assert (
            UNCHANGED.replace("\u00a0", " ") in browser.get(f"family.{endpoint}").submit(SEND).text
        )
    change_mobile(browser, "06 98 12 34 56")
    assert UNCHANGED.replace("\u00a0", " ") in change_mobile(browser, "0698123456").text
    assert len(requests(app)) == 1


def test_blanks_of_the_town_s_file_are_no_change(
    app: Flask, browser: Browser, people: People
) -> None:
    """Two of them, or one that does not break: nobody asked for another street."""
    with app.app_context(), db.transaction() as session:
        family = session.scalars(select(Family).where(Family.number == "3816231")).one()
        family.street, family.city = "7  chemin des\u00a0Vergers", "Le\u00a0Bourg "
    browser.sign_in(people.zest)
    page = browser.get("family.change_address").submit(SEND)
    assert UNCHANGED.replace("\u00a0", " ") in page.text


def test_a_double_click_sends_once(app: Flask, browser: Browser, people: People) -> None:
    """The same sending twice: one request, the same answer."""
    browser.sign_in(people.zest)
    page = browser.get("family.change_phones").fill({"Portable": "0698123456"})
    for _ in range(2):
        assert ASKED in page.submit(SEND).text
    assert len(requests(app)) == 1


def test_the_other_guardian_does_not_see_what_waits(app: Flask, people: People) -> None:
    """What Inès asked about herself is hers."""
    ines, karim = Browser(app), Browser(app)
    ines.sign_in(people.ines)
    change_mobile(ines, "06 98 12 34 56")
    karim.sign_in(people.karim)
    assert "En attente" not in karim.get("family.account").text
    assert karim.get("family.change_phones").value("Portable") != "06 98 12 34 56"


@pytest.mark.parametrize(
    "state", [RequestState.ACCEPTED, RequestState.REFUSED, RequestState.WITHDRAWN]
)
def test_an_answered_request_waits_no_more(
    app: Flask, browser: Browser, people: People, state: RequestState
) -> None:
    """Whatever the answer was."""
    browser.sign_in(people.zest)
    change_mobile(browser, "06 98 12 34 56")
    with app.app_context(), db.transaction() as session:
        session.scalars(select(FamilyRequest)).one().state = state
    assert "En attente" not in browser.get("family.account").text


@pytest.mark.parametrize(
    ("label", "typed"),
    [("Nom", "x" * 101), ("Nom", "\x00\u202e"), ("Prénom", ""), ("Nom", " ")],
)
def test_names_are_one_readable_line(
    app: Flask, browser: Browser, people: People, label: str, typed: str
) -> None:
    """Too long, empty, nothing that can be seen: told by the field."""
    browser.sign_in(people.zest)
    page = browser.get("family.change_identity").fill({label: typed})
    assert page.submit(SEND, _refused=200).errors
    assert requests(app) == []


def test_forged_fields_change_nothing(app: Flask, browser: Browser, people: People) -> None:
    """Another family's number, a title of one's own, an address, a key that is none."""
    browser.sign_in(people.zest)
    page = browser.get("family.change_identity")
    data = {"csrf_token": page.csrf_token, "title": "Duchesse", "last_name": "ZEST",
            "first_name": "PAYS", "sending_key": "x", "family_id": "2"}  # fmt: skip
    assert browser.post("/compte/identite", data).errors
    data |= {"title": "Madame", "email": "z@evil.example", "number": "1", "birth_date": "x"}
    assert browser.fetch("/compte/identite", "POST", data).status_code == 302
    assert requests(app) == []
