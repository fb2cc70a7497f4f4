"""How many children come on a day: what whoever cooks asks first."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from app.booking_kinds import BookingState

if TYPE_CHECKING:
    from app.services.bookings.morning.day_list import Line


class Heads(NamedTuple):
    """How many come to a service, from each school, and of each group."""

    slug: str
    service: str
    coming: int
    absent: int
    by_school: Sequence[tuple[str, int]]
    # Nothing where the service has no groups.
    by_group: Sequence[tuple[str, int]]


def of(lines: Sequence["Line"]) -> list[Heads]:
    """Count them, service by service."""
    found = []
    for slug in dict.fromkeys(line.slug for line in lines):
        theirs = [line for line in lines if line.slug == slug]
        coming = [line for line in theirs if line.state is BookingState.BOOKED]
        absent = sum(line.state is BookingState.ABSENT for line in theirs)
        schools = Counter(line.school for line in coming)
        groups = (
            Counter(line.group for line in coming) if any(each.group for each in theirs) else {}
        )
        found.append(
            Heads(
                slug, theirs[0].service, len(coming), absent,
                list(schools.items()), sorted(groups.items(), key=_last_without_name),
            )
        )  # fmt: skip
    return found


def _last_without_name(counted: tuple[str, int]) -> tuple[bool, str]:
    name, _ = counted
    return not name, name
