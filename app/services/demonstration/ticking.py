"""A parent of the demonstration ticks a week, at an hour that has passed."""

from collections.abc import Callable
from datetime import date, datetime
from typing import NamedTuple

from app.services.bookings import drawing, reading, saving
from app.services.bookings.weeks import both_ends
from app.services.bookings.wishes import Boxes
from app.services.demonstration.parents import account_of, at_that_hour

CANTEEN, MORNING, EVENING = "Cantine", "Garderie du matin", "Garderie du soir"


class Box(NamedTuple):
    """What a parent sees of a box."""

    child: str
    service: str
    day: date
    is_ticked: bool


def save(
    identifier: str,
    at: datetime,
    monday: date,
    wanted: Callable[[Box], bool],
    *,
    takes_late: bool = False,
) -> None:
    """Tick a week as its page was at that hour; what is past its limit only by who takes that."""
    account, ends = account_of(identifier), both_ends(monday)
    drawn = drawing.Drawing(reading.known(account.family_id, *ends), monday, at, None).week()
    boxes = {
        line: Box(each.child.first_name, line.service, day.day, line.ticked)
        for day in drawn.days
        for each in day.children
        for line in each.lines
        if line.name and (takes_late or not line.is_late)
    }
    ticked = frozenset(line.name for line, box in boxes.items() if wanted(box))
    if ticked == frozenset(line.name for line in boxes if line.ticked):
        return
    seen = {line.name: line.version for line in boxes}
    late = frozenset(line.name for line in boxes if line.is_late) & ticked
    with at_that_hour(at):
        saving.save(account, ends, Boxes(seen, ticked, late=late), f"demonstration {at}", at)
