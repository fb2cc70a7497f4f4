"""The skeleton of a page: valid HTML, landmarks, titles, ids, names, nothing inline."""

import re
from collections import Counter
from collections.abc import Iterator

import html5lib
from bs4 import Tag
from html5lib.html5parser import ParseError

from app.settings import EXTENSION
from tests.support.page_checks.subject import Check, Subject, opening
from tests.support.page_checks.text import plain, visible_text

TITLE = re.compile(r"(Erreur : )?(?P<screen>\S.*?) – Portail famille – (?P<town>\S.*)")
REFERENCES = ("aria-describedby", "aria-labelledby", "aria-controls", "aria-errormessage", "form")
# A browser moves it out of the table; html5lib alone does not say that it is an error.
TEXT_BETWEEN_CELLS = re.compile(
    r"<(?:(?:table|thead|tbody|tfoot|tr|colgroup)\b[^>]*"
    r"|/(?:caption|colgroup|thead|tbody|tfoot|tr|td|th))>"
    r"(?:\s|<!--.*?-->)*(?P<text>[^<\s][^<]*)",
    re.DOTALL,
)
ZOOM_FORBIDDEN = re.compile(r"user-scalable\s*=\s*(no|0)|maximum-scale")


def parses_without_an_error(page: Subject) -> Iterator[str]:
    try:
        html5lib.HTMLParser(strict=True).parse(page.html)
    except ParseError as error:
        yield f"invalid HTML: {error}"
    for text in TEXT_BETWEEN_CELLS.finditer(page.html):
        yield f"invalid HTML: « {text['text'].strip()} » stands in a table, but in no cell"


def has_the_doctype(page: Subject) -> Iterator[str]:
    if not page.html.lstrip().lower().startswith("<!doctype html>"):
        yield "does not start with <!doctype html>"


def speaks_french(page: Subject) -> Iterator[str]:
    root = page.soup.html
    if root is None or root.get("lang") != "fr":
        yield '<html> lacks lang="fr"'


def fits_a_phone(page: Subject) -> Iterator[str]:
    viewports = [str(tag.get("content", "")) for tag in page.all('meta[name="viewport"]')]
    if len(viewports) != 1 or "width=device-width" not in viewports[0]:
        yield "lacks its viewport meta"
    elif ZOOM_FORBIDDEN.search(viewports[0]):
        yield "forbids zooming"


def has_one_h1(page: Subject) -> Iterator[str]:
    found = [visible_text(tag) for tag in page.all("h1")]
    if len(found) != 1 or not found[0]:
        yield f"expected one h1 with words, found {found}"


def headings_skip_no_level(page: Subject) -> Iterator[str]:
    previous = 0
    for tag in page.all("h1, h2, h3, h4, h5, h6"):
        level = int(tag.name[1])
        if level > previous + 1:
            yield f"<{tag.name}> « {visible_text(tag)} » follows <h{previous}>"
        previous = level


def has_the_title_of_every_screen(page: Subject) -> Iterator[str]:
    title = plain(page.soup.title.get_text()) if page.soup.title else ""
    match = TITLE.fullmatch(title)
    town = page.app.extensions[EXTENSION].town_name
    if match is None:
        yield f"title « {title} » is not « Écran – Portail famille – Commune »"
    elif match["town"] != town:
        yield f"title « {title} » does not end with the town, « {town} »"


def says_what_it_is_about(page: Subject) -> Iterator[str]:
    found = [str(tag.get("content", "")) for tag in page.all('meta[name="description"]')]
    if len(found) != 1 or not 30 <= len(found[0]) <= 160:
        yield f"expected one description of 30 to 160 signs, found {found}"


def has_landmarks(page: Subject) -> Iterator[str]:
    for name in ("main", "body > header", "body > footer"):
        if len(page.all(name)) != 1:
            yield f"expected one <{name}>, found {len(page.all(name))}"


