"""Groups of a service: each has its places and its list, and days follow their child."""

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from app import db
from app.calendar import ONE_DAY
from app.models import Child, Enrolment, Place, Service
from app.services.bookings.groups import group_work, moving, service_groups
from app.services.bookings.groups.service_groups import Told
from app.services.bookings.judge.grouping import NO_GROUP, Group, group_of
from app.services.erasure import of_bookings
from app.services.refusals import Refusal
from tests.support.databases import statements_of
from tests.support.groups import check, part, roomy, service_id, states
from tests.support.last_place import FIRST, SCHOOLS, SLUG, book, prepare
from tests.support.people import TOWN_HALL

FAMILIES = 4


def test_each_school_has_its_places_and_its_list(app: Flask) -> None:
    """Two of each school want one place each: one of each has it, the other is first to wait."""
    roomy(app)
    contenders = prepare(app, FAMILIES)
    roomy(app)
    part(app, 1, 1)
    with app.app_context():
        for each in contenders:
            book(each, FIRST, {SLUG: 0}, [SLUG])
        one, other = SCHOOLS
        assert states(FIRST) == {
            "race0": ("booked", one), "race1": ("booked", other),
            "race2": ("waiting", one), "race3": ("waiting", other),
        }  # fmt: skip
        check(FIRST)
        # Given back, it goes to who waits in the same group.
        book(contenders[0], FIRST, {SLUG: 1}, [])
        assert states(FIRST)["race2"] == ("booked", one)
        assert states(FIRST)["race3"] == ("waiting", other)
        check(FIRST)


def test_days_to_come_follow_a_child_who_changes_of_school(app: Flask) -> None:
    """Nobody loses a place; what came free goes to who waited there."""
    contenders = prepare(app, FAMILIES)
    roomy(app)
    part(app, 1, 1)
    with app.app_context():
        for each in contenders:
            book(each, FIRST, {SLUG: 0}, [SLUG])
        with db.transaction() as session:
            session.execute(
                update(Child).where(Child.source_id == "race0").values(school=SCHOOLS[1])
            )
        assert group_work.follow_all() == 1
        assert states(FIRST) == {
            "race0": ("booked", SCHOOLS[1]), "race1": ("booked", SCHOOLS[1]),
            "race2": ("booked", SCHOOLS[0]), "race3": ("waiting", SCHOOLS[1]),
        }  # fmt: skip
        check(FIRST)
        assert group_work.follow_all() == 0


def test_an_import_holds_some_days_at_once_and_none_where_nothing_moves(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped between two parts, it is done by the next one; what is so is only read."""
    monkeypatch.setattr(moving, "AT_ONCE", 1)
    contenders = prepare(app, 2)
    roomy(app)
    part(app, 2, 2)
    with app.app_context():
        for day in (FIRST, FIRST + ONE_DAY):
            for each in contenders:
                book(each, day, {SLUG: 0}, [SLUG])
        with statements_of(app) as sent:
            assert group_work.follow_all() == 0
        assert all(each.startswith(("SELECT", "BEGIN")) for each in sent), sent
        with db.transaction() as session:
            session.execute(
                update(Child).where(Child.source_id == "race0").values(school=SCHOOLS[1])
            )
        with monkeypatch.context() as stopped:
            stopped.setattr(db, "make_way", lambda: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                group_work.follow_all()
        assert states(FIRST)["race0"] == ("booked", SCHOOLS[1])
        assert states(FIRST + ONE_DAY)["race0"] == ("booked", SCHOOLS[0])
        assert group_work.follow_all() == 1
        assert states(FIRST + ONE_DAY)["race0"] == ("booked", SCHOOLS[1])
        check(FIRST)
        check(FIRST + ONE_DAY)


def test_a_group_says_how_many_days_move(app: Flask) -> None:
    """Added late, it takes those whom it is for; emptied, it may go."""
    contenders = prepare(app, 2)
    roomy(app)
    with app.app_context():
        with db.transaction() as session:
            session.execute(update(Service).where(Service.slug == SLUG).values(capacity=9))
        for each in contenders:
            book(each, FIRST, {SLUG: 0}, [SLUG])
        service = service_id()
        assert service_groups.add(service, Told("A", 5, (SCHOOLS[0],)), TOWN_HALL).moved == 1
        assert states(FIRST) == {"race0": ("booked", "A"), "race1": ("booked", "")}
        check(FIRST)
        [group] = service_groups.listed(service)
        with pytest.raises(Refusal, match="réservation à venir y compte"):
            service_groups.remove(service, group.number, TOWN_HALL)
        told = Told("A", 5, ("Nulle part",))
        assert service_groups.change(service, group.number, told, TOWN_HALL).moved == 1
        service_groups.remove(service, group.number, TOWN_HALL)
        assert states(FIRST) == {"race0": ("booked", ""), "race1": ("booked", "")}
        check(FIRST)


def test_an_enrolment_says_the_group_first(app: Flask) -> None:
    contenders = prepare(app, 1)
    roomy(app)
    [first, second] = part(app, 1, 1)
    with app.app_context():
        with db.transaction() as session:
            session.execute(update(Enrolment).values(group_id=second))
        book(contenders[0], FIRST, {SLUG: 0}, [SLUG])
        assert states(FIRST) == {"race0": ("booked", SCHOOLS[1])}
        service = service_id()
        with pytest.raises(Refusal, match="des inscriptions nomment ce groupe"):
            service_groups.remove(service, second, TOWN_HALL)
        service_groups.remove(service, first, TOWN_HALL)


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (Told("", 4), "donnez un nom"),
        (Told("A", None), "dites combien de places"),
        (Told("A", 0), "dites combien de places"),
        (Told(SCHOOLS[0], 4), "porte ce nom"),
    ],
)
def test_what_is_no_group_is_refused(app: Flask, told: Told, said: str) -> None:
    prepare(app, 1)
    part(app, 1)
    with app.app_context(), pytest.raises(Refusal, match=said):
        service_groups.add(service_id(), told, TOWN_HALL)


names = st.sampled_from(["", "a", "b", "c"])
parts = st.builds(
    Group, st.integers(1, 9), names, st.integers(1, 9), st.frozensets(names), st.frozensets(names)
)


@given(st.lists(parts, unique_by=lambda each: each.number), names, names, st.integers(1, 9))
def test_a_child_is_in_one_group(
    groups: list[Group], school: str, class_name: str, said: int
) -> None:
    """That of its enrolment, where the service has it; else the first that takes it; or in none."""
    known = {each.number for each in groups}
    found = group_of(groups, school, class_name, None)
    assert found in known | {NO_GROUP}
    takers = [each.number for each in groups if each.takes(school, class_name)]
    assert found == (takers[0] if takers else NO_GROUP)
    assert group_of(groups, school, class_name, said) == (said if said in known else found)


def test_a_family_that_is_erased_frees_the_places_of_its_group(app: Flask) -> None:
    """And those of no other."""
    contenders = prepare(app, 2)
    roomy(app)
    part(app, 1, 1)
    with app.app_context():
        for each in contenders:
            book(each, FIRST, {SLUG: 0}, [SLUG])
        with db.transaction() as session:
            for step in of_bookings.steps(contenders[0].family_id):
                session.execute(step.statement)
        assert states(FIRST) == {"race1": ("booked", SCHOOLS[1])}
        check(FIRST)
        taken = select(Place.taken).where(Place.service_id == service_id(), Place.day == FIRST)
        assert sorted(db.session().scalars(taken)) == [0, 0, 1]
