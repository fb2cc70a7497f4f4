"""The page under check."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property

import soup5ever
from bs4 import BeautifulSoup, Tag
from flask import Flask

from tests.support.page_checks.text import visible_lines

# html5ever parses as browsers do, and five times faster than html5lib, which remains the judge of
# what is valid.
PARSER = soup5ever.HTML5everTreeBuilder.NAME
READ_ALOUD = ("alt", "title", "aria-label", "aria-description")
# What an element must be, or have, to be meant by the last word of a selector.
MEANT = re.compile(r"(?P<name>[a-z]\w*)|\[(?P<attribute>[\w:-]+)|(?P<has_class>\.)")


def read(html: str) -> BeautifulSoup:
    """Read a page as a browser does."""
    return BeautifulSoup(html, PARSER)


@dataclass(frozen=True)
class Subject:
    """A page as it came, and the application it came from, which knows its addresses."""

    html: str
    app: Flask
    path: str = "/"
    soup: BeautifulSoup = field(init=False)

    def __post_init__(self) -> None:
        """Read the page once for all."""
        object.__setattr__(self, "soup", read(self.html))

    @cached_property
    def ids(self) -> list[str]:
        """Every id, repeated ones included."""
        return [str(tag["id"]) for tag in self.all("[id]")]

    @cached_property
    def lines_read(self) -> list[str]:
        """All that somebody may read or hear, the title included.

        Apart: what is marked English, and what is quoted as it stands somewhere, `lang=""`.
        """
        lines = visible_lines(self.soup, skipped=("en", ""))
        if self.soup.title:
            lines.append(self.soup.title.get_text())
        for name in READ_ALOUD:
            lines += [str(tag[name]) for tag in self.all(f"[{name}]")]
        return lines

    def all(self, selector: str) -> list[Tag]:
        """Find by CSS selector, but look only at the elements that it can mean.

        A page is asked forty selectors, and most of its elements are out of the question for each.
        """
        possible = {
            place: tag
            for choice in selector.split(",")
            for place, tag in self._elements[_kind_meant(choice)]
        }
        return [tag for _, tag in sorted(possible.items()) if tag.css.match(selector)]

    @cached_property
    def _elements(self) -> dict[str, list[tuple[int, Tag]]]:
        # With their places in the page, by their names and by those of their attributes.
        elements = defaultdict(list)
        for place, tag in enumerate(self.soup.find_all(True)):
            for kind in (tag.name, *(f"[{name}]" for name in tag.attrs)):
                elements[kind].append((place, tag))
        return elements


def _kind_meant(choice: str) -> str:
    meant = MEANT.match(choice.rsplit(maxsplit=1)[-1])
    assert meant, f"« {choice} » means every kind of element"
    return meant["name"] or f"[{meant['attribute'] or 'class'}]"


Check = Callable[[Subject], Iterable[str]]


def opening(tag: Tag) -> str:
    """Show the opening of an element, to find it again in the template."""
    attributes = "".join(f' {name}="{_text(value)}"' for name, value in tag.attrs.items())
    return f"<{tag.name}{attributes}>"[:160]


def _text(value: str | list[str]) -> str:
    return " ".join(value) if isinstance(value, list) else value
