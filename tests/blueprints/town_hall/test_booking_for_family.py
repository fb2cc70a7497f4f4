"""A parent telephones: Nadia books and cancels for the family, whatever the hour."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from app import db
from app.models import (
    Booking,
    BookingBatch,
    BookingState,
    Enrolment,
    JournalEntry,
    Place,
    Service,
)
from app.services.bookings import invoicing, weeks
from app.testing import Outbox
from tests.blueprints.town_hall.conftest import NADIA, come
from tests.blueprints.town_hall.test_tariffs import say
from tests.services.bookings.conftest import (
    MIDDAY,
    MONDAY,
    WEDNESDAY_BEFORE,
    capacity,
    enrol,
    seen,
    states,
    tick,
)
from tests.services.requests.conftest import signed_in
from tests.support.browser import Browser, Page
from tests.support.databases import every_row, selects, statements_of
from tests.support.people import TOWN_HALL, People

FRIDAY = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
CHECK, SAVE = "Continuer", "Enregistrer"
CANTEEN = "Cantine, PAYS, lundi 30 novembre"
SAVED = "C’est enregistré. Un courriel le dit à la famille."
MOST_STATEMENTS = 8


@pytest.fixture
def nadia(app: Flask, people: People) -> Iterator[Browser]:
    """She answers the telephone on Friday; the meals of Monday are ordered since Thursday."""
    with time_machine.travel(FRIDAY, tick=False):
        with app.app_context():
            for person in (people.zest, people.moreau):
                enrol(person)
        yield come(app, *NADIA, "secretariat")


def monday_of(nadia: Browser, app: Flask, people: People) -> Page:
    """Go from the family's file to the week that is spoken of."""
    page = nadia.get("town_hall.family", family_id=file_of(app, people))
    page = page.link("Réservations").click()
    return page.link("Semaine suivante").click()


def file_of(app: Flask, people: People) -> str:
    with app.app_context():
        return str(signed_in(people.zest).family_id)


def had(app: Flask, people: People) -> dict[str, str]:
    with app.app_context():
        return states(people.zest)


def test_a_day_is_booked_past_its_limit_for_who_telephones(
    app: Flask, nadia: Browser, people: People
) -> None:
    """With what comes along, at the price of that; the family is written to, and reads who did."""
    say(app)
    page = monday_of(nadia, app, people)
    assert "Cantine, PAYS, lundi 30 novembre Hors délai." in page.text
    page = page.fill({CANTEEN: True}).submit(CHECK, _refused=200)
    assert "À réserver hors délai La famille lira : Lundi 30 novembre – PAYS, Cantine" in page.text
    given = "La mairie vous donne cette place hors délai : 6,30 € au lieu de 4,20 €."
    assert given in page.text
    assert had(app, people) == {}
    again, page = page, page.submit(SAVE)
    assert SAVED in page.text
    assert had(app, people) == {"30 cantine": "booked staff", MIDDAY: "booked linked"}
    # A double click.
    assert SAVED in again.submit(SAVE).text
    (mail,) = Outbox(app).to(people.zest.email)
    assert mail.subject == "La mairie a changé vos réservations"
    assert "dont 1 hors délai" in mail.text
    parent = Browser(app)
    parent.sign_in(people.zest)
    text = parent.get("family.bookings_history").text
    assert given in text
    assert "La mairie, vendredi 27 novembre" in text


def test_a_day_is_given_back_past_its_limit(app: Flask, nadia: Browser, people: People) -> None:
    """Its midday goes along; whoever waits has the place at once, while one may still book."""
    with app.app_context(), time_machine.travel(WEDNESDAY_BEFORE):
        tick(people.zest, "30 cantine", "3 cantine")
    page = monday_of(nadia, app, people)
    assert "Compris avec la cantine." in page.text
    page = page.fill({CANTEEN: False}).submit(CHECK, _refused=200)
    assert "À annuler Lundi 30 novembre – PAYS, Cantine, avec Garderie de midi" in page.text
    assert SAVED in page.submit(SAVE).text
    assert had(app, people) == {
        "30 cantine": "cancelled parent",
        MIDDAY: "cancelled linked",
        "3 cantine": "booked parent",
        "3 garderie-de-midi": "booked linked",
    }


