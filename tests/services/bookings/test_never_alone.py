"""« Jamais »: a midday hour that is only booked with its meal, a meal that is never given back."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import update

from app import db
from app.formats import NBSP
from app.models import Service
from app.services.bookings import catalogue, drawing, months
from app.services.bookings.feed import feeding
from app.services.bookings.feed.feeding import Found
from app.services.bookings.reminders import expecting
from app.services.bookings.waiting_list import awaited
from tests.services.bookings.conftest import LIMIT, MIDDAY, MONDAY, capacity, states, tick
from tests.services.bookings.test_typical import say
from tests.services.requests.conftest import signed_in
from tests.support.people import People, Person

NEVER = "jamais"


def only_with_its_meal() -> None:
    """Nobody books or gives back the midday hour by itself."""
    with db.transaction() as session:
        midday = update(Service).where(Service.slug == "garderie-de-midi")
        session.execute(midday.values(book_rule=NEVER, cancel_rule=NEVER))


def limits(person: Person) -> list[str]:
    """Read what stands above the week."""
    drawn = drawing.week(signed_in(person).family_id, MONDAY)
    return [line.replace(NBSP, " ") for line in drawn.limits]


def test_what_is_never_booked_by_itself_has_no_limit_of_its_own(town: People) -> None:
    """The meal has its own, on the page of the week and of the month, and in calendars.

    That it comes with the meal is told: who knows that both are compulsory looks for its box.
    """
    only_with_its_meal()
    assert limits(town.zest) == [
        "Cantine : à réserver ou annuler jusqu’au jeudi 26 novembre à minuit, dans la nuit de jeudi"
        " à vendredi (c’est demain).",
        "Avec la cantine, on réserve aussi la garderie de midi : rien de plus à cocher.",
    ]
    tick(town.zest, "30 cantine")
    assert states(town.zest) == {"30 cantine": "booked parent", MIDDAY: "booked linked"}
    tick(town.zest)
    assert set(states(town.zest).values()) == {"cancelled parent", "cancelled linked"}
    family_id, now = signed_in(town.zest).family_id, datetime.now(UTC)
    assert "jeudi 26" in repr(months.read(family_id, MONDAY.replace(day=1)))
    told = feeding.calendar(Found(1, False, family_id, "a mark of its own"), now).decode()
    assert "semaine du 30" in told.replace("\r\n ", "")


def test_a_booking_that_is_firm_is_said_so(town: People) -> None:
    with db.transaction() as session:
        session.execute(update(Service).values(cancel_rule=NEVER))
    told = limits(town.zest)
    assert told[1] == "Cantine, Garderie de midi : une réservation est ferme."
    tick(town.zest, "30 cantine")
    [day, *_] = drawing.week(signed_in(town.zest).family_id, MONDAY).days
    assert day.children[0].lines[0].words.replace(NBSP, " ") == (
        "Une réservation est ferme : on n’annule pas la cantine."
    )


def test_who_waits_for_the_meal_has_it_and_its_midday(town: People) -> None:
    """As whoever books: by the limit of the meal, which the list says."""
    only_with_its_meal()
    capacity(1)
    tick(town.moreau, "30 cantine")
    tick(town.zest, "30 cantine")
    [waits] = awaited.of_family(signed_in(town.zest).family_id)
    assert waits.until.startswith("jeudi 26")
    tick(town.moreau)
    assert states(town.zest) == {"30 cantine": "booked parent", MIDDAY: "booked linked"}


def test_who_usually_has_the_meal_is_reminded_of_it(town: People) -> None:
    only_with_its_meal()
    say(town.zest, "e1", "all.0.cantine")
    known = catalogue.read(MONDAY, MONDAY + timedelta(days=6))
    lacking = expecting.missing(known, MONDAY, LIMIT - timedelta(hours=3))
    assert [cell.day for cell in lacking[signed_in(town.zest).family_id]] == [MONDAY]
