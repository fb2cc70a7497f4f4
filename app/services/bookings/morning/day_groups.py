"""The list of a service by group: how many come of each, and those of one alone."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from app.models import BookingState
from app.services.bookings.judge.grouping import IN_NO_GROUP
from app.services.bookings.morning.day_list import DayList


class Part(NamedTuple):
    """A group that has places of its own; without a name, those who are in none."""

    name: str
    coming: int

    @property
    def title(self) -> str:
        """Name it, as a heading does."""
        return self.name or IN_NO_GROUP


def parts(found: DayList) -> list[Part]:
    """Count who comes of each group; nothing where the list knows of none."""
    names = {line.group for line in found.lines}
    if names <= {""}:
        return []
    coming = Counter(line.group for line in found.lines if line.state is BookingState.BOOKED)
    return [Part(name, coming[name]) for name in sorted(names, key=lambda name: (not name, name))]


def of_part(found: DayList, name: str) -> DayList:
    """Keep those of one group."""
    return replace(found, lines=[line for line in found.lines if line.group == name])


def sections(found: DayList, told: Sequence[Part]) -> list[tuple[Part | None, DayList]]:
    """Part a list by group; whole where there are none."""
    if not told:
        return [(None, found)]
    return [(each, of_part(found, each.name)) for each in told]
