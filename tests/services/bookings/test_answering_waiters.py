"""The town hall gives a place to who waits, past the order and the limit, or tells that not."""

import pytest
import time_machine
from sqlalchemy import select, update

from app import db
from app.models import Booking, BookingBatch, JournalEntry, Message, OutboxMail, Service, Waiting
from app.services.bookings.waiting_list import answering_waiters, waiting_lists
from app.services.bookings.waiting_list.waiting_lists import Waiter
from app.services.mail.kinds import MailKind
from app.services.refusals import Refusal
from tests.services.bookings.conftest import LIMIT, MIDDAY, capacity, places, states, tick
from tests.support.people import TOWN_HALL, People


@pytest.fixture
def full(town: People) -> People:
    """One place, which Madame ZEST has; two wait."""
    capacity(1)
    for person in (town.zest, town.moreau, town.ines):
        tick(person, "30 cantine")
    return town


def waiters() -> list[Waiter]:
    return [each for queue in waiting_lists.queues() for each in queue.waiters]


def test_who_waits_is_listed_in_order(full: People) -> None:
    """A day and a service at once; what comes along is not listed beside it."""
    [queue] = waiting_lists.queues()
    assert (queue.service, queue.left) == ("Cantine", 0)
    assert [(rank, each.child.split()[0]) for rank, each in queue.ranked] == [
        (1, "Zoé"), (2, "Adam"),
    ]  # fmt: skip
    assert all(each.is_full for each in queue.waiters)
    assert waiting_lists.queues("garderie-de-midi") == []
    tick(full.zest)
    [queue] = waiting_lists.queues("cantine")
    assert [rank for rank, _ in queue.ranked] == [1]


def test_the_second_is_given_one_more(full: People, clock: time_machine.Traveller) -> None:
    """Past the limit too, with the midday; the first one waits still."""
    clock.move_to(LIMIT)
    _, second = waiters()
    answering_waiters.give(second.public_id, TOWN_HALL)
    assert states(full.ines) == {"30 cantine": "booked parent", MIDDAY: "booked linked"}
    assert states(full.moreau)["30 cantine"] == "waiting parent 1"
    assert places() == {"30 cantine": 2}
    kinds = db.session().scalars(select(OutboxMail.kind)).all()
    # Both of its guardians.
    assert kinds.count(MailKind.PLACE_FOUND) == 2
    last = db.session().scalars(select(BookingBatch).order_by(BookingBatch.id.desc())).first()
    assert last is not None
    assert (last.account_id, last.acted_by, last.added) == (None, TOWN_HALL.acted_by, 2)
    with pytest.raises(Refusal, match="n’attend plus"):
        answering_waiters.give(second.public_id, TOWN_HALL)
    with pytest.raises(Refusal, match="n’attend plus"):
        answering_waiters.give("0" * 16, TOWN_HALL)


def test_what_one_act_gives_twice_is_one_mail(town: People) -> None:
    """The midday hour is given by the town, and the meal that lacked but it comes by itself."""
    with db.transaction() as session:
        session.execute(
            update(Service)
            .where(Service.slug != "cantine")
            .values(capacity=1, waiting=Waiting.AUTOMATIC)
        )
    tick(town.zest, MIDDAY)
    tick(town.moreau, MIDDAY)
    tick(town.moreau, MIDDAY, "30 cantine")
    assert set(states(town.moreau).values()) == {"waiting parent 1"}
    [midday] = [each for each in waiters() if each.service != "Cantine"]
    answering_waiters.give(midday.public_id, TOWN_HALL)
    assert set(states(town.moreau).values()) == {"booked parent"}
    mails = select(OutboxMail.kind).where(OutboxMail.kind == MailKind.PLACE_FOUND)
    assert len(db.session().scalars(mails).all()) == 1


def test_a_family_reads_why_it_has_no_place(full: People) -> None:
    first, second = waiters()
    with pytest.raises(Refusal, match="Dites pourquoi"):
        answering_waiters.refuse(first, "  ", TOWN_HALL)
    answering_waiters.refuse(first, "le réfectoire est plein.", TOWN_HALL)
    assert states(full.moreau) == {"30 cantine": "cancelled parent", MIDDAY: "cancelled linked"}
    message = db.session().scalars(select(Message).order_by(Message.id.desc())).first()
    assert message is not None
    assert message.subject == "Liste d’attente du lundi 30\u00a0novembre 2026"
    assert "Motif\u00a0: le réfectoire est plein." in message.body
    assert waiters() == [second]
    events = db.session().scalars(select(JournalEntry.event)).all()
    assert "place_refused" in events
    with pytest.raises(Refusal, match="n’attend plus"):
        answering_waiters.refuse(first, "encore", TOWN_HALL)


def test_a_place_that_is_kept_may_be_given(full: People) -> None:
    """Somebody calls to say yes; nobody is refused what they were offered."""
    capacity(1, waiting="offer")
    tick(full.zest)
    offered, waits = waiters()
    assert (offered.is_offered, offered.is_full, waits.is_offered) == (True, False, False)
    [queue] = waiting_lists.queues()
    assert [rank for rank, _ in queue.ranked] == [0, 1]
    with pytest.raises(Refusal, match="attendez sa réponse"):
        answering_waiters.refuse(offered, "non", TOWN_HALL)
    answering_waiters.give(offered.public_id, TOWN_HALL)
    assert states(full.moreau) == {"30 cantine": "booked parent", MIDDAY: "booked linked"}
    assert places() == {"30 cantine": 1}
    left = db.session().scalars(select(Booking).where(Booking.offer_until.is_not(None))).all()
    assert left == []
