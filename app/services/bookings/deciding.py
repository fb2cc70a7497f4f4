"""What a family asks for, decided: each wish is granted whole, waits, or is refused with why.

The same for the page that sums up and for what is saved: only the places may differ.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from app import formats
from app.booking_kinds import BookingState
from app.services.bookings.judge.allotting import allot
from app.services.bookings.judge.judging import judge
from app.services.bookings.judge.verdicts import BOOKING, GIVING_BACK, Act, RemedyKind, Verdict
from app.services.bookings.judge.worlds import Cell, Held, World
from app.services.bookings.places import Pool
from app.services.bookings.reading import Known
from app.services.bookings.wishes import Wish

# What becomes of a day on which nobody comes: an absence keeps its place.
GIVING_UP = {
    Act.CANCEL: BookingState.CANCELLED,
    Act.WITHDRAW: BookingState.CANCELLED,
    Act.DECLARE_ABSENCE: BookingState.ABSENT,
}


class Decided(NamedTuple):
    """What becomes of a wish."""

    wish: Wish
    # None when it is refused.
    state: BookingState | None
    # What the judge says of it.
    sentence: str
    child: str
    service: str
    # The services that come or go with it.
    along: tuple[str, ...]
    # What it costs, or cost, as far as the town says.
    price: Decimal | None = None
    # What of it is booked past its limit.
    late: frozenset[Cell] = frozenset()
    # The town hall gives a place that is not there.
    is_one_more: bool = False

    @property
    def day(self) -> date:
        """Return its day."""
        return self.wish.cell.day

    @property
    def whole_sentence(self) -> str:
        """Write Lundi 30 novembre, Zoé, Cantine : Complet."""
        day = formats.day_and_month(self.day).capitalize()
        return f"{day}, {self.child}, {self.service}{formats.NBSP}: {self.sentence}"


def decide(known: Known, wishes: Sequence[Wish], asked_at: datetime) -> list[Decided]:
    """Judge all of them together, then share out what is left, in the order of the wishes.

    Whoever does not come gives the day back while that is possible.
    """
    wishes = [_cheapest(known, wish, wishes, asked_at) for wish in wishes]
    roomy = replace(known.world, rooms={}, held=_as_if_had(known))
    verdicts = _stable(roomy, wishes, asked_at)
    standing = [wish for wish in wishes if verdicts[wish].ok]
    booking = [wish for wish in standing if wish.act in BOOKING]
    back = _given_back(known, standing)
    free = {known.pool(cell): _left(known, cell, back) for cell in known.world.rooms}
    wanted = {wish: _needing_room(known, wish) for wish in booking}
    allotted = allot(free, wanted, known.pool)
    # Who waits for something has not what needs it either.
    sure = [wish for wish in standing if wish not in allotted.waiting]
    verdicts |= _stable(roomy, sure, asked_at)
    for wish, lacking in allotted.waiting.items():
        rooms = {cell: known.world.rooms[cell]._replace(left=0) for cell in lacking}
        without = replace(known.world, rooms=rooms)
        verdicts[wish] = judge(wish.act, wish.cell, without, asked_at)
    return [_decided(known, wish, verdicts[wish]) for wish in wishes]


def places_left(known: Known, cells: Iterable[Cell]) -> int | None:
    """Count what is left of what is least; None for as many as come.

    Where this family has a place, it takes none.
    """
    rooms = known.world.rooms
    left = (rooms[each].left for each in cells if each in rooms and not known.holds(each))
    return min(left, default=None)


def _as_if_had(known: Known) -> dict[Cell, Held]:
    """Show what waits as booked to what it brings: that is not given away meanwhile."""
    held = dict(known.world.held)
    for cell, each in known.world.held.items():
        if each.state is BookingState.WAITING and known.along(cell):
            held[cell] = each._replace(state=BookingState.BOOKED)
    return held


def _stable(world: World, wishes: Sequence[Wish], asked_at: datetime) -> dict[Wish, Verdict]:
    """Judge until nothing that stands hangs on what is refused."""
    verdicts: dict[Wish, Verdict] = {}
    standing, before = list(wishes), -1
    while len(standing) != before:
        before = len(standing)
        acting = replace(
            world,
            added=frozenset(wish.cell for wish in standing if wish.act in BOOKING),
            removed=frozenset(wish.cell for wish in standing if wish.act in GIVING_UP),
        )
        verdicts |= {wish: judge(wish.act, wish.cell, acting, asked_at) for wish in standing}
        standing = [wish for wish in standing if verdicts[wish].ok]
    return verdicts


def _cheapest(known: Known, wish: Wish, wishes: Sequence[Wish], asked_at: datetime) -> Wish:
    if wish.act is not Act.DECLARE_ABSENCE:
        return wish
    world = known.world.without([each.cell for each in wishes])
    is_in_time = judge(Act.CANCEL, wish.cell, world, asked_at).ok
    return replace(wish, act=Act.CANCEL) if is_in_time else wish


def _needing_room(known: Known, wish: Wish) -> list[Cell]:
    """List what takes a place: whoever comes after all, or was offered one, has theirs.

    Where none is left, what the town hall gives is one more.
    """
    if wish.act is Act.GRANT:
        return []
    return [cell for cell in wish.cells if not known.holds(cell)]


def _left(known: Known, cell: Cell, given_back: Counter[Pool]) -> int:
    """Count what is left of a day, and what this family gives back of it if nobody waits.

    What is left though some wait is what they cannot have: they lack what goes along with it.
    """
    room = known.world.rooms[cell]
    return room.left if room.waiting else room.left + given_back[known.pool(cell)]


def _given_back(known: Known, standing: Sequence[Wish]) -> Counter[Pool]:
    """Count the places that this family gives back."""
    cells = {
        each
        for wish in standing
        if wish.act in GIVING_BACK
        for each in wish.cells
        if known.holds(each)
    }
    return Counter(map(known.pool, cells))


def _decided(known: Known, wish: Wish, verdict: Verdict) -> Decided:
    if wish.act in GIVING_UP:
        state = GIVING_UP[wish.act] if verdict.ok else None
    elif verdict.ok:
        state = BookingState.BOOKED
    else:
        waits = verdict.remedy is not None and verdict.remedy.kind is RemedyKind.WAIT
        state = BookingState.WAITING if waits else None
    return Decided(
        wish=wish,
        state=state,
        sentence=verdict.sentence,
        child=known.children[wish.cell.child].first_name,
        service=known.town.services[wish.cell.service].name,
        along=tuple(known.town.services[cell.service].name for cell in wish.along),
        price=verdict.price,
        late=verdict.late,
        is_one_more=verdict.ok and wish.act is Act.GRANT and places_left(known, wish.cells) == 0,
    )
