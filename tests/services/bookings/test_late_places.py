"""A place past the limit is asked of the town hall, which gives all of it or says why not."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from sqlalchemy import select, update

from app import db
from app.models import (
    Booking,
    BookingBatch,
    BookingEvent,
    BookingState,
    Late,
    OutboxMail,
    Service,
    ServiceMode,
    Tariff,
)
from app.services.bookings import invoicing
from app.services.bookings.closings import closing
from app.services.bookings.closings.closing_extent import Extent
from app.services.bookings.exceptional import asking, granting
from app.services.mail.kinds import MailKind
from app.services.refusals import Reason, Refusal
from app.services.requests import desk, late_places, undoing
from app.services.requests.sending import Sent
from tests.services.bookings.conftest import LIMIT, MIDDAY, capacity, places, states, tick
from tests.services.requests.conftest import at_desk, send, signed_in
from tests.support.people import TOWN_HALL, People, Person, public_id

FRIDAY = LIMIT + timedelta(hours=10)
BOX = f"{public_id('e1')}.cantine.2026-11-30"


@pytest.fixture
def closed(town: People, clock: time_machine.Traveller) -> People:
    """It is Friday: Monday's canteen is asked of the town hall."""
    with db.transaction() as session:
        session.execute(update(Service).values(late=Late.REQUEST))
    clock.move_to(FRIDAY)
    return town


def ask(person: Person, *names: str) -> Sent:
    """Ask for these boxes."""
    account = signed_in(person)
    found = asking.beside(account.family_id, names[0])
    assert found is not None
    words = [each.words for each in found.boxes if each.name in names]
    details: dict[str, object] = {"boxes": [*names], "places": words, "text": "Je travaille."}
    return send(account, "place", details=details, children=[found.child.public_id])


def box(day: int, slug: str = "cantine", child: str = "e1") -> str:
    return f"{public_id(child)}.{slug}.2026-{11 if day == 30 else 12}-{day:02}"


def late_days() -> Sequence[str]:
    found = select(Service.slug).join(Booking, Booking.service_id == Service.id)
    return db.session().scalars(found.where(Booking.late).order_by(Booking.id)).all()


def test_what_is_closed_in_a_week_is_asked_for_at_once(closed: People) -> None:
    """Not what may still be booked, nor the days of others."""
    family = signed_in(closed.zest).family_id
    found = asking.beside(family, BOX)
    assert found is not None
    assert found.child.first_name == "PAYS"
    assert found.boxes[0].words == "Cantine, lundi 30\u00a0novembre 2026"
    assert box(3) in [each.name for each in found.boxes]
    # What comes along with it is not told beside it, unless it is asked for alone.
    midday = box(30, "garderie-de-midi")
    assert midday not in [each.name for each in found.boxes]
    alone = asking.beside(family, midday)
    assert alone is not None
    assert midday in [each.name for each in alone.boxes]
    tick_by_town = ask(closed.zest, BOX)
    desk.accept(tick_by_town.number, "", TOWN_HALL)
    assert asking.beside(family, BOX) is None
    assert asking.beside(family, box(30, child="e2")) is None
    assert asking.beside(family, "x") is None
    assert asking.beside(family, box(30, "piscine")) is None


