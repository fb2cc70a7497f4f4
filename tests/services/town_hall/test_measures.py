"""A share, a middle: right for none, for one, for all; silent about few."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from app.services.town_hall.measures import (
    FEW,
    middle,
    middle_of_many,
    percent,
    percent_of_many,
)

PARTS = st.integers(1, 10_000).flatmap(
    lambda whole: st.tuples(st.integers(0, whole), st.just(whole))
)


@given(PARTS)
def test_all_is_said_of_all_and_none_of_none(counted: tuple[int, int]) -> None:
    part, whole = counted
    share = percent(part, whole)
    assert share is not None
    assert (share == 0) is (part == 0)
    assert (share == 100) is (part == whole)
    assert abs(share - part * 100 / whole) <= 0.5 or share in {1, 99}


def test_a_share_is_told_to_the_nearest() -> None:
    assert [percent(part, 16) for part in (0, 1, 11, 15, 16)] == [0, 6, 69, 94, 100]
    assert percent(46, 271) == 17
    assert (percent(1, 1000), percent(999, 1000)) == (1, 99)


@given(PARTS)
def test_a_share_of_few_is_not_told(counted: tuple[int, int]) -> None:
    part, whole = counted
    assert percent_of_many(part, whole) == (percent(part, whole) if whole >= FEW else None)


def test_of_nothing_there_is_no_share() -> None:
    assert percent(0, 0) is None
    assert percent_of_many(0, 0) is None


@given(st.lists(st.integers(0, 400)))
def test_half_are_on_each_side_of_the_middle(values: list[int]) -> None:
    found = middle(values)
    assert (found is None) is (not values)
    if found is not None:
        assert 2 * sum(each < found for each in values) <= len(values)
        assert 2 * sum(each > found for each in values) <= len(values)
        assert found * 2 == int(found * 2)
    assert middle_of_many(values) == (found if len(values) >= FEW else None)


def test_the_middle_of_one_and_of_two() -> None:
    assert middle([3]) == 3
    assert middle([4, 3]) == Decimal("3.5")
