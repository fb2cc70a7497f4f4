"""A page of a long list, by statements that look at no more than they must; or all of it.

What is listed has a key, which says its place, and a number, which says whose place comes first.
"""

from collections.abc import Sequence
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, func, select

from app import db
from app.db import UtcDateTime
from app.paging import Page, page_number
from app.services.refusals import Reason, Refusal
from app.services.town_hall.family_lines import SIZE

# What is counted of a list, and what a file holds: more of them take long.
MOST = 1_000
MOST_IN_A_FILE = 20_000
TOO_MANY = (
    f"Plus de {MOST_IN_A_FILE} lignes ne tiennent pas dans un fichier. Filtrez d’abord, par jour "
    "par exemple."
)


class LongList(NamedTuple):
    """What is asked of rows of which each has a key and a number."""

    counted: Select[int]
    few: Select[Any, int]
    many: Select[Any, int]
    ordered: Select[Any, int]
    backwards: bool


def of(
    found: Select[Any, int], *, backwards: bool = True, many: Select[Any, int] | None = None
) -> LongList:
    """Make its statements of one that selects the key and the number of all that are meant.

    `many` is the same in the order that an index has, where none has the order that is asked for.
    """
    ordered = _some(in_order(found, backwards=backwards))
    return LongList(
        select(func.count()).select_from(found.limit(MOST + 1).subquery()),
        found.limit(MOST),
        ordered if many is None else _some(many),
        ordered,
        backwards,
    )


def in_order(found: Select[Any, int], *, backwards: bool) -> Select[Any, int]:
    """Sort what a statement selects, by the key and then by the number."""
    columns = found.selected_columns
    return found.order_by(*(each.desc() if backwards else each for each in columns))


def _some(ordered: Select[Any, int]) -> Select[Any, int]:
    return ordered.limit(bindparam("most")).offset(bindparam("start"))


def page(asked: LongList, asked_page: str, **values: Any) -> Page[int]:
    """Read the numbers of a page."""
    [(count,)] = db.rows(asked.counted, **values)
    total = min(count, MOST)
    number = page_number(asked_page, total, SIZE)
    start = (number - 1) * SIZE
    if count > MOST:
        found = list(db.rows(asked.many, **values, most=SIZE, start=start))
    else:
        # Few among many: the database would look at all to meet them in order.
        unsorted = db.rows(asked.few, **values)
        placed = sorted(unsorted, key=itemgetter(0, 1), reverse=asked.backwards)
        found = placed[start : start + SIZE]
    return Page([row[1] for row in found], number, total, SIZE, more=count > total)


def whole(asked: LongList, **values: Any) -> Sequence[int]:
    """Read the numbers of all, for a file. Raises Refusal when they are too many."""
    found = db.rows(asked.ordered, **values, most=MOST_IN_A_FILE + 1, start=0)
    if len(found) > MOST_IN_A_FILE:
        raise Refusal(Reason.TOO_MANY, TOO_MANY)
    return [row[1] for row in found]


def moment(name: str) -> Any:
    """Name a moment that a statement is asked with."""
    return bindparam(name, type_=UtcDateTime)
