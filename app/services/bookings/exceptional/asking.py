"""A place past the limit, asked for from its box: that day, and those of its week alike."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from app.calendar import ONE_DAY
from app.formats import day_in_full
from app.services.bookings import prices, reading, weeks
from app.services.bookings.judge import sentences
from app.services.bookings.judge.cases import Case
from app.services.bookings.judge.judging import judge
from app.services.bookings.judge.verdicts import Act, RemedyKind
from app.services.bookings.judge.worlds import Cell
from app.services.bookings.reading import Known, OfChild
from app.services.bookings.wishes import cell_of, day_of, name_of
from app.services.refusals import Refusal


class Askable(NamedTuple):
    """A box that the town hall may be asked for."""

    name: str
    # Cantine, lundi 30 novembre 2026.
    words: str
    # What it costs past the limit, where that is another price: 6,30 € au lieu de 4,20 €.
    price: str


class Askables(NamedTuple):
    """What may be asked for a child in a week."""

    child: OfChild
    boxes: Sequence[Askable]


def beside(family_id: int, name: str) -> Askables | None:
    """List what may be asked for in the week of a box, itself among it.

    None where that box cannot be: it is none of the family's, or booked or over by now.
    """
    day = day_of(name)
    if not weeks.is_near(day):
        return None
    monday = day - day.weekday() * ONE_DAY
    known = prices.priced(reading.known(family_id, *weeks.both_ends(monday)))
    try:
        asked = cell_of(known, name)
    except Refusal:
        return None
    now = datetime.now(UTC)
    cells = [
        cell
        for day in reading.days_between(known.first, known.last)
        for service in known.town.services
        if _may_ask(known, cell := Cell(asked.child, service, day), now)
    ]
    if asked not in cells:
        return None
    # What comes along with another need not be asked for too.
    along = {other for cell in cells for other in known.along(cell)} - {asked}
    boxes = [
        Askable(name_of(known, cell), words(known, cell), price(known, cell, now))
        for cell in cells
        if cell not in along
    ]
    return Askables(known.children[asked.child], boxes)


def words(known: Known, cell: Cell) -> str:
    """Name a box to people: its child is known."""
    return f"{known.town.services[cell.service].name}, {day_in_full(cell.day)}"


def price(known: Known, cell: Cell, now: datetime) -> str:
    """Write what a place past the limit costs; nothing where that is no other price, or unsaid."""
    case = Case(Act.GRANT, cell, known.world, now)
    late, normal = case.price, case.of(Act.BOOK).price
    return "" if late == normal else sentences.late_price(late, normal)


def _may_ask(known: Known, cell: Cell, now: datetime) -> bool:
    """Tell whether its line in the week leads to this."""
    if not known.may_have_box(cell):
        return False
    remedy = judge(Act.BOOK, cell, known.world, now).remedy
    return remedy is not None and remedy.kind is RemedyKind.REQUEST_PLACE
