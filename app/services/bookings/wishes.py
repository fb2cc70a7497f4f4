"""What a family ticked and unticked, as the acts that it asks for.

A box is named by a child, a service and a day. Only what was on the page counts: a box that is left
unticked there is a day that is not wanted, one that was not there stays as it is. Where an absence
is declared, a box that is left unticked says nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app.booking_kinds import AbsenceReason
from app.services.bookings.judge.verdicts import Act
from app.services.bookings.judge.worlds import Cell
from app.services.bookings.reading import Known
from app.services.bookings.standing import Booked
from app.services.refusals import Reason, Refusal

# A family of eight, six services, a whole week.
MOST_BOXES = 300
NOT_THERE = (
    "Une case de cette page n’existe plus\u00a0: rien n’est changé. Relisez votre semaine, puis "
    "recommencez."
)
NO_DAY = "Cochez au moins un jour, puis continuez."
NOTHING = "Vous n’avez rien changé\u00a0: cochez ou décochez un jour, puis continuez."


@dataclass(frozen=True, slots=True)
class Wish:
    """A day to book, to cancel or to miss, and what goes with it: all of it, or nothing."""

    act: Act
    cell: Cell
    along: tuple[Cell, ...] = ()

    @property
    def cells(self) -> tuple[Cell, ...]:
        """List all of them, the one that was ticked first."""
        return self.cell, *self.along


@dataclass(frozen=True, slots=True)
class Boxes:
    """What a page showed, each box with the version it stood at, and which ones were ticked."""

    seen: Mapping[str, int]
    ticked: frozenset[str]
    # Why the child does not come on the days that are ticked; None where they are to be booked.
    absent_for: AbsenceReason | None = None
    # Those that the family read are past their limit, and what they cost.
    late: frozenset[str] = frozenset()
    # The town hall ticked them, for the family.
    by_town: bool = False

    def __post_init__(self) -> None:
        """Refuse what no page of ours sends."""
        if len(self.seen) > MOST_BOXES or not self.ticked <= self.seen.keys():
            raise Refusal(Reason.UNFIT, NOT_THERE)

    @property
    def nothing(self) -> Refusal:
        """Say that nothing is asked."""
        return Refusal(Reason.SAME, NO_DAY if self.absent_for else NOTHING)


def name_of(known: Known, cell: Cell) -> str:
    """Name a box, in forms."""
    child, service = known.children[cell.child], known.town.services[cell.service]
    return written(child.public_id, service.slug, cell.day.isoformat())


def written(child: str, slug: str, day: str) -> str:
    """Name a box of whoever has these names."""
    return f"{child}.{slug}.{day}"


def cell_of(known: Known, name: str) -> Cell:
    """Find the box of a name. Raises Refusal for another family's, another day, no name of ours."""
    child, _, rest = name.partition(".")
    slug = rest.rpartition(".")[0]
    cell = Cell(
        next((each.id for each in known.children.values() if each.public_id == child), 0),
        next((each.id for each in known.town.services.values() if each.slug == slug), 0),
        day_of(name),
    )
    if name != (name_of(known, cell) if known.may_have_box(cell) else None):
        raise Refusal(Reason.UNKNOWN, NOT_THERE)
    return cell


def wishes(known: Known, boxes: Boxes) -> list[Wish]:
    """List what is asked, the days to give back first: what they free may be what others need.

    Raises Refusal when a box is not this family's.
    """
    asked = {cell_of(known, name): name in boxes.ticked for name in boxes.seen}
    if boxes.absent_for:
        missed = {cell for cell, ticked in asked.items() if ticked and known.is_live(cell)}
        return list(gives_up(known, missed, Act.DECLARE_ABSENCE))
    wanted = [
        cell
        for cell, ticked in asked.items()
        if ticked and (not known.is_live(cell) or known.world.is_offered(cell))
    ]
    given_back = {cell for cell, ticked in asked.items() if not ticked and known.is_live(cell)}
    book, cancel = (Act.GRANT, Act.WITHDRAW) if boxes.by_town else (Act.BOOK_LATE, Act.CANCEL)
    books = books_of(known, wanted, book)
    # What one waited for, and now comes along with what is booked, is waited for still.
    along = {cell for wish in books for cell in wish.along}
    return [*gives_up(known, given_back - along, cancel), *books]


def changed_since(known: Known, boxes: Boxes) -> list[Booked]:
    """List the days that somebody changed since the page was drawn, and not as it asks now."""
    changed = []
    for name, version in boxes.seen.items():
        cell = cell_of(known, name)
        found = known.booked.get(cell)
        is_wanted, is_live = name in boxes.ticked, known.is_live(cell)
        if boxes.absent_for:
            # Of what is not ticked nothing is asked, and what is ticked is booked no more.
            is_wanted = not is_wanted and is_live
        # What came along is not spoken of twice.
        comes_along = is_live and known.came_along(cell) and known.bringers(cell)
        if found and found.version != version and is_live is not is_wanted and not comes_along:
            changed.append(found)
    return changed


def books_of(known: Known, cells: Sequence[Cell], act: Act = Act.BOOK) -> list[Wish]:
    """Ask for these days, in their order, each with what it brings.

    Only who ticked each of them asks for what is past its limit.
    """
    return [
        Wish(act, cell, tuple(known.world.to_book(cell)[1:]))
        for cell in sorted(cells, key=known.order)
    ]


def gives_up(known: Known, cells: set[Cell], act: Act) -> Iterator[Wish]:
    """Give these days up, in their order, each with what only came along with it."""
    # A box that was there before something brought its day says nothing of it.
    gone = {cell for cell in cells if not known.came_along(cell) or not known.bringers(cell, cells)}
    for cell in sorted(gone, key=known.order):
        along = [each for each in known.along(cell) if known.only_came_along(each, gone)]
        gone.update(along)
        yield Wish(act, cell, tuple(along))


def day_of(name: str) -> date:
    """Read the day of a box; the first of all for no name of ours."""
    try:
        return date.fromisoformat(name.rpartition(".")[2])
    except ValueError:
        return date.min
