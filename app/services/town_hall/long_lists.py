"""A page of a long list, the latest first, by statements that look at no more than they must."""

from datetime import datetime
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, func, select

from app import db
from app.db import UtcDateTime
from app.paging import Page, page_number
from app.services.town_hall.family_lines import SIZE

# What is counted of a list: more of them take long.
MOST = 1_000


class LongList(NamedTuple):
    """What is asked of rows of which each has a moment and a number."""

    counted: Select[int]
    few: Select[datetime, int]
    latest: Select[datetime, int]


def of(found: Select[datetime, int]) -> LongList:
    """Make its statements of one that selects the moment and the number of all that are meant."""
    moment, number = found.selected_columns
    some = found.order_by(moment.desc(), number.desc())
    return LongList(
        select(func.count()).select_from(found.limit(MOST + 1).subquery()),
        found.limit(MOST),
        some.limit(bindparam("most")).offset(bindparam("start")),
    )


def page(asked: LongList, asked_page: str, **values: Any) -> Page[int]:
    """Read the numbers of a page."""
    [(count,)] = db.rows(asked.counted, **values)
    total = min(count, MOST)
    number = page_number(asked_page, total, SIZE)
    start = (number - 1) * SIZE
    if count > MOST:
        found = list(db.rows(asked.latest, **values, most=SIZE, start=start))
    else:
        # Few among many: the database would look at all to meet them in order.
        unsorted = db.rows(asked.few, **values)
        found = sorted(unsorted, key=itemgetter(0, 1), reverse=True)[start : start + SIZE]
    return Page([row[1] for row in found], number, total, SIZE, more=count > total)


def moment(name: str) -> Any:
    """Name a moment that a statement is asked with."""
    return bindparam(name, type_=UtcDateTime)
