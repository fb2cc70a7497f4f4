"""A day past its limit is booked at a higher price, by who ticked it and read that."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select, update

from app import db
from app.booking_kinds import BookingState
from app.models import Booking, BookingEvent, Late, OutboxMail, Service
from app.services.bookings import applying, drawing, saving, summaries, weeks
from app.services.bookings.judge.billing_codes import Code
from app.services.bookings.month_end import month_codes
from app.services.bookings.wishes import Boxes
from app.services.refusals import Reason, Refusal
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
from tests.services.bookings.test_typical import say
from tests.services.requests.conftest import signed_in
from tests.support.people import People, Person, public_id

WEEK = weeks.both_ends(MONDAY)
FRIDAY = LIMIT + timedelta(hours=10)


def have(late: Late, *slugs: str) -> None:
    """Have these services, or all of them, say what is done past the limit."""
    wanted = [Service.slug.in_(slugs)] if slugs else []
    with db.transaction() as session:
        session.execute(update(Service).where(*wanted).values(late=late))


def book_late(person: Person, *wanted: str, key: str = "f" * 32) -> None:
    """Tick, read the summary, save."""
    account = signed_in(person)
    boxes = read(person, *wanted)
    saving.save(account, WEEK, boxes, key, datetime.now(UTC))


def read(person: Person, *wanted: str) -> Boxes:
    """Tick, read the summary: what it tells is late is sent with what is saved."""
    account = signed_in(person)
    boxes = seen(account, MONDAY, *wanted)
    summary = summaries.summary(account.family_id, MONDAY, boxes, datetime.now(UTC))
    return replace(boxes, late=frozenset(summary.late))


def late_days() -> list[str]:
    """Read which bookings are late: « 30 cantine »."""
    found = db.session().execute(
        select(Booking.day, Service.slug)
        .join(Service, Service.id == Booking.service_id)
        .where(Booking.late)
        .order_by(Booking.day, Service.slug)
    )
    return [f"{day.day} {slug}" for day, slug in found]


def late_events() -> list[bool]:
    """Read of each thing that happened whether it was late."""
    return list(db.session().scalars(select(BookingEvent.late).order_by(BookingEvent.id)))


def lines(person: Person) -> Sequence[weeks.Line]:
    """Draw Monday for the eldest child."""
    return drawing.week(signed_in(person).family_id, MONDAY).days[0].children[0].lines


def test_it_is_kept_told_and_billed(town: People, clock: time_machine.Traveller) -> None:
    have(Late.SURCHARGE)
    clock.move_to(FRIDAY)
    book_late(town.zest, "30 cantine")
    assert states(town.zest) == {"30 cantine": "booked parent", MIDDAY: "booked linked"}
    assert late_days() == ["30 cantine", MIDDAY]
    assert late_events() == [True, True]
    said = db.session().scalars(select(BookingEvent.sentence)).first()
    assert said == (
        "Réserver hors délai, plus cher, jusqu’au dimanche 29\u00a0novembre à minuit,"
        " avec la garderie de midi."
    )
    assert db.session().scalars(select(OutboxMail)).one().context["late"] == "1"
    codes = [coded.code for coded in month_codes.days(MONDAY.replace(day=1))]
    assert codes == [Code.LATE, Code.LATE]


def test_a_day_booked_again_in_time_is_late_no_more(
    town: People, clock: time_machine.Traveller
) -> None:
    """Its row is used again; what happened stays told."""
    have(Late.SURCHARGE)
    clock.move_to(FRIDAY)
    book_late(town.zest, "30 cantine")
    with db.transaction() as session:
        session.execute(update(Service).values(cancel_rule="J-0 09:00"))
    tick(town.zest, key="a" * 32)
    assert states(town.zest)["30 cantine"] == "cancelled parent"
    assert late_days() == []
    with db.transaction() as session:
        session.execute(update(Service).values(book_rule="J-0 09:00"))
    tick(town.zest, "30 cantine", key="b" * 32)
    assert late_days() == []
    assert late_events() == [True, True, False, False, False, False]


def test_coming_after_all_costs_what_it_did(town: People, clock: time_machine.Traveller) -> None:
    """An absence that is taken back makes no late day an ordinary one."""
    have(Late.SURCHARGE)
    with db.transaction() as session:
        session.execute(update(Service).values(absence_rule="J-0 09:00"))
    clock.move_to(FRIDAY)
    book_late(town.zest, "30 cantine")
    with db.transaction() as session:
        session.execute(update(Booking).values(state=BookingState.ABSENT))
    tick(town.zest, "30 cantine", MIDDAY, key="c" * 32)
    assert late_days() == ["30 cantine", MIDDAY]
    assert late_events()[2:] == [False, False]


def test_only_what_is_past_its_own_limit_is_late(
    town: People, clock: time_machine.Traveller
) -> None:
    """The midday that comes along may be booked until the day itself."""
    have(Late.SURCHARGE, "cantine")
    with db.transaction() as session:
        midday = Service.slug == "garderie-de-midi"
        session.execute(update(Service).where(midday).values(book_rule="J-0 09:00"))
    clock.move_to(FRIDAY)
    book_late(town.zest, "30 cantine")
    assert late_days() == ["30 cantine"]


def test_a_meal_is_not_late_without_its_midday(town: People, clock: time_machine.Traveller) -> None:
    """What comes along is past its limit, and is refused then: so is the meal."""
    have(Late.SURCHARGE, "cantine")
    clock.move_to(FRIDAY)
    assert [line.name for line in lines(town.zest)] == ["", ""]
    forged = _forged("e1")
    with pytest.raises(Refusal):
        saving.save(signed_in(town.moreau), WEEK, forged, "e" * 32, datetime.now(UTC))
    saved = saving.save(signed_in(town.zest), WEEK, forged, "d" * 32, datetime.now(UTC))
    assert [each.sentence for each in saved.refused]
    assert states(town.zest) == {}


@pytest.mark.parametrize("late", [Late.REFUSE, Late.REQUEST])
def test_a_forged_tick_books_nothing(
    town: People, clock: time_machine.Traveller, late: Late
) -> None:
    """Where the town takes no late booking, whatever a browser says it read."""
    have(late)
    clock.move_to(FRIDAY)
    assert not any(line.name for line in lines(town.zest))
    saved = saving.save(signed_in(town.zest), WEEK, _forged("e1"), "d" * 32, datetime.now(UTC))
    assert len(saved.refused) == 1
    assert "on réservait" in saved.refused[0].sentence
    assert states(town.zest) == {}


def test_whoever_did_not_read_so_reads_it_first(
    town: People, clock: time_machine.Traveller
) -> None:
    """The limit passed between the summary and what was saved."""
    have(Late.SURCHARGE)
    boxes = read(town.zest, "30 cantine")
    assert not boxes.late
    clock.move_to(FRIDAY)
    with pytest.raises(Refusal) as refused:
        saving.save(signed_in(town.zest), WEEK, boxes, "d" * 32, datetime.now(UTC))
    assert refused.value.reason is Reason.OUTDATED
    assert states(town.zest) == {}
    # In time when it was read, and saved soon.
    in_time = LIMIT - timedelta(seconds=1)
    saving.save(signed_in(town.zest), WEEK, boxes, "d" * 32, in_time)
    assert late_days() == []


def test_nothing_but_a_parent_ticks_it(town: People, clock: time_machine.Traveller) -> None:
    """Neither the week before, nor a brother, nor a typical week."""
    have(Late.SURCHARGE)
    account = signed_in(town.zest)
    tick(town.zest, "3 cantine")
    clock.move_to(FRIDAY)
    following = MONDAY + timedelta(days=7)
    clock.move_to(FRIDAY + timedelta(days=7))
    copied = drawing.copied(account.family_id, following)
    boxes = [line for day in copied.days for each in day.children for line in each.lines]
    assert any(line.is_late for line in boxes)
    assert not any(line.ticked for line in boxes)
    assert not copied.may_be_copied
    assert copied.notice.endswith(drawing.NOT_LATE)
    say(town.zest, "e1", "all.0.cantine")
    planned = applying.plan(
        account.family_id, following, following + timedelta(days=4), datetime.now(UTC)
    )
    assert not planned.may_be_saved


def test_no_late_day_is_waited_for(town: People, clock: time_machine.Traveller) -> None:
    """Where it is full, it is refused; where one place is left, one of two has it."""
    have(Late.SURCHARGE)
    capacity(1)
    clock.move_to(FRIDAY)
    zest, moreau = read(town.zest, "30 cantine"), read(town.moreau, "30 cantine")
    saving.save(signed_in(town.zest), WEEK, zest, "1" * 32, datetime.now(UTC))
    saved = saving.save(signed_in(town.moreau), WEEK, moreau, "2" * 32, datetime.now(UTC))
    assert [each.sentence for each in saved.refused] == ["Complet."]
    assert states(town.moreau) == {}
    assert places() == {"30 cantine": 1}
    assert not lines(town.moreau)[0].name


def _forged(child: str) -> Boxes:
    name = f"{public_id(child)}.cantine.2026-11-30"
    return Boxes({name: 0}, frozenset({name}), late=frozenset({name}))
