"""How a person finds a field and a button on a page, and what their browser then sends."""

from collections.abc import Iterator, Mapping

from bs4 import BeautifulSoup, Tag

from tests.support.page_checks.forms import CONTROLS
from tests.support.page_checks.text import plain, visible_text

UNSENT = frozenset({"submit", "button", "image", "reset", "file"})

Value = str | bool


def find_control(soup: BeautifulSoup, label: str) -> Tag:
    """Find the one field with this label, or this name."""
    found = {id(tag): tag for tag in _controls_called(soup, label)}
    assert len(found) == 1, f"{len(found)} fields are called « {label} »"
    return next(iter(found.values()))


def find_button(soup: BeautifulSoup, words: str) -> Tag:
    """Find the one button that reads so and sends a form."""
    found = [
        tag
        for tag in soup.select("button, input[type=submit]")
        if words_of(tag) == plain(words) and tag.get("type", "submit") == "submit"
    ]
    assert len(found) == 1, f"{len(found)} buttons read « {words} »"
    assert not found[0].has_attr("disabled"), f"the button « {words} » cannot be pressed"
    return found[0]


def form_of(soup: BeautifulSoup, control: Tag) -> Tag:
    """Return the form that a button or a field belongs to."""
    owner = str(control.get("form", ""))
    form = soup.find("form", id=owner) if owner else control.find_parent("form")
    assert form is not None, f"{control} belongs to no form"
    return form


def what_is_sent(
    soup: BeautifulSoup, form: Tag, button: Tag, typed: Mapping[int, Value]
) -> Iterator[tuple[str, str]]:
    """Go through the names and values that pressing a button sends.

    `typed` holds what was filled in, by the `id()` of its field.
    """
    for control in soup.select("input, select, textarea"):
        name = str(control.get("name", ""))
        if name and not control.has_attr("disabled") and _belongs(control, form):
            yield from _values(control, name, typed.get(id(control)))
    if button.get("name"):
        yield str(button["name"]), str(button.get("value", ""))


def words_of(tag: Tag) -> str:
    """Return what a button or a link reads."""
    return visible_text(tag) or plain(str(tag.get("aria-label") or tag.get("value") or ""))


def initial_value(control: Tag) -> str:
    """Return what a field holds before anybody types."""
    if control.name == "textarea":
        return control.get_text()
    if control.name == "select":
        chosen = control.select_one("option[selected]") or control.select_one("option")
        return _value_of(chosen) if chosen else ""
    return str(control.get("value", ""))


def _controls_called(soup: BeautifulSoup, label: str) -> Iterator[Tag]:
    for control in soup.select(CONTROLS):
        if control.get("name") == label:
            yield control
    for tag in soup.select("label"):
        if words_of(tag) == plain(label):
            target = str(tag.get("for", ""))
            yield from soup.find_all(id=target) if target else tag.select(CONTROLS)


def _belongs(control: Tag, form: Tag) -> bool:
    if control.get("form"):
        return control["form"] == form.get("id")
    return control.find_parent("form") is form


def _values(control: Tag, name: str, typed: Value | None) -> Iterator[tuple[str, str]]:
    kind = control.get("type", "text")
    if kind in UNSENT:
        return
    if kind in {"checkbox", "radio"}:
        if control.has_attr("checked") if typed is None else typed:
            yield name, str(control.get("value", "on"))
        return
    if typed is not None and control.name == "select":
        typed = _chosen(control, str(typed))
    yield name, initial_value(control) if typed is None else str(typed)


def _chosen(control: Tag, words: str) -> str:
    """Return the value of the one answer that reads so."""
    found = [tag for tag in control.select("option") if words_of(tag) == plain(words)]
    assert len(found) == 1, f"{len(found)} answers read « {words} »"
    return _value_of(found[0])


def _value_of(option: Tag) -> str:
    """Return what an answer sends."""
    return str(option.get("value", option.get_text()))
