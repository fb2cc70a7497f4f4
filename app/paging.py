"""Long lists: a page at a time, what an address asks of one, what is chosen there."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Generic, NamedTuple, TypeVar

PAGE_SIZE = 50
# How many pages are offered on each side of the one that is shown.
NEIGHBOURS = 2

Item = TypeVar("Item")
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Some items of a list of `total`; pages are numbered from 1, the first always exists."""

    items: Sequence[Item]
    number: int
    total: int
    size: int = PAGE_SIZE
    # Whether there are more than were counted: the total of a very long list is its limit.
    more: bool = False

    def of(self, make: Callable[..., Made]) -> "Page[Made]":
        """Make something of each row of the page."""
        made = [make(*row) for row in self.items]  # type: ignore[misc]
        return replace(self, items=made)  # type: ignore[arg-type, return-value]

    @property
    def count(self) -> int:
        """Count the pages."""
        return page_count(self.total, self.size)

    @property
    def near(self) -> list[int]:
        """List the pages to offer: the first, the last, those around; 0 stands for a gap."""
        around = range(self.number - NEIGHBOURS, self.number + NEIGHBOURS + 1)
        shown = sorted({1, self.count, *(each for each in around if 1 <= each <= self.count)})
        near: list[int] = []
        for each in shown:
            if near and each - near[-1] > 1:
                near.append(0)
            near.append(each)
        return near


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks of a list."""

    # The values that were chosen or typed, by filter; a filter that asks nothing is not there.
    filters: Mapping[str, str] = field(default_factory=dict)
    # The column that it is sorted by, and whether from its end.
    sort: str = ""
    backwards: bool = False
    page: str = ""


class Selection(NamedTuple):
    """The rows that an act is for: those that were ticked, or all that the filters find."""

    ids: Sequence[int]
    everything: bool
    filters: Mapping[str, str]

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing was chosen."""
        return not (self.ids or self.everything)


def page_count(total: int, size: int = PAGE_SIZE) -> int:
    """Count the pages that a list needs; an empty one has a page too."""
    return max(1, -(-total // size))


def page_number(asked: str, total: int, size: int = PAGE_SIZE) -> int:
    """Read what an address asks for: the first page when it is no number, the last when too far."""
    if not (asked.isascii() and asked.isdigit() and len(asked) <= 9):  # noqa: PLR2004
        return 1
    return min(max(1, int(asked)), page_count(total, size))
