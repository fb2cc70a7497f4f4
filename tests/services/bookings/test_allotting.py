"""The last place: whoever came first has it, with all that goes with it or not at all."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from app.booking_kinds import LinkKind
from app.services.bookings.judge.allotting import Allotted, allot
from app.services.bookings.judge.links import Link, Links
from app.services.bookings.judge.worlds import Cell

CANTEEN, MIDDAY, EVENING = 1, 2, 3
MONDAY = date(2026, 11, 30)
LINKS = Links((Link(CANTEEN, MIDDAY, LinkKind.BRINGS),))


def with_all(wish: Cell) -> list[Cell]:
    return [wish, *(wish._replace(service=each) for each in LINKS.brought_by(wish.service))]


def share(free: dict[tuple[int, date], int], wishes: Iterable[Cell]) -> Allotted[Cell]:
    return allot(free, {wish: with_all(wish) for wish in wishes})


def had(allotted: Allotted[Cell]) -> set[Cell]:
    """What is booked: a cell once, however it came."""
    return {cell for wish in allotted.given for cell in with_all(wish)}


def test_the_first_has_the_last_place() -> None:
    first, second = (Cell(child, CANTEEN, MONDAY) for child in (1, 2))
    assert share({(CANTEEN, MONDAY): 1}, [first, second]) == ([first], {second: [second]})


def test_what_has_no_capacity_has_room_for_all() -> None:
    wishes = [Cell(child, EVENING, MONDAY) for child in range(500)]
    assert share({}, wishes) == (wishes, {})


def test_a_meal_without_a_midday_is_not_given() -> None:
    """It takes no meal from whoever has their midday already, and says what is lacking."""
    both, meal = Cell(1, CANTEEN, MONDAY), Cell(2, CANTEEN, MONDAY)
    free = {(CANTEEN, MONDAY): 1, (MIDDAY, MONDAY): 0}
    allotted = allot(free, {both: with_all(both), meal: [meal]})
    assert allotted == ([meal], {both: [both._replace(service=MIDDAY)]})


def test_a_midday_that_came_with_a_meal_takes_no_second_place() -> None:
    meal = Cell(1, CANTEEN, MONDAY)
    midday = meal._replace(service=MIDDAY)
    assert share({(MIDDAY, MONDAY): 1}, [meal, midday]) == ([meal, midday], {})


services = st.sampled_from([CANTEEN, MIDDAY, EVENING])
days = st.integers(0, 2).map(lambda days: MONDAY + timedelta(days=days))
wishes_of_all = st.lists(
    st.builds(Cell, st.integers(1, 9), services, days), max_size=20, unique=True
)
places = st.dictionaries(st.tuples(services, days), st.integers(0, 4), max_size=9)


@settings(deadline=None, max_examples=300)
@given(places, wishes_of_all)
def test_whatever_is_wished_for(free: dict[tuple[int, date], int], wishes: list[Cell]) -> None:
    """Nobody is forgotten, no place is given twice, nobody waits for what is free."""
    allotted = share(free, wishes)
    taken = Counter((cell.service, cell.day) for cell in had(allotted))
    assert sorted([*allotted.given, *allotted.waiting]) == sorted(wishes)
    assert all(taken[at] <= count for at, count in free.items())
    for wish, lacking in allotted.waiting.items():
        assert lacking
        assert set(lacking) <= set(with_all(wish))
        assert all(taken[cell.service, cell.day] == free[cell.service, cell.day]
                   for cell in lacking)  # fmt: skip
    meals = [cell for cell in had(allotted) if cell.service == CANTEEN]
    assert {cell._replace(service=MIDDAY) for cell in meals} <= had(allotted)


@settings(deadline=None, max_examples=200)
@given(places, wishes_of_all, st.integers(0, 20))
def test_who_comes_later_takes_nothing_from_who_came_before(
    free: dict[tuple[int, date], int], wishes: list[Cell], count: int
) -> None:
    earlier = share(free, wishes[:count])
    assert share(free, wishes).given[: len(earlier.given)] == earlier.given


@settings(deadline=None, max_examples=200)
@given(places, wishes_of_all)
def test_a_place_that_comes_free_goes_to_the_first_whom_it_helps(
    free: dict[tuple[int, date], int], wishes: list[Cell]
) -> None:
    """Until then the places that are left help nobody."""
    allotted = share(free, wishes)
    taken = Counter((cell.service, cell.day) for cell in had(allotted))
    left = {at: count - taken[at] for at, count in free.items()}
    missing = {
        wish: [cell for cell in with_all(wish) if cell not in had(allotted)]
        for wish in allotted.waiting
    }
    assert allot(left, missing).given == []
    for first in list(missing)[:1]:
        more = left | {(cell.service, cell.day): 1 for cell in missing[first]}
        assert allot(more, missing).given[0] == first
