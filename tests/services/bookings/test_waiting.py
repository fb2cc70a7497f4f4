"""Places that lack: who has the last one, who waits, and who is given what comes free."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import time_machine
from sqlalchemy import select, update

from app import HANDLERS, db
from app.models import Booking, Job, MailState, OutboxMail, Service, ServiceDay, Waiting
from app.services.bookings import drawing, saving, weeks, wishes
from app.services.bookings.closings import closing
from app.services.bookings.closings.closing_extent import Extent
from app.services.bookings.groups import group_work
from app.services.bookings.setting_up import reading as services_read
from app.services.bookings.setting_up import services as setting_up
from app.services.bookings.waiting_list import answering_waiters, kept_places, lapsing
from app.services.jobs.kinds import JobKind
from app.services.mail import notices
from app.services.mail.kinds import MailKind
from tests.services.bookings.conftest import (
    LIMIT,
    MIDDAY,
    MONDAY,
    capacity,
    places,
    seen,
    states,
    tick,
)
from tests.services.requests.conftest import signed_in
from tests.support.people import TOWN_HALL, People, Person


def test_who_takes_the_last_place_and_who_waits(town: People) -> None:
    """All that goes along waits too; whoever comes first is first served when it is given back."""
    capacity(1)
    tick(town.zest, "30 cantine")
    tick(town.moreau, "30 cantine")
    tick(town.ines, "30 cantine")
    assert states(town.moreau) == {
        "30 cantine": "waiting parent 1",
        MIDDAY: "waiting linked 1",
    }
    assert states(town.ines)["30 cantine"] == "waiting parent 2"
    tick(town.zest)
    assert states(town.moreau) == {"30 cantine": "booked parent", MIDDAY: "booked linked"}
    assert states(town.ines)["30 cantine"] == "waiting parent 1"
    assert places() == {"30 cantine": 1}
    assert len(found_mails()) == 1
    # Whoever waits may stop, and nobody has lost anything.
    tick(town.ines)
    assert states(town.ines)["30 cantine"] == "cancelled parent"
    assert places() == {"30 cantine": 1}


def found_mails() -> Sequence[OutboxMail]:
    return db.session().scalars(select(OutboxMail).filter_by(kind=MailKind.PLACE_FOUND)).all()


def test_what_comes_together_is_told_together(town: People) -> None:
    """Two services have more places by one file; what comes once the mail has left is another."""
    with db.transaction() as session:
        session.execute(update(Service).values(capacity=0, waiting=Waiting.AUTOMATIC))
    tick(town.moreau, "30 cantine", "3 garderie-de-midi", "4 cantine")
    with db.transaction() as session:
        session.execute(update(Service).values(capacity=1))
    group_work.share_out_all()
    assert states(town.moreau)["30 cantine"] == "booked parent"
    assert states(town.moreau)["3 garderie-de-midi"] == "booked parent"
    [mail] = found_mails()
    assert mail.due_at - mail.created_at == notices.GATHERED
    with db.transaction() as session:
        session.execute(update(Service).where(Service.slug != "cantine").values(capacity=60))
    tick(town.zest, "3 cantine")
    tick(town.moreau, "30 cantine", "3 cantine", "3 garderie-de-midi", "4 cantine")
    assert states(town.moreau)["3 cantine"] == "waiting parent 1"
    with db.transaction() as session:
        session.execute(update(OutboxMail).values(state=MailState.SENT))
    tick(town.zest)
    assert states(town.moreau)["3 cantine"] == "booked parent"
    assert len(found_mails()) == len([mail]) + 1


def test_nobody_is_given_a_place_past_the_limit(
    town: People, clock: time_machine.Traveller
) -> None:
    """They may have made other plans; the town hall may still give it."""
    capacity(1)
    with db.transaction() as session:
        session.execute(update(Service).values(cancel_rule="J-0 09:00"))
    tick(town.zest, "30 cantine")
    tick(town.moreau, "30 cantine")
    clock.move_to(LIMIT)
    tick(town.zest)
    assert states(town.zest)["30 cantine"] == "cancelled parent"
    assert states(town.moreau)["30 cantine"] == "waiting parent 1"
    assert places() == {"30 cantine": 0}


def test_a_town_without_waiting_list_says_that_it_is_full(town: People) -> None:
    capacity(1, waiting="none")
    account = signed_in(town.moreau)
    boxes = seen(account, MONDAY, "30 cantine")
    tick(town.zest, "30 cantine")
    saved = saving.save(account, weeks.both_ends(MONDAY), boxes, "a" * 32, datetime.now(UTC))
    assert [each.whole_sentence for each in saved.refused] == [
        "Lundi 30\u00a0novembre, Zoé, Cantine\u00a0: Complet."
    ]
    assert states(town.moreau) == {}


def test_a_place_that_the_town_takes_away_is_nobody_s_loss(town: People) -> None:
    """Who has one keeps it; the next one waits."""
    for person in (town.zest, town.moreau):
        tick(person, "30 cantine")
    capacity(1)
    tick(town.ines, "30 cantine")
    assert states(town.ines)["30 cantine"] == "waiting parent 1"
    assert places() == {"30 cantine": 2}


def test_what_the_town_has_no_more_is_not_given_on(town: People) -> None:
    """Of two who keep their places where there is one by now, the first who goes leaves none."""
    for person in (town.zest, town.moreau):
        tick(person, "30 cantine")
    capacity(1)
    tick(town.ines, "30 cantine")
    tick(town.moreau)
    assert states(town.ines)["30 cantine"] == "waiting parent 1"
    assert places() == {"30 cantine": 1}
    tick(town.zest)
    assert states(town.ines)["30 cantine"] == "booked parent"


def test_one_more_place_is_of_the_child_it_was_given_for(town: People) -> None:
    """Whoever goes first, nobody else has it: the canteen has as many seats as ever."""
    capacity(1)
    tick(town.zest, "30 cantine")
    for person in (town.moreau, town.ines):
        tick(person, "30 cantine")
    waits = select(Booking.public_id).join(Service, Service.id == Booking.service_id)
    theirs = waits.where(
        Service.slug == "cantine",
        Booking.family_id == signed_in(town.moreau).family_id,
    )
    answering_waiters.give(db.session().scalars(theirs).one(), TOWN_HALL)
    assert places() == {"30 cantine": 2}
    tick(town.zest)
    assert states(town.moreau)["30 cantine"] == "booked parent"
    assert states(town.ines)["30 cantine"] == "waiting parent 1"
    tick(town.moreau)
    assert states(town.ines)["30 cantine"] == "booked parent"
    assert places() == {"30 cantine": 1}


def test_a_day_of_its_own_places(town: People) -> None:
    with db.transaction() as session:
        canteen = session.scalars(select(Service.id).where(Service.slug == "cantine")).one()
        session.add(ServiceDay(service_id=canteen, day=MONDAY, state="open", capacity=1))
    tick(town.zest, "30 cantine", "3 cantine")
    tick(town.moreau, "30 cantine", "3 cantine")
    assert states(town.moreau)["30 cantine"] == "waiting parent 1"
    assert states(town.moreau)["3 cantine"] == "booked parent"


def test_more_places_are_given_at_once(town: People) -> None:
    """The town hall raises the capacity: the first of those who wait has the place."""
    capacity(1)
    for person in (town.zest, town.moreau, town.ines):
        tick(person, "30 cantine")
    [canteen] = [each for each in services_read.listed(MONDAY) if each.slug == "cantine"]
    more = replace(canteen.described, capacity=2)
    setting_up.change(canteen.number, more, canteen.others, TOWN_HALL)
    assert states(town.moreau) == {"30 cantine": "booked parent", MIDDAY: "booked linked"}
    assert states(town.ines)["30 cantine"] == "waiting parent 1"
    assert places() == {"30 cantine": 2}


def test_more_places_of_a_file_are_given_too(town: People) -> None:
    """Whatever service they are of; nothing happens where nobody waits."""
    group_work.share_out_all()
    capacity(1)
    for person in (town.zest, town.moreau):
        tick(person, "30 cantine")
    capacity(2)
    group_work.share_out_all()
    assert states(town.moreau) == {"30 cantine": "booked parent", MIDDAY: "booked linked"}


def offer_places(town: People, *waiting_for: Person) -> None:
    """Have one place, which is Madame ZEST's; the others wait, each to be asked in their turn."""
    capacity(1, waiting="offer")
    tick(town.zest, "30 cantine")
    for person in waiting_for:
        tick(person, "30 cantine")