def can_skip_to_the_content(page: Subject) -> Iterator[str]:
    first = page.soup.find("a")
    main = page.soup.find("main")
    if first is None or main is None or first.get("href") != f"#{main.get('id')}":
        yield "the first link does not lead to the id of <main>"


def wears_the_sheet_of_its_side(page: Subject) -> Iterator[str]:
    """A page of the town hall has the band that tells it from the parents', and its sheet."""
    if page.all(".town-hall-band") and not page.all('link[href*="/mairie.css"]'):
        yield "a page of the town hall without its sheet"


def has_unique_ids(page: Subject) -> Iterator[str]:
    for identifier, count in Counter(page.ids).items():
        if count > 1:
            yield f'id "{identifier}" is there {count} times'


def refers_to_ids_that_exist(page: Subject) -> Iterator[str]:
    for name in REFERENCES:
        for tag in page.all(f"[{name}]"):
            for target in str(tag[name]).split():
                if target not in page.ids:
                    yield f'{opening(tag)}: no element has the id "{target}"'


def has_nothing_inline(page: Subject) -> Iterator[str]:
    for tag in page.all("style, script:not([src])"):
        yield f"inline {opening(tag)}"
    for tag in page.soup.find_all(True):
        for name in tag.attrs:
            if name == "style" or name.startswith("on"):
                yield f"inline {name} on {opening(tag)}"


def images_have_alternatives(page: Subject) -> Iterator[str]:
    for tag in page.all("img:not([alt])"):
        yield f"{opening(tag)} has no alt"
    for tag in page.all("svg"):
        if tag.get("aria-hidden") != "true" and not (tag.get("role") == "img" and _name(tag)):
            yield f'{opening(tag)} is neither aria-hidden nor role="img" with a name'


def buttons_and_links_have_names(page: Subject) -> Iterator[str]:
    for tag in page.all("button, a[href], summary, input[type=submit]"):
        if not _name(tag):
            yield f"{opening(tag)} has no name"


def tables_say_what_they_hold(page: Subject) -> Iterator[str]:
    for table in page.all("table"):
        if not table.find("caption") and not _label(table):
            yield f"{opening(table)} has no caption"
        for cell in table.select("th:not([scope])"):
            yield f"<th> « {visible_text(cell)} » has no scope"


def letters_begin_at_once(page: Subject) -> Iterator[str]:
    """Where lines are kept, one before the words pushes them down."""
    for letter in page.all(".letter"):
        if letter.get_text()[:1].isspace():
            yield f"{opening(letter)} begins with white space"


def lists_hold_something(page: Subject) -> Iterator[str]:
    for tag in page.all("ul, ol, dl"):
        if not tag.find(True):
            yield f"{opening(tag)} is empty"


def _name(tag: Tag) -> str:
    images = " ".join(str(image.get("alt", "")) for image in tag.find_all("img"))
    drawings = " ".join(_label(drawing) for drawing in tag.select('svg[role="img"]'))
    value = str(tag.get("value", "")) if tag.name == "input" else ""
    title = tag.find("title")
    own = title.get_text() if title and tag.name == "svg" else visible_text(tag)
    return f"{own}{images}{drawings}{value}{_label(tag)}".strip()


def _label(tag: Tag) -> str:
    return str(tag.get("aria-label") or tag.get("aria-labelledby") or "")


CHECKS: tuple[Check, ...] = (
    parses_without_an_error,
    has_the_doctype,
    speaks_french,
    fits_a_phone,
    has_one_h1,
    headings_skip_no_level,
    has_the_title_of_every_screen,
    says_what_it_is_about,
    has_landmarks,
    can_skip_to_the_content,
    wears_the_sheet_of_its_side,
    has_unique_ids,
    refers_to_ids_that_exist,
    has_nothing_inline,
    images_have_alternatives,
    buttons_and_links_have_names,
    tables_say_what_they_hold,
    letters_begin_at_once,
    lists_hold_something,
)