def test_the_town_hall_books_what_was_asked(closed: People) -> None:
    """With what comes along, late where it is, told as the town's doing; twice is once."""
    number = ask(closed.zest, BOX, box(3)).number
    [asked] = late_places.asked()
    assert (asked.child, asked.why, asked.number) == ("PAYS ZEST", "Je travaille.", number)
    assert asked.places[1] == "Cantine, jeudi 3\u00a0décembre 2026"
    looked = granting.look(asked.family_id, asked.boxes)
    assert [(each.along, each.why_not, each.left) for each in looked] == [
        (("Garderie de midi",), "", 60)
    ] * 2
    desk.accept(number, "", TOWN_HALL, seen=asked.seen)
    assert states(closed.zest) == {
        "30 cantine": "booked staff", MIDDAY: "booked linked",
        "3 cantine": "booked staff", "3 garderie-de-midi": "booked linked",
    }  # fmt: skip
    assert late_days() == ["cantine", "garderie-de-midi"] * 2
    batch = db.session().scalars(select(BookingBatch)).one()
    assert (batch.account_id, batch.acted_by, batch.added) == (None, TOWN_HALL.acted_by, 2)
    said = db.session().scalars(select(BookingEvent.sentence)).first()
    assert said == "La mairie vous donne cette place hors délai."
    kinds = db.session().scalars(select(OutboxMail.kind)).all()
    assert kinds.count(MailKind.REQUEST_ANSWERED) == 1
    assert late_places.asked() == []
    with pytest.raises(Refusal, match="déjà") as refused:
        desk.accept(number, "", TOWN_HALL)
    assert refused.value.reason is Reason.CLOSED


def test_where_it_is_full_there_is_one_more(closed: People, clock: time_machine.Traveller) -> None:
    """As the town does for whoever waits; said before."""
    clock.move_to(LIMIT - timedelta(hours=2))
    capacity(1)
    tick(closed.moreau, "30 cantine")
    clock.move_to(FRIDAY)
    number = ask(closed.zest, BOX).number
    assert [each.left for each in granting.look(*_asked())] == [0]
    desk.accept(number, "", TOWN_HALL)
    assert places() == {"30 cantine": 2}


def test_what_cannot_be_is_said_and_nothing_is_half_done(closed: People) -> None:
    """One of two is closed by a strike: neither is booked, and the request waits still."""
    number = ask(closed.zest, BOX, box(3)).number
    closing.close(Extent((date(2026, 12, 3),), ("cantine",)), "grève", TOWN_HALL)
    first, second = granting.look(*_asked())
    assert (first.why_not, second.why_not) == (
        "", "Fermé\u00a0: grève. Rien ne vous sera facturé."
    )  # fmt: skip
    with pytest.raises(Refusal, match="rien n’est réservé") as refused:
        desk.accept(number, "", TOWN_HALL)
    assert "Jeudi 3\u00a0décembre, PAYS, Cantine\u00a0: Fermé" in refused.value.sentence
    assert states(closed.zest) == {}
    assert [each.number for each in late_places.asked()] == [number]
    desk.refuse(number, "C’est la grève.", TOWN_HALL)
    assert late_places.asked() == []


def test_nothing_is_given_twice_nor_once_it_is_over(
    closed: People, clock: time_machine.Traveller
) -> None:
    """Booked meanwhile, invoiced, past."""
    number, other = ask(closed.zest, BOX).number, ask_again(closed.zest, BOX)
    desk.accept(number, "", TOWN_HALL)
    with pytest.raises(Refusal, match="C’est déjà réservé"):
        desk.accept(other, "", TOWN_HALL)
    invoicing.invoice(date(2026, 11, 1), TOWN_HALL)
    with pytest.raises(Refusal, match="Ce mois est facturé"):
        desk.accept(other, "", TOWN_HALL)
    third = ask_again(closed.zest, box(3), "c" * 32)
    clock.move_to(FRIDAY + timedelta(days=9))
    with pytest.raises(Refusal, match="Ce jour est passé"):
        desk.accept(third, "", TOWN_HALL)


def ask_again(person: Person, name: str, key: str = "b" * 32) -> int:
    details: dict[str, object] = {"boxes": [name], "places": ["Cantine"], "text": "Encore."}
    return send(signed_in(person), "place", key, details=details, children=[public_id("e1")]).number


def test_who_is_enrolled_no_more_is_given_nothing(closed: People) -> None:
    number = ask_again(closed.zest, box(30, "natation"))
    with pytest.raises(Refusal, match="n’est plus inscrit"):
        desk.accept(number, "", TOWN_HALL)