def test_where_it_is_full_there_is_one_place_more(
    app: Flask, nadia: Browser, people: People
) -> None:
    """Read before it is done; nobody who waits is passed over unseen."""
    with app.app_context():
        capacity(1)
        with time_machine.travel(WEDNESDAY_BEFORE):
            tick(people.moreau, "30 cantine")
    page = monday_of(nadia, app, people)
    assert "Hors délai. Complet : ce sera une place de plus." in page.text
    page = page.fill({CANTEEN: True}).submit(CHECK, _refused=200)
    told = "Lundi 30 novembre, Cantine : c’est complet, il y aura une place de plus."
    assert told in page.text
    page.submit(SAVE)
    with app.app_context():
        rows = select(Place.taken, Place.capacity).where(Place.taken > 0)
        assert [tuple(row) for row in db.session().execute(rows)] == [(2, 2)]


def test_who_comes_after_all_has_their_own_place(
    app: Flask, nadia: Browser, people: People
) -> None:
    """Told absent, the child kept it: nobody is told that there will be one more."""
    with app.app_context():
        capacity(1)
        with time_machine.travel(WEDNESDAY_BEFORE):
            tick(people.zest, "30 cantine")
        with db.transaction() as session:
            session.execute(update(Booking).values(state=BookingState.ABSENT))
    page = monday_of(nadia, app, people)
    assert "une place de plus" not in page.text
    page = page.fill({CANTEEN: True}).submit(CHECK, _refused=200)
    assert "À réserver Lundi 30 novembre – PAYS, Cantine, avec Garderie de midi" in page.text
    assert "une place de plus" not in page.text
    page.submit(SAVE)
    assert had(app, people)["30 cantine"] == "booked staff"


def test_one_more_of_what_comes_along_is_told_as_soon(
    app: Flask, nadia: Browser, people: People
) -> None:
    """It is the midday hour that is full, and that the meal brings."""
    with app.app_context(), db.transaction() as session:
        session.execute(update(Service).where(Service.slug != "cantine").values(capacity=0))
    page = monday_of(nadia, app, people)
    line = "Cantine, PAYS, lundi 30 novembre Hors délai. Complet : ce sera une place de plus."
    assert line in page.text
    page = page.fill({CANTEEN: True}).submit(CHECK, _refused=200)
    assert "c’est complet, il y aura une place de plus." in page.text


def test_what_no_clerk_may_do_either_is_said(app: Flask, nadia: Browser, people: People) -> None:
    """What was, and what is invoiced, stays; who is enrolled nowhere is told so."""
    family_id = file_of(app, people)
    page = nadia.get("town_hall.family_week", family_id=family_id, week="2026-W48")
    assert not page.soup.select("fieldset input[value*='2026-11-26']")
    with app.app_context(), db.transaction() as session:
        session.execute(update(Enrolment).values(last=FRIDAY.date()))
    page = monday_of(nadia, app, people)
    assert "Ses enfants ne sont inscrits à aucun service" in page.text
    nadia.get("town_hall.family_week", family_id=family_id, week="hier", _status=404)
    nadia.get("town_hall.family_week", family_id="0", week="2026-W49", _status=404)


def test_a_month_that_is_invoiced_leads_to_where_it_is_opened_again(
    app: Flask, nadia: Browser, people: People
) -> None:
    """A mistake is found after the invoices: the page does not stop at « facturé »."""
    with app.app_context():
        invoicing.take_over([date(2026, 11, 1)], TOWN_HALL)
    page = monday_of(nadia, app, people)
    assert "Novembre 2026 est facturé" in page.text
    page = page.link("Rouvrez ce mois").click()
    assert page.h1 == "Facturation : novembre 2026"


@pytest.mark.parametrize(("day", "monday"), [(27, 23), (28, 30), (29, 30)])
def test_once_school_is_over_the_next_week_is_spoken_of(app: Flask, day: int, monday: int) -> None:
    with app.app_context(), time_machine.travel(datetime(2026, 11, day, 9, tzinfo=UTC)):
        assert weeks.week_to_come().day == monday


