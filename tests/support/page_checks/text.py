"""What a visitor reads on a page, as lines, with every no-break space kept."""

import re
from collections.abc import Collection, Iterator

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString, PreformattedString

INLINE = frozenset(
    [
        "a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "dfn", "em", "i", "kbd", "mark",
        "q", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "u", "var", "wbr",
    ]
)  # fmt: skip
UNREAD = frozenset({"script", "style", "svg", "template", "noscript", "head"})
HTML_SPACES = re.compile(r"[ \t\n\r\f]+")
EVERY_SPACE = re.compile(r"\s+")
BREAK = "\n"
SOFT = " "


def visible_lines(root: BeautifulSoup | Tag, skipped: Collection[str] = ()) -> list[str]:
    """Return the text of each block; elements in the languages `skipped` are left out."""
    chunks = "".join(_chunks(root, skipped)).split(BREAK)
    lines = (HTML_SPACES.sub(SOFT, chunk).strip(SOFT) for chunk in chunks)
    return [line for line in lines if line]


def visible_text(root: BeautifulSoup | Tag) -> str:
    """Return all of the text on one line, with ordinary spaces only, easy to compare."""
    return plain(SOFT.join(visible_lines(root)))


def plain(text: str) -> str:
    """Turn every run of spaces, the ones that never break included, into one ordinary space."""
    return EVERY_SPACE.sub(SOFT, text).strip()


def _chunks(element: BeautifulSoup | Tag, skipped: Collection[str]) -> Iterator[str]:
    for child in element.children:
        if isinstance(child, Tag):
            yield from _tag_chunks(child, skipped)
        elif isinstance(child, NavigableString) and not isinstance(child, PreformattedString):
            # A line end in the source is only a space on the screen.
            yield child.replace(BREAK, SOFT)


def _tag_chunks(tag: Tag, skipped: Collection[str]) -> Iterator[str]:
    if tag.name in UNREAD or tag.has_attr("hidden"):
        return
    if tag.get("lang") in skipped:
        return
    if tag.name in INLINE:
        yield from _chunks(tag, skipped)
    else:
        yield BREAK
        yield from _chunks(tag, skipped)
        yield BREAK
