"""What a family is about to save, told before it is: added, given back, waited for, impossible."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from app.booking_kinds import BookingState
from app.formats import NBSP, day_and_month
from app.services.bookings import deciding, prices, reading, weeks
from app.services.bookings.deciding import Decided
from app.services.bookings.reading import Known
from app.services.bookings.standing import Booked
from app.services.bookings.wishes import Boxes, cell_of, changed_since, name_of, wishes
from app.services.bookings.words import STATES


class Summary(NamedTuple):
    """What is about to be saved."""

    monday: date
    decided: Sequence[Decided]
    # Boxes with the versions that they stand at now: whoever saves has been told.
    seen: Sequence[tuple[str, int]]
    ticked: Sequence[str]
    # What somebody else changed since the page was drawn.
    changed: Sequence[str]
    # Boxes that are past their limit: whoever saves has read what that costs.
    late: Sequence[str] = ()

    @property
    def title(self) -> str:
        """Write Semaine du 30 novembre 2026."""
        return weeks.title(self.monday)

    @property
    def may_be_saved(self) -> bool:
        """Tell whether anything of it is possible."""
        return any(each.state for each in self.decided)

    @property
    def difference(self) -> Decimal | None:
        """Estimate what it adds to what the family pays; None where the town does not say."""
        signs = {BookingState.BOOKED: 1, BookingState.CANCELLED: -1}
        prices = [
            None if each.price is None else signs[state] * each.price
            for state in signs
            for each in self.of(state)
        ]
        known = [price for price in prices if price is not None]
        return sum(known, Decimal(0)) if prices and len(known) == len(prices) else None

    def booked(self, *, late: bool) -> list[Decided]:
        """List what is added past its limit, or what is in time."""
        return [each for each in self.of(BookingState.BOOKED) if bool(each.late) is late]

    def of(self, state: str) -> list[Decided]:
        """List what is added, given back, waited for; or refused, without a state.

        What comes along with one of them is named there, though it was ticked itself.
        """
        found = [each for each in self.decided if (each.state or "") == state]
        along = {cell for each in found for cell in each.wish.along}
        return [each for each in found if each.wish.cell not in along]


def summary(family_id: int, monday: date, boxes: Boxes, asked_at: datetime) -> Summary:
    """Judge what was ticked, saving nothing. Raises Refusal when it changes nothing."""
    return of_days(family_id, weeks.both_ends(monday), boxes, asked_at)


def of_days(family_id: int, days: tuple[date, date], boxes: Boxes, asked_at: datetime) -> Summary:
    """Do so of any days, from the first to the last."""
    known = prices.priced(reading.known(family_id, *days))
    asked = wishes(known, boxes)
    if not asked:
        raise boxes.nothing
    decided = deciding.decide(known, asked, asked_at)
    return Summary(
        monday=days[0],
        decided=decided,
        late=[name_of(known, each.wish.cell) for each in decided if each.late],
        seen=[(name, known.version(cell_of(known, name))) for name in boxes.seen],
        ticked=sorted(boxes.ticked),
        changed=[_changed(known, each) for each in changed_since(known, boxes)],
    )


def _changed(known: Known, booked: Booked) -> str:
    """Say what a day has become, without saying by whom: the history does."""
    child, service = known.children[booked.child_id], known.town.services[booked.service_id]
    day = day_and_month(booked.day).capitalize()
    return f"{day}, {child.first_name}, {service.name}{NBSP}: {STATES[booked.state].lower()}"
