"""A page of a long list, by statements that look at no more than they must; or all of it.

What is listed has a key, which says its place, and a number, which says whose place comes first:
statements find numbers, and whoever has the list reads what it shows of some of them (`Read`).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, time
from operator import itemgetter
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Select, bindparam, func, select

from app import db, spreadsheets
from app.db import UtcDateTime
from app.formats import town_zone
from app.paging import Page, page_number
from app.services.refusals import Reason, Refusal
from app.services.town_hall.family_lines import SIZE

# What is counted of a list, and what a file holds: more of them take long.
MOST = 1_000
MOST_IN_A_FILE = 20_000
# What a file reads at once.
AT_A_TIME = 500
TOO_MANY = (
    f"Plus de {MOST_IN_A_FILE} lignes ne tiennent pas dans un fichier. Filtrez d’abord, par jour "
    "par exemple."
)

Item = TypeVar("Item")
Line = TypeVar("Line", bound=Sequence[Any])
# Some of what is listed, by their numbers, in that order; what is gone meanwhile is left out.
Read = Callable[[Sequence[int]], Sequence[Item]]
Cells = Callable[[Item], Sequence[str | int]]


class LongList(NamedTuple):
    """What is asked of rows of which each has a key and a number."""

    counted: Select[int]
    few: Select[Any, int]
    many: Select[Any, int]
    ordered: Select[Any, int]
    backwards: bool
    # Whether most rows are what is asked for: met in order, even when they are few.
    by_index: bool = False
    too_many: str = TOO_MANY


def of(
    found: Select[Any, int], *, backwards: bool = True, many: Select[Any, int] | None = None
) -> LongList:
    """Make its statements of one that selects the key and the number of all that are meant.

    `many` is the same in the order that an index has, where none has the order that is asked for.
    """
    ordered = _some(in_order(found, backwards=backwards))
    return LongList(
        count(found),
        found.limit(MOST),
        ordered if many is None else _some(many),
        ordered,
        backwards,
    )


def count(found: Select[*tuple[Any, ...]]) -> Select[int]:
    """Count what a statement selects, no further than a list is counted."""
    return select(func.count()).select_from(found.limit(MOST + 1).subquery())


def in_order(found: Select[Any, int], *, backwards: bool) -> Select[Any, int]:
    """Sort what a statement selects, by the key and then by the number."""
    columns = found.selected_columns
    return found.order_by(*(each.desc() if backwards else each for each in columns))


def _some(ordered: Select[Any, int]) -> Select[Any, int]:
    return ordered.limit(bindparam("most")).offset(bindparam("start"))


def page(asked: LongList, read: Read[Item], asked_page: str, **values: Any) -> Page[Item]:
    """Read a page."""
    [(counted,)] = db.rows(asked.counted, **values)
    total = min(counted, MOST)
    number = page_number(asked_page, total, SIZE)
    start = (number - 1) * SIZE
    if counted > MOST or asked.by_index:
        found = list(db.rows(asked.many, **values, most=SIZE, start=start))
    else:
        # Few among many: the database would look at all to meet them in order.
        unsorted = db.rows(asked.few, **values)
        placed = sorted(unsorted, key=itemgetter(0, 1), reverse=asked.backwards)
        found = placed[start : start + SIZE]
    items = read([row[1] for row in found]) if found else []
    return Page(items, number, total, SIZE, more=counted > total)


def table(
    asked: LongList, headings: Sequence[str], read: Read[Item], cells: Cells[Item], **values: Any
) -> bytes:
    """Write all, for a spreadsheet. Raises Refusal when they are too many."""
    found = db.rows(asked.ordered, **values, most=MOST_IN_A_FILE + 1, start=0)
    if len(found) > MOST_IN_A_FILE:
        raise Refusal(Reason.TOO_MANY, asked.too_many)
    return spreadsheets.table(headings, map(cells, _read_all([row[1] for row in found], read)))


def _read_all(numbers: Sequence[int], read: Read[Item]) -> Iterator[Item]:
    for start in range(0, len(numbers), AT_A_TIME):
        yield from read(numbers[start : start + AT_A_TIME])


def known(numbers: Iterable[int], rows: Sequence[Line]) -> list[Line]:
    """Put rows, whose first column is their number, in the order of the numbers."""
    found = {row[0]: row for row in rows}
    return [found[each] for each in numbers if each in found]


def moment(name: str) -> Any:
    """Name a moment that a statement is asked with."""
    return bindparam(name, type_=UtcDateTime)


def midnight(day: str) -> datetime:
    """Say when a day begins in the town, as filters write days."""
    return datetime.combine(date.fromisoformat(day), time.min, town_zone())
