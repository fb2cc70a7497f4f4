"""Children whose day is the same: siblings mostly come to the same, and a page judges it once.

What a verdict asks of the service, of the hour and of the town is the same for all children of a
family. All else that a line is made of is told here, child by child and day by day.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from datetime import date
from typing import Any

from app.services.bookings.judge.worlds import Cell, Enrolled
from app.services.bookings.reading import Known


class SameDays:
    """What stands in a family's days, by which two of them are compared."""

    def __init__(self, known: Known) -> None:
        """Sort by child and day what was read by the box."""
        self._days: dict[tuple[int, date], list[Hashable]] = defaultdict(list)
        world = known.world
        for cell, booked in known.booked.items():
            # Neither its number nor how often it was changed says what may be done to it.
            is_ours = booked.family_id == known.family_id
            what = booked.state, booked.origin, booked.late, booked.rank
            more = booked.offer_until, booked.group_id, booked.message
            self._add(cell, (is_ours, *what, *more))
        of_cells: Iterable[Mapping[Cell, Hashable]] = world.rooms, world.prices, world.closed
        for place, each in enumerate(of_cells):
            for cell, stands in each.items():
                self._add(cell, (place, stands))
        for child, day in world.days_elsewhere:
            self._days[child, day].append(False)
        for child, day in world.days_left:
            self._days[child, day].append(True)
        self._enrolled = _enrolled(known)

    def of(self, child: int, day: date) -> Hashable:
        """Return what a child's day is compared by with the same day of another child."""
        stands = self._days.get((child, day))
        return day, self._enrolled.get(child), tuple(stands) if stands else ()

    def _add(self, cell: Cell, stands: tuple[Any, ...]) -> None:
        child, service, day = cell
        self._days[child, day].append((service, stands))


def _enrolled(known: Known) -> dict[int, Hashable]:
    """Tell where each child may come; who may not on all of the days is like nobody else.

    The judge calls that child by its name.
    """
    found: dict[int, tuple[int, ...] | str] = {}
    for (child, service), spans in known.world.enrolments.items():
        so_far = found.get(child, ())
        if isinstance(so_far, str) or not _covers(spans, known.first, known.last):
            found[child] = known.children[child].public_id
        else:
            found[child] = (*so_far, service)
    return dict(found)


def _covers(spans: Iterable[Enrolled], first: date, last: date) -> bool:
    return any(each.covers(first) and each.covers(last) for each in spans)
