"""A typical week booked for as long as a school year: what is read is what is saved, once."""

import secrets
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from app import db
from app.models import (
    Booking,
    BookingBatch,
    BookingEvent,
    BookingOrigin,
    BookingState,
    CustodyPattern,
    OutboxMail,
    Place,
    WeekParity,
)
from app.services.bookings import applying, typical
from app.services.bookings.saving import Saved
from app.services.refusals import Reason, Refusal
from tests.services.bookings.conftest import (
    MIDDAY,
    MONDAY,
    WEDNESDAY_BEFORE,
    capacity,
    places,
    states,
    tick,
)
from tests.services.bookings.test_typical import say
from tests.services.requests.conftest import signed_in
from tests.support.people import People, Person
from tests.support.services import booked_by

FRIDAY, SUMMER = date(2026, 12, 4), date(2027, 8, 31)


def apply(who: Person, first: date = MONDAY, last: date = FRIDAY, key: str = "") -> Saved:
    """Read what it does, and save it."""
    account, now = signed_in(who), datetime.now(UTC)
    mark = applying.plan(account.family_id, first, last, now).mark
    return applying.apply(account, (first, last), mark, key or secrets.token_hex(16), now)


def count() -> int:
    session = db.session()
    session.rollback()
    return session.scalar(select(func.count(Booking.id))) or 0


def test_a_week_is_booked_as_it_is_said(town: People) -> None:
    """With what the canteen brings; the day of the strike is told."""
    say(town.zest, "e1", "all.0.cantine", "all.1.cantine", "all.4.garderie-de-midi")
    saved = apply(town.zest)
    assert states(town.zest) == {
        "30 cantine": "booked typical",
        MIDDAY: "booked linked",
        "4 garderie-de-midi": "booked typical",
    }
    assert [each.sentence for each in saved.refused] == [
        "Fermé\u00a0: Grève. Rien ne vous sera facturé."
    ]
    assert places() == {"30 cantine": 1, "1 cantine": 0, "4 cantine": 0}
    batch = db.session().scalars(select(BookingBatch)).one()
    assert (batch.added, batch.refused) == (2, 1)
    [mail] = db.session().scalars(select(OutboxMail)).all()
    assert mail.context == {"batch": saved.public_id, "added": "2"}


def test_a_year_is_saved_in_parts_as_one(town: People, monkeypatch: pytest.MonkeyPatch) -> None:
    """One batch, one mail; holidays are left out, and a second time changes nothing."""
    monkeypatch.setattr(applying, "MOST_AT_ONCE", 20)
    say(town.zest, "e1", *(f"all.{day}.cantine" for day in (0, 1, 3, 4)))
    saved = apply(town.zest, last=SUMMER)
    # From 30 November to 2 July: 31 weeks of four days, less the strike and two weeks of holidays.
    days = 31 * 4 - 1 - 2 * 4
    assert count() == 2 * days
    batch = db.session().scalars(select(BookingBatch)).one()
    assert (batch.public_id, batch.added) == (saved.public_id, days)
    assert len(db.session().scalars(select(BookingEvent)).all()) == 2 * days
    assert [mail.context["added"] for mail in db.session().scalars(select(OutboxMail))] == [
        str(days)
    ]
    places()
    assert db.session().scalar(select(func.sum(Place.taken))) == days
    planned = applying.plan(signed_in(town.zest).family_id, MONDAY, SUMMER, datetime.now(UTC))
    assert not planned.may_be_saved