def test_what_cannot_be_cancelled_tells_the_family_nothing(
    app: Flask, nadia: Browser, people: People
) -> None:
    """A month that is invoiced stays, and an act that did nothing is none."""
    with app.app_context():
        with time_machine.travel(WEDNESDAY_BEFORE):
            tick(people.zest, "3 cantine")
        invoicing.take_over([date(2026, 12, 1)], TOWN_HALL)
    page = nadia.get("town_hall.family_enrolments", family_id=file_of(app, people))
    page = page.submit("Arrêter PAYS, Cantine").submit("Annuler ces réservations")
    assert "sans inscription" in page.text
    assert had(app, people)["3 cantine"] == "booked parent"
    assert "La mairie a changé vos réservations" not in [
        mail.subject for mail in Outbox(app).to(people.zest.email)
    ]


def test_two_at_once_read_what_the_other_did(app: Flask, nadia: Browser, people: People) -> None:
    """The family cancels while Nadia reads; nothing of hers is saved over it."""
    with app.app_context(), time_machine.travel(WEDNESDAY_BEFORE):
        tick(people.zest, "3 cantine")
    page = monday_of(nadia, app, people)
    page = page.fill({"Cantine, PAYS, jeudi 3 décembre": False}).submit(CHECK, _refused=200)
    with app.app_context(), time_machine.travel(WEDNESDAY_BEFORE):
        tick(people.zest)
        tick(people.zest, "3 cantine")
    page = page.submit(SAVE, _refused=200)
    assert "un de ces jours a changé pendant que vous lisiez cette page" in page.text
    assert had(app, people)["3 cantine"] == "booked parent"


def test_a_forged_box_changes_nothing(app: Flask, nadia: Browser, people: People) -> None:
    """Another family's child, sent from this family's page."""
    page = monday_of(nadia, app, people)
    before = every_row(app)["booking"]
    with app.app_context(), time_machine.travel(WEDNESDAY_BEFORE):
        other = monday_of_other(people)
    page = page.fill({CANTEEN: True})
    box = page.soup.select_one("input[name=case]")
    assert box is not None
    box["value"] = other
    seen = page.soup.select_one("input[name=vu]")
    assert seen is not None
    seen["value"] = f"{other}:0"
    page = page.submit(CHECK, _refused=200)
    assert "Une case de cette page n’existe plus" in page.text
    assert every_row(app)["booking"] == before


def monday_of_other(people: People) -> str:
    """Name the box of a child of another family."""
    boxes = seen(signed_in(people.moreau), MONDAY, "3 cantine")
    (name,) = boxes.ticked
    return name


def test_it_is_told_by_the_journal_and_asks_little(
    app: Flask, nadia: Browser, people: People
) -> None:
    page = monday_of(nadia, app, people)
    with statements_of(app) as sent:
        nadia.visit(page.path)
    assert selects(sent) <= MOST_STATEMENTS
    page.fill({CANTEEN: True}).submit(CHECK, _refused=200).submit(SAVE)
    with app.app_context():
        batch = db.session().scalars(select(BookingBatch)).one()
        assert (batch.account_id, batch.acted_by, batch.added) == (None, "Nadia Petit", 1)
        act = JournalEntry.event == "bookings_saved_for_family"
        noted = db.session().scalars(select(JournalEntry).where(act)).one()
        assert noted.details["added"] == "1"


def test_who_moves_away_is_neither_expected_nor_billed(
    app: Flask, nadia: Browser, people: People
) -> None:
    """Ending an enrolment cancels nothing unseen; what is left is told, and goes at one press."""
    with app.app_context(), time_machine.travel(WEDNESDAY_BEFORE):
        tick(people.zest, "30 cantine", "3 cantine")
    family_id = file_of(app, people)
    page = nadia.get("town_hall.family_enrolments", family_id=family_id)
    assert "sans inscription" not in page.text
    page = page.submit("Arrêter PAYS, Cantine")
    assert "Encore réservé, sans inscription" in page.text
    assert "PAYS, Cantine 2 jours, du 30 novembre 2026 au 3 décembre 2026" in page.text
    again, page = page, page.submit("Annuler ces réservations")
    assert "2 réservations annulées. Un courriel le dit à la famille." in page.text
    assert "sans inscription" not in page.text
    assert {words.split()[0] for words in had(app, people).values()} == {"cancelled"}
    (mail,) = [each for each in Outbox(app).to(people.zest.email) if "changé" in each.subject]
    assert "Annulé" in mail.text
    assert "Rien n’était plus réservé." in again.submit("Annuler ces réservations").text