def answer(person: Person, *, takes: bool) -> saving.Saved:
    """Take the place that is kept, or leave it, as the page of the waiting list does."""
    account = signed_in(person)
    [kept] = kept_places.of_family(account.family_id)
    boxes = wishes.Boxes({kept.name: kept.version}, frozenset({kept.name} if takes else ()))
    return kept_places.answer(account, boxes, secrets.token_hex(16))


def test_a_place_is_offered_and_taken(town: People) -> None:
    """It is kept with all that goes along; nobody else has it; the family is told once."""
    offer_places(town, town.moreau, town.ines)
    tick(town.zest)
    assert states(town.moreau) == {"30 cantine": "offered parent", MIDDAY: "offered linked"}
    assert states(town.ines)["30 cantine"] == "waiting parent 1"
    assert places() == {"30 cantine": 1}
    kinds = db.session().scalars(select(OutboxMail.kind).order_by(OutboxMail.id)).all()
    assert kinds.count(MailKind.PLACE_OFFERED) == 1
    drawn = drawing.week(signed_in(town.moreau).family_id, MONDAY)
    [line] = [
        line
        for day in drawn.days
        for child in day.children
        for line in child.lines
        if line.service == "Cantine" and line.state
    ]
    assert (
        line.words == "Une place est gardée pour vous jusqu’au jeudi 26\u00a0novembre à 10\u00a0h."
    )
    assert not line.name
    # Nobody answers by ticking something else.
    tick(town.moreau, "3 cantine")
    assert states(town.moreau)["30 cantine"] == "offered parent"
    assert not answer(town.moreau, takes=True).refused
    assert states(town.moreau)["30 cantine"] == "booked parent"
    assert states(town.moreau)[MIDDAY] == "booked linked"
    assert lapsing.lapse() == 0
    assert places() == {"30 cantine": 1, "3 cantine": 1}