def test_the_town_answers_for_a_service_that_is_asked_for(closed: People) -> None:
    """Whatever the hour: its places are never booked, and are not late before their day."""
    with db.transaction() as session:
        session.execute(update(Service).values(mode=ServiceMode.REQUEST, book_rule=""))
    number = ask(closed.zest, BOX).number
    desk.accept(number, "", TOWN_HALL)
    assert states(closed.zest)["30 cantine"] == "booked staff"
    assert late_days() == []
    said = db.session().scalars(select(BookingEvent.sentence)).first()
    assert said == "La mairie vous donne cette place."


def test_what_it_costs_is_said_before_and_kept(closed: People) -> None:
    with db.transaction() as session:
        for number in session.scalars(select(Service.id)):
            price = Tariff(service_id=number, first=date(2026, 9, 1), amount=Decimal("2.10"))
            price.late_amount = Decimal("3.15")
            session.add(price)
    number = ask(closed.zest, BOX).number
    found = asking.beside(signed_in(closed.zest).family_id, BOX)
    assert found is not None
    costs = "6,30\u00a0€ au lieu de 4,20\u00a0€"
    assert found.boxes[0].price == costs
    assert granting.look(*_asked())[0].price == costs
    desk.accept(number, "", TOWN_HALL)
    said = db.session().scalars(select(BookingEvent.sentence)).first()
    assert said == f"La mairie vous donne cette place hors délai\u00a0: {costs}."


def test_of_two_who_answer_one_is_first(closed: People) -> None:
    number = ask(closed.zest, BOX).number
    [asked] = late_places.asked()
    desk.refuse(number, "Trop tard.", TOWN_HALL, seen=asked.seen)
    with pytest.raises(Refusal, match="Entre-temps"):
        desk.accept(number, "", TOWN_HALL, seen=asked.seen)
    assert states(closed.zest) == {}


def test_it_is_taken_back_within_two_minutes(closed: People, clock: time_machine.Traveller) -> None:
    """What was one more that day goes to nobody; the request waits again."""
    clock.move_to(LIMIT - timedelta(hours=2))
    capacity(1)
    tick(closed.moreau, "30 cantine")
    tick(closed.ines, "30 cantine")
    clock.move_to(FRIDAY)
    number = ask(closed.zest, BOX).number
    clerk = at_desk()
    done = desk.accept(number, "", clerk)
    undoing.undo(number, done.event_id, clerk)
    assert states(closed.zest) == {"30 cantine": "cancelled staff", MIDDAY: "cancelled linked"}
    assert states(closed.ines)["30 cantine"] == "waiting parent 1"
    assert places() == {"30 cantine": 1}
    assert [each.number for each in late_places.asked()] == [number]
    # And it may be given again.
    done = desk.accept(number, "", clerk)
    assert states(closed.zest)["30 cantine"] == "booked staff"
    with db.transaction() as session:
        cancel = update(Service).values(cancel_rule="J-0 09:00")
        session.execute(cancel)
    tick(closed.zest, key="d" * 32)
    with pytest.raises(Refusal, match="a changé depuis"):
        undoing.undo(number, done.event_id, clerk)


def test_an_absence_taken_back_is_one_again(closed: People) -> None:
    """It is due, as it was before the town gave the day again."""
    with db.transaction() as session:
        session.execute(update(Service).values(cancel_rule="S-1 jeudi 24:00"))
    account = signed_in(closed.zest)
    with time_machine.travel(LIMIT - timedelta(hours=2), tick=False):
        tick(closed.zest, "30 cantine")
    with db.transaction() as session:
        session.execute(update(Booking).values(state=BookingState.ABSENT))
        batch = granting.grant(session, account.family_id, [BOX], TOWN_HALL)
    assert set(states(closed.zest).values()) == {"booked staff", "booked linked"}
    with db.transaction() as session:
        granting.take_back(session, batch, TOWN_HALL)
    assert set(states(closed.zest).values()) == {"absent staff", "absent linked"}
    assert places() == {"30 cantine": 1}


def _asked() -> tuple[int, Sequence[str]]:
    asked = late_places.asked()[-1]
    return asked.family_id, asked.boxes
