"""A screen shown inside another page: the real one, to look at only.

What comes out has no link, no field, no id, no heading: it cannot be sent, focused nor listened to,
and may stand beside any text. Each tag that would act becomes a plain one with a class of its name,
which the stylesheet draws alike.
"""

import re
from collections.abc import Callable
from html.parser import HTMLParser

from flask import current_app, g
from markupsafe import Markup, escape

PLAIN_TAGS = {
    "main": "div", "section": "div", "header": "div", "nav": "div", "form": "div",
    "fieldset": "div", "aside": "div", "body": "div", "footer": "div",
    "h1": "p", "h2": "p", "h3": "p", "legend": "span",
    "label": "span", "button": "span", "a": "span", "input": "span", "time": "span",
}  # fmt: skip
KEPT_CLASS = frozenset({"h1", "h2", "label", "a", "input"})
# What draws; whatever acts, names or links is left out.
KEPT_ATTRIBUTES = frozenset(
    {"class", "data-label", "scope", "colspan", "aria-hidden"}
    | {"viewbox", "d", "cx", "cy", "r", "width", "height", "fill", "stroke", "stroke-width"}
)
# HTML's parser gives names in lower case; SVG minds.
SVG_NAMES = {"viewbox": "viewBox"}
VOID = frozenset({"input", "br", "hr", "img", "wbr", "path", "circle"})
CLOSED_AT_ONCE = frozenset({"input", "path", "circle"})
LEFT_OUT = frozenset({"script", "style", "template", "img", "hr"})
# How a template is indented weighs a third of a page that shows seven others.
BLANKS = re.compile(r"[ \n\t]+")
# Words for those who do not see the screen: the text beside a facsimile speaks to them.
# Nor the file at the foot of home, below what a step of the guide shows, nor what is beside it.
UNSEEN = frozenset({"visually-hidden", "blocks", "aside", "way", "reveal", "hint", "after"})

Attributes = list[tuple[str, str | None]]


def facsimile(html: str, tag: str = "main") -> Markup:
    """Copy what stands in the first element of this name of a page of ours."""
    copier = _Copier(tag)
    copier.feed(html)
    copier.close()
    return Markup("").join(copier.copied)


def facsimile_of(public_url: str, draw: Callable[[], str]) -> Markup:
    """Copy a page that is drawn in a world of its own, whoever looks at it."""
    with current_app.app_context(), current_app.test_request_context(base_url=public_url):
        # No visitor: nothing may ask for a token, nor touch a session.
        g.csrf_token_drawn = "-"  # noqa: S105
        html = draw()
    return facsimile(html, "main" if "<main" in html else "body")


class _Copier(HTMLParser):
    def __init__(self, within: str) -> None:
        super().__init__(convert_charrefs=True)
        self.copied: list[Markup] = []
        self._within = within
        # The elements that are open, each with the name it was given, None inside what is left out.
        self._open: list[tuple[str, str | None]] = []
        self._begun = False

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        if not self._begun:
            self._begun = tag == self._within
            if not self._begun:
                return
        given = None if self._is_left_out(tag, dict(attrs)) else PLAIN_TAGS.get(tag, tag)
        if given:
            self.copied.append(_opening(tag, given, dict(attrs)))
        if tag not in VOID:
            self._open.append((tag, given))
        elif tag in CLOSED_AT_ONCE and given:
            self.copied.append(_closing(given))

    def handle_startendtag(self, tag: str, attrs: Attributes) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._open:
            opened, given = self._open.pop()
            if given:
                self.copied.append(_closing(given))
            if opened == tag:
                break
        if self._begun and not self._open:
            # Nothing after the element is wanted.
            self._within, self._begun = "", False

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1][1]:
            self.copied.append(escape(BLANKS.sub(" ", data)))

    def _is_left_out(self, tag: str, attributes: dict[str, str | None]) -> bool:
        inside = bool(self._open) and self._open[-1][1] is None
        unseen = not UNSEEN.isdisjoint((attributes.get("class") or "").split()) and tag != "caption"
        hidden = "hidden" in attributes or attributes.get("type") == "hidden"
        return inside or unseen or hidden or tag in LEFT_OUT


def _opening(tag: str, given: str, attributes: dict[str, str | None]) -> Markup:
    kept = {name: value for name, value in attributes.items() if name in KEPT_ATTRIBUTES}
    value = attributes.get("value") if tag == "input" else None
    if attributes.get("type") == "checkbox":
        kept["class"], value = "tick", "✓" if "checked" in attributes else ""
    elif tag in KEPT_CLASS:
        kept["class"] = f"{tag} {kept.get('class') or ''}".strip()
    drawn = Markup("").join(
        Markup(' {}="{}"').format(SVG_NAMES.get(name, name), value or "")
        for name, value in kept.items()
    )
    return Markup("<{}{}>{}").format(Markup(given), drawn, value or "")  # noqa: S704


def _closing(given: str) -> Markup:
    return Markup("</{}>").format(Markup(given))  # noqa: S704