def test_a_place_that_is_left_is_offered_to_the_next(town: People) -> None:
    offer_places(town, town.moreau, town.ines)
    tick(town.zest)
    answer(town.moreau, takes=False)
    assert states(town.moreau) == {"30 cantine": "cancelled parent", MIDDAY: "cancelled linked"}
    assert states(town.ines) == {"30 cantine": "offered parent", MIDDAY: "offered linked"}
    assert places() == {"30 cantine": 1}


def test_a_place_that_nobody_answers_about_goes_on(
    town: People, clock: time_machine.Traveller
) -> None:
    """The job of its last minute takes it back; who answers later is told that it is too late."""
    offer_places(town, town.moreau, town.ines)
    tick(town.zest)
    [due_at] = db.session().scalars(select(Job.due_at).where(Job.kind == JobKind.OFFERS))
    assert due_at == datetime(2026, 11, 26, 9, 1, tzinfo=UTC)
    clock.move_to(due_at - timedelta(seconds=1))
    assert lapsing.lapse() == 0
    clock.move_to(due_at)
    [refused] = answer(town.moreau, takes=True).refused
    assert refused.sentence.startswith("Trop tard\u00a0: cette place était gardée jusqu’au")
    assert HANDLERS[JobKind.OFFERS] is lapsing.lapse_due
    assert lapsing.lapse() == 2
    assert states(town.moreau)["30 cantine"] == "cancelled parent"
    assert states(town.ines)["30 cantine"] == "offered parent"
    # Kept until the limit to book, no longer.
    until = db.session().scalars(select(Booking.offer_until).where(Booking.state == "offered"))
    assert set(until) == {LIMIT}
    clock.move_to(LIMIT)
    assert lapsing.lapse() == 2
    assert states(town.ines)["30 cantine"] == "cancelled parent"
    assert places() == {"30 cantine": 0}


def test_a_place_that_is_kept_is_closed_with_its_day(town: People) -> None:
    """When it opens again nobody kept it: who was offered it waits, and is offered it anew."""
    offer_places(town, town.moreau, town.ines)
    tick(town.zest)
    closed = closing.close(Extent((MONDAY,)), "Neige", TOWN_HALL)
    assert set(states(town.moreau).values()) == {"closed parent", "closed linked"}
    closing.undo(closed.public_id, TOWN_HALL)
    assert states(town.moreau) == {"30 cantine": "offered parent", MIDDAY: "offered linked"}
    assert states(town.ines)["30 cantine"] == "waiting parent 1"
    assert places() == {"30 cantine": 1}


def test_a_midday_that_is_offered_is_sure_with_a_meal(town: People) -> None:
    """It is waited for itself first; then the canteen is booked, which brings it."""
    midday = update(Service).where(Service.slug == "garderie-de-midi")
    with db.transaction() as session:
        session.execute(midday.values(capacity=1, waiting="offer"))
    tick(town.zest, MIDDAY)
    tick(town.moreau, MIDDAY)
    tick(town.zest)
    assert states(town.moreau) == {MIDDAY: "offered parent"}
    tick(town.moreau, "30 cantine")
    assert states(town.moreau) == {"30 cantine": "booked parent", MIDDAY: "booked parent"}
    assert places()[MIDDAY] == 1
