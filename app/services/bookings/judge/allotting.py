"""Who gets a place: the rule alone, for what a family saves and for those who wait."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import date
from typing import Generic, NamedTuple, TypeVar

from app.services.bookings.judge.worlds import Cell

K = TypeVar("K", bound=Hashable)
W = TypeVar("W", bound=Hashable)


class Allotted(NamedTuple, Generic[W]):
    """Both in the order in which they were wished for."""

    given: list[W]
    # Each with the cells for which there is no place.
    waiting: dict[W, list[Cell]]


def of_all(cell: Cell) -> tuple[int, date]:
    """Name the places of a service on a day, where all children have the same."""
    return cell.service, cell.day


def allot(
    free: Mapping[K, int],
    wishes: Mapping[W, Sequence[Cell]],
    places: Callable[[Cell], K] = of_all,  # type: ignore[assignment]
) -> Allotted[W]:
    """Give each wish all of its cells, or none, first come first served.

    `places` names those that a cell counts in; what `free` does not name has places for everybody.
    A cell that an earlier wish got takes no second place. Whoever waits for one of several takes
    none of the others.
    """
    left = dict(free)
    had: set[Cell] = set()
    allotted: Allotted[W] = Allotted([], {})
    for wish, cells in wishes.items():
        wanted = {cell for cell in cells if places(cell) in left} - had
        lacking = sorted(cell for cell in wanted if left[places(cell)] < 1)
        if lacking:
            allotted.waiting[wish] = lacking
            continue
        allotted.given.append(wish)
        had |= wanted
        for cell in wanted:
            left[places(cell)] -= 1
    return allotted
