"""The one list of the town hall: what its address asks, and the addresses that it leads to.

A view says its columns and its filters, reads what the address asks of them, has a service find
the page, and gives both to its template; `listed` of components/list.html draws all but the cells:

    listing = lists.read(COLUMNS, FILTERS, usual="nom", download="town_hall.families_file")
    page = service.listed(listing.asked)

    {% call(each) listed(listing, page, "Familles", "Aucune famille.", "Un import en crée.") %}
      <td data-label="N°">{{ each.number }}</td>
    {% endcall %}

Filters and order stand in the address, so that a filtered list is an address to keep. A service
never meets a value that no choice has, nor a column that nothing sorts by.

With `acts`, rows have a tick, of the attribute `tick` of a row, and « Tout sélectionner » stands
for all that the filters find, however many. Each act is a POST view of its own, which reads the
same list, then its `selection`. One that shows first what it would do leads to a page whose
address says `chosen(selection)`; that page reads it with `selection` too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, NamedTuple

from flask import request

from app.paging import Asked, Page, Selection
from app.typed_text import one_line
from app.web import assets
from app.web.clerk_access import may_open

SORT, PAGE = "tri", "page"
# One of each ticked row; the one that stands for all.
TICK, EVERYTHING = "choix", "tout"
LONGEST = 100
MOST_TICKS = 500
LARGEST_ID = 2**31


class Column(NamedTuple):
    """A column; with a `key` it may be sorted by, and the address says so by that word."""

    heading: str
    key: str = ""
    # "number" stands to the right.
    kind: str = ""
    # Whether only few rows are sorted by it: no index has its order.
    few: bool = False


class Filter(NamedTuple):
    """What narrows a list: one of some choices (value, words), or words that are typed."""

    name: str
    label: str
    choices: Sequence[tuple[str, str]] | None = None
    # What choosing none of them reads.
    none: str = "Toutes"
    # What is typed: "search" for words, "date" for a day.
    kind: str = "search"


class Act(NamedTuple):
    """What may be done to the rows that are chosen."""

    words: str
    endpoint: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A list as its address asks for it."""

    columns: Sequence[Column]
    filters: Sequence[Filter]
    asked: Asked
    # The order that no address needs to ask for.
    usual: str
    # The endpoint of the same as a file; empty for whoever has no right to it.
    download: str
    # What of its address is no filter: which of several lists it is.
    kept: Mapping[str, str] = field(default_factory=dict)
    # Those that whoever looks at it has a right to.
    acts: Sequence[Act] = ()

    @property
    def sort(self) -> str:
        """Write its order as an address does."""
        return f"-{self.asked.sort}" if self.asked.backwards else self.asked.sort

    @property
    def selection(self) -> Selection:
        """Read which rows this request is about."""
        ticked = request.values.getlist(TICK)[:MOST_TICKS]
        ids = [int(each) for each in ticked if each.isascii() and each.isdigit()]
        known = [each for each in dict.fromkeys(ids) if each < LARGEST_ID]
        return Selection(known, EVERYTHING in request.values, self.asked.filters)

    def of(self, page: Page[Any]) -> "Listing":
        """Offer no order that so many rows are not in."""
        if not page.more:
            return self
        columns = [each._replace(key="") if each.few else each for each in self.columns]
        is_known = any(each.key == self.asked.sort for each in columns)
        order = self.sort if is_known else self.usual
        return replace(self, columns=columns, asked=_in_order(self.asked, order))

    def address(self, number: int = 1) -> str:
        """Return the address of one of its pages."""
        return self.to(
            request.endpoint or "",
            **({SORT: self.sort} if self.sort != self.usual else {}),
            **({PAGE: str(number)} if number > 1 else {}),
        )

    def sorted_by(self, column: Column) -> str:
        """Return the address of it in the order of a column; from its end the second time."""
        backwards = self.asked.sort == column.key and not self.asked.backwards
        asked = replace(self.asked, sort=column.key, backwards=backwards)
        return replace(self, asked=asked).address()

    def order_of(self, column: Column) -> str:
        """Say how it is sorted by a column, as aria-sort does; nothing when it is not."""
        if not column.key or column.key != self.asked.sort:
            return ""
        return "descending" if self.asked.backwards else "ascending"

    def whole(self) -> str:
        """Return its address without any filter."""
        return replace(self, asked=replace(self.asked, filters={})).address()

    def to(self, endpoint: str, **arguments: str) -> str:
        """Return an address for what the filters find."""
        return assets.address(
            endpoint,
            **{**(request.view_args or {}), **self.kept, **self.asked.filters, **arguments},
        )


def read(
    columns: Sequence[Column],
    filters: Sequence[Filter] = (),
    *,
    usual: str = "",
    download: str = "",
    kept: Mapping[str, str] | None = None,
    acts: Sequence[Act] = (),
) -> Listing:
    """Read what the address of this request asks; `usual` is the order when it asks for none."""
    order = request.args.get(SORT, usual)
    if order.removeprefix("-") not in {each.key for each in columns if each.key}:
        order = usual
    asked = Asked(
        filters={each.name: value for each in filters if (value := asked_of(each))},
        page=request.args.get(PAGE, ""),
    )
    allowed = download if download and may_open(download) else ""
    offered = [each for each in acts if may_open(each.endpoint)]
    return Listing(columns, filters, _in_order(asked, order), usual, allowed, kept or {}, offered)


def _in_order(asked: Asked, order: str) -> Asked:
    """Ask for an order as addresses write it."""
    return replace(asked, sort=order.removeprefix("-"), backwards=order.startswith("-"))


def chosen(selection: Selection) -> dict[str, Any]:
    """Say a selection in an address, for `url_for`."""
    if selection.everything:
        return {**selection.filters, EVERYTHING: "oui"}
    return {**selection.filters, TICK: list(selection.ids)}


def asked_of(each: Filter) -> str:
    """Read what the address of this request asks of one filter."""
    value = one_line(request.args.get(each.name, ""))[:LONGEST]
    if each.choices is None:
        return value if each.kind != "date" or _is_day(value) else ""
    return value if value in {known for known, _ in each.choices} else ""


def _is_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