def test_what_was_cut_off_is_sent_again(
    town: People, monkeypatch: pytest.MonkeyPatch, clock: time_machine.Traveller
) -> None:
    """A minute later the same key does the rest, in the same batch; at once it answers its page."""
    monkeypatch.setattr(applying, "MOST_AT_ONCE", 4)
    say(town.zest, "e1", "all.0.cantine", "all.3.cantine", "all.4.cantine")
    save, done = applying._save, []

    def breaks(*arguments: object) -> object:
        done.append(1)
        if len(done) == 2:
            raise OSError("cut off")
        return save(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(applying, "_save", breaks)
    with pytest.raises(OSError, match="cut off"):
        apply(town.zest, key="a" * 32)
    assert count() == 4
    first = apply(town.zest, key="a" * 32)
    assert count() == 4
    clock.shift(timedelta(minutes=2))
    assert apply(town.zest, key="a" * 32).public_id == first.public_id
    assert count() == 6
    assert db.session().scalars(select(BookingBatch)).one().added == 3
    assert len(db.session().scalars(select(OutboxMail)).all()) == 1
    clock.shift(timedelta(minutes=2))
    assert apply(town.zest, key="a" * 32).public_id == first.public_id
    assert count() == 6


def test_what_was_given_back_stays_so(town: People) -> None:
    say(town.zest, "e1", "all.0.cantine", "all.3.cantine")
    tick(town.zest, "30 cantine")
    tick(town.zest)
    account = signed_in(town.zest)
    planned = applying.plan(account.family_id, MONDAY, FRIDAY, datetime.now(UTC))
    assert planned.given_back == 1
    apply(town.zest)
    assert states(town.zest)["30 cantine"] == "cancelled parent"
    assert states(town.zest)["3 cantine"] == "booked typical"


def test_when_it_is_full_one_waits(town: People) -> None:
    capacity(1)
    tick(town.moreau, "3 cantine")
    say(town.zest, "e1", "all.0.cantine", "all.3.cantine")
    account = signed_in(town.zest)
    planned = applying.plan(account.family_id, MONDAY, FRIDAY, datetime.now(UTC))
    [group] = planned.groups("waiting")
    assert (group.services, group.days) == ("Cantine, Garderie de midi", [date(2026, 12, 3)])
    apply(town.zest)
    assert states(town.zest)["3 cantine"] == "waiting typical 1"


def test_each_home_books_its_own_weeks(town: People) -> None:
    with db.transaction() as session:
        bookings, jules = booked_by(session, town.claire)
        bookings.take_turns(jules, CustodyPattern.ISO_EVEN, MONDAY)
        bookings.say_typical(jules, 3)
        bookings, _ = booked_by(session, town.marc)
        bookings.take_turns(jules, CustodyPattern.ISO_ODD, MONDAY)
        bookings.say_typical(jules, 3)
    for person in (town.claire, town.marc):
        apply(person, last=MONDAY + timedelta(days=13))
    booked = select(Booking.day, Booking.family_id).where(Booking.origin == BookingOrigin.TYPICAL)
    assert sorted(map(tuple, db.session().execute(booked))) == [
        (date(2026, 12, 3), signed_in(town.marc).family_id),
        (date(2026, 12, 10), signed_in(town.claire).family_id),
    ]


def test_nothing_is_saved_but_what_was_read(town: People) -> None:
    """Somebody changes the typical week, or books a day, while one reads."""
    say(town.zest, "e1", "all.0.cantine")
    account, now = signed_in(town.zest), datetime.now(UTC)
    mark = applying.plan(account.family_id, MONDAY, FRIDAY, now).mark
    say(town.zest, "e1", "all.3.cantine")
    with pytest.raises(Refusal) as refused:
        applying.apply(account, (MONDAY, FRIDAY), mark, "a" * 32, now)
    assert refused.value.reason is Reason.OUTDATED
    with pytest.raises(Refusal):
        applying.apply(account, (MONDAY, FRIDAY), "forged", "b" * 32, now)
    assert count() == 0
    say(town.zest, "e1")
    with pytest.raises(Refusal) as refused:
        apply(town.zest)
    assert refused.value.reason is Reason.SAME


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (FRIDAY, MONDAY),
        (date(2026, 11, 24), FRIDAY),
        (MONDAY, date(2027, 11, 26)),
        (date.min, date.max),
    ],
)
def test_days_too_far_are_refused(town: People, first: date, last: date) -> None:
    with pytest.raises(Refusal):
        applying.plan(signed_in(town.zest).family_id, first, last, datetime.now(UTC))


def test_months_are_told_day_by_day() -> None:
    group = applying.Group(
        "Zoé", "Cantine", [date(2026, 12, 1), date(2026, 12, 3), date(2027, 1, 4)]
    )
    assert group.months == ["Décembre 2026\u00a0: 1, 3", "Janvier 2027\u00a0: 4"]
    assert group.words == "3\u00a0jours, du 1er\u00a0décembre 2026 au 4\u00a0janvier 2027"


def test_any_typical_week_books_each_of_its_days_once(town: People) -> None:
    """Of its weeks, over the end of 2026, which has 53: twice is once, whatever the parts."""
    boxes = [
        f"{parity}.{weekday}.{slug}"
        for parity in WeekParity
        for weekday in (0, 1, 3, 4)
        for slug in ("cantine", "garderie-de-midi")
    ]
    saved: set[tuple[date, str]] = set()

    @settings(
        max_examples=12,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(st.sets(st.sampled_from(boxes)), st.booleans(), st.integers(1, 60))
    def any_week(drawn: set[str], alternates: bool, weeks: int) -> None:
        said = {box for box in drawn if box.startswith("all") is not alternates}
        say(town.zest, "e1", *said)
        last = min(MONDAY + timedelta(weeks=weeks), date(2027, 11, 20))
        planned = applying.plan(signed_in(town.zest).family_id, MONDAY, last, WEDNESDAY_BEFORE)
        if planned.may_be_saved:
            apply(town.zest, last=last)
        saved.update((each.day, each.service) for each in planned.decided if each.state)
        again = applying.plan(signed_in(town.zest).family_id, MONDAY, last, WEDNESDAY_BEFORE)
        assert not again.may_be_saved
        asked = {(each.day, each.service) for each in planned.decided}
        for day, service in asked:
            kinds = ("all", str(typical.parity_of(day)))
            slug = "cantine" if service == "Cantine" else "garderie-de-midi"
            assert any(f"{kind}.{day.weekday()}.{slug}" in said for kind in kinds)
        session = db.session()
        session.rollback()
        booked = session.execute(
            select(Booking.day, Booking.origin).where(Booking.state == BookingState.BOOKED)
        ).all()
        typical_days = [day for day, origin in booked if origin is BookingOrigin.TYPICAL]
        assert set(typical_days) <= {day for day, _ in saved}
        places()

    any_week()
