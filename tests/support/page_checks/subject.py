"""The page under check."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property

from bs4 import BeautifulSoup, Tag
from flask import Flask

from tests.support.page_checks.text import visible_lines

READ_ALOUD = ("alt", "title", "aria-label", "aria-description")


@dataclass(frozen=True)
class Subject:
    """A page as it came, and the application it came from, which knows its addresses."""

    html: str
    app: Flask
    path: str = "/"
    soup: BeautifulSoup = field(init=False)

    def __post_init__(self) -> None:
        """Read the page as a browser does."""
        object.__setattr__(self, "soup", BeautifulSoup(self.html, "html5lib"))

    @cached_property
    def ids(self) -> list[str]:
        """Every id, repeated ones included."""
        return [str(tag["id"]) for tag in self.soup.find_all(id=True)]

    @cached_property
    def lines_read(self) -> list[str]:
        """All that somebody may read or hear, the title included, what is marked English apart."""
        lines = visible_lines(self.soup, skip_lang="en")
        if self.soup.title:
            lines.append(self.soup.title.get_text())
        for name in READ_ALOUD:
            lines += [str(tag[name]) for tag in self.all(f"[{name}]")]
        return lines

    def all(self, selector: str) -> list[Tag]:
        """Find by CSS selector."""
        return list(self.soup.select(selector))


Check = Callable[[Subject], Iterable[str]]


def opening(tag: Tag) -> str:
    """Show the opening of an element, to find it again in the template."""
    attributes = "".join(f' {name}="{_text(value)}"' for name, value in tag.attrs.items())
    return f"<{tag.name}{attributes}>"[:160]


def _text(value: str | list[str]) -> str:
    return " ".join(value) if isinstance(value, list) else value
