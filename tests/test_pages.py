"""Walks through the whole portal."""

from collections import deque
from urllib.parse import urlsplit

from flask import Flask

from tests.browser import Browser, Page
from tests.people import People
from tests.screens import all_screens


def test_every_screen_is_sound(app: Flask, people: People) -> None:
    """Each screen in each state passes all checks, on its way here, and none is met twice."""
    names = [name for name, _ in all_screens(app, people)]
    assert len(names) == len(set(names))


def test_every_template_of_a_screen_is_seen(app: Flask, people: People) -> None:
    """No screen escapes the walk."""
    from flask import template_rendered

    seen: set[str] = set()

    def note(_app: Flask, template: object, **_context: object) -> None:
        seen.add(str(getattr(template, "name", "")))

    with template_rendered.connected_to(note, app):
        for _ in all_screens(app, people):
            pass
    folders = ("auth/", "family/", "site/", "errors/")
    screens = {name for name in app.jinja_env.list_templates() if name.startswith(folders)}
    assert screens - seen == set()


def links(page: Page) -> set[str]:
    return {
        str(tag["href"])
        for tag in page.soup.select("a[href^='/']")
        if not str(tag["href"]).startswith("/static/")
    }


def test_every_link_leads_to_a_page(app: Flask, people: People) -> None:
    """A parent who follows every link of every page never meets an error."""
    parent = Browser(app)
    waiting = deque(links(parent.sign_in(people.zest)))
    seen: set[str] = set()
    while waiting:
        path = waiting.popleft()
        if path in seen or _is_a_file(urlsplit(path).path):
            continue
        seen.add(path)
        waiting.extend(links(parent.visit(path)))
    assert {"/releve", "/messages", "/plan-du-site"} <= {urlsplit(path).path for path in seen}


def _is_a_file(path: str) -> bool:
    return path.startswith("/documents/") or path.endswith(("/pdf", ".pdf", "/csv", "/photo"))
