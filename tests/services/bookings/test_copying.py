"""Days ticked for a family: as the week before, as one child has them; nothing is saved by it."""

from datetime import date, timedelta

from sqlalchemy import select

from app import db
from app.models import Child
from app.services.bookings import drawing
from app.services.bookings.weeks import Week
from tests.services.bookings.conftest import MIDDAY, MONDAY, WEDNESDAY_BEFORE, states, tick
from tests.services.requests.conftest import signed_in
from tests.support.people import People, public_id
from tests.support.services import booked_by

NEXT = MONDAY + timedelta(weeks=1)


def ticked(week: Week) -> list[str]:
    """Read the boxes that are ticked: « Adam 7 Cantine »."""
    return [
        f"{each.child.first_name} {day.day.day} {line.service}"
        for day in week.days
        for each in day.children
        for line in each.lines
        if line.ticked and line.name
    ]


def test_the_week_before_is_copied_without_being_saved(town: People) -> None:
    """What was chosen, not what came along or was given back; what is booked stays ticked."""
    tick(town.zest, "30 cantine", "3 garderie-de-midi", "4 cantine")
    tick(town.zest, "30 cantine", "3 garderie-de-midi")
    tick(town.zest, "8 cantine", monday=NEXT)
    family_id = signed_in(town.zest).family_id
    week = drawing.copied(family_id, NEXT)
    assert ticked(week) == ["PAYS 7 Cantine", "PAYS 8 Cantine", "PAYS 10 Garderie de midi"]
    assert "7 cantine" not in states(town.zest, NEXT)
    tick(town.zest, "7 cantine", "8 cantine", "10 garderie-de-midi", monday=NEXT)
    assert ticked(drawing.copied(family_id, NEXT)) == ticked(drawing.week(family_id, NEXT))


def test_a_brother_is_ticked_as_his_sister_is(town: People) -> None:
    with db.transaction() as session:
        bookings, _ = booked_by(session, town.ines)
        sofia = session.scalars(select(Child).where(Child.source_id == "e4")).one()
        bookings.enrol(sofia, date(2026, 9, 1))
    family_id = signed_in(town.ines).family_id
    assert drawing.week(family_id, MONDAY).models == []
    with db.transaction() as session:
        bookings, adam = booked_by(session, town.ines)
        bookings.book(adam, [MONDAY], WEDNESDAY_BEFORE)
    week = drawing.week(family_id, MONDAY)
    assert [each.first_name for each in week.models] == ["Adam"]
    both = drawing.alike(family_id, MONDAY, public_id("e3"))
    assert ticked(both) == ["Adam 30 Cantine", "Sofia 30 Cantine"]
    assert ticked(drawing.alike(family_id, MONDAY, "another's")) == ["Adam 30 Cantine"]
    assert MIDDAY in states(town.ines)
