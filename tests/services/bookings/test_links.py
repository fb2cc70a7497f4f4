"""What services say of each other, and what they cannot say."""

import pytest

from app.booking_kinds import BookingOrigin, BookingState, LinkKind
from app.services.bookings.judge.links import Link, Links
from app.services.bookings.judge.worlds import Cell, Held, World
from app.services.refusals import Refusal
from tests.support.booking_worlds import MONDAY

BRINGS, NEEDS, EXCLUDES = LinkKind.BRINGS, LinkKind.NEEDS, LinkKind.EXCLUDES
LINKED = Held(BookingState.BOOKED, BookingOrigin.LINKED)
WAITING = Held(BookingState.WAITING, BookingOrigin.LINKED)


def test_what_is_brought_brings_its_own() -> None:
    links = Links((Link(1, 2, BRINGS), Link(2, 3, BRINGS), Link(4, 3, BRINGS)))
    assert links.brought_by(1) == {2, 3}
    assert links.brought_by(3) == set()
    assert links.bringing(3) == {1, 2, 4}


def test_who_needs_whom() -> None:
    links = Links((Link(1, 2, NEEDS), Link(3, 2, NEEDS)))
    assert links.needed_by(1) == {2}
    assert links.needing(2) == {1, 3}


def test_an_exclusion_is_said_once_for_both() -> None:
    links = Links((Link(1, 2, EXCLUDES),))
    assert [links.excluded_by(each) for each in (1, 2)] == [{2}, {1}]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ([(1, 1, BRINGS)], "un service ne peut pas s’entraîner lui-même"),
        ([(1, 2, BRINGS), (2, 3, BRINGS), (3, 1, BRINGS)], "s’entraîner lui-même"),
        ([(1, 2, NEEDS), (2, 1, NEEDS)], "un service ne peut pas se demander lui-même"),
        ([(1, 1, EXCLUDES)], "exclure ce qu’il entraîne ou demande"),
        ([(1, 2, BRINGS), (2, 3, BRINGS), (1, 3, EXCLUDES)], "exclure ce qu’il entraîne"),
        ([(1, 2, NEEDS), (2, 1, EXCLUDES)], "exclure ce qu’il entraîne ou demande"),
        # Who books the first would get two that exclude each other.
        ([(1, 2, BRINGS), (1, 3, BRINGS), (2, 3, EXCLUDES)], "exclure ce qu’il entraîne"),
    ],
)
def test_what_nobody_could_book_is_refused(
    said: list[tuple[int, int, LinkKind]], words: str
) -> None:
    with pytest.raises(Refusal, match=words):
        Links(tuple(Link(*each) for each in said))


def test_a_midday_may_need_the_meal_that_brings_it() -> None:
    """Nobody takes the hour alone, and nobody the meal without it."""
    links = Links((Link(1, 2, BRINGS), Link(2, 1, NEEDS)))
    assert links.brought_by(1) == links.needing(1) == {2}


@pytest.mark.parametrize(
    ("held", "going"),
    [
        ({1: LINKED, 2: LINKED, 3: LINKED}, [1, 2, 3]),
        # Booked for itself, it stays, and keeps what it brings.
        ({1: LINKED, 2: Held(BookingState.BOOKED), 3: LINKED}, [1]),
        # Another meal still brings it.
        ({1: LINKED, 2: LINKED, 3: LINKED, 4: Held(BookingState.BOOKED)}, [1, 2]),
        ({1: LINKED, 2: Held(BookingState.CANCELLED, BookingOrigin.LINKED)}, [1]),
        # Both wait for a place; so does another that brings it.
        ({1: WAITING, 2: WAITING}, [1, 2]),
        ({1: LINKED, 3: LINKED, 4: Held(BookingState.WAITING)}, [1]),
    ],
)
def test_what_came_with_it_alone_goes_with_it(held: dict[int, Held], going: list[int]) -> None:
    links = Links((Link(1, 2, BRINGS), Link(2, 3, BRINGS), Link(4, 3, BRINGS)))
    cells = {Cell(1, service, MONDAY): each for service, each in held.items()}
    world = World({}, {}, {}, links, held=cells)
    assert [cell.service for cell in world.to_cancel(Cell(1, 1, MONDAY))] == going


def test_what_is_there_already_is_not_booked_again() -> None:
    links = Links((Link(1, 2, BRINGS), Link(1, 3, BRINGS)))
    world = World({}, {}, {}, links, held={Cell(1, 2, MONDAY): Held(BookingState.BOOKED)})
    assert [cell.service for cell in world.to_book(Cell(1, 1, MONDAY))] == [1, 3]
