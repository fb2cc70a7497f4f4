"""Walks through the whole portal."""

import re
from collections import deque
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask

from tests.support.browser import Browser, Page
from tests.support.gallery import Gallery
from tests.support.people import People
from tests.support.screens import all_screens

APP = Path(__file__).parent.parent / "app"
STATIC = APP / "static"
TEMPLATES = APP / "templates"
NOT_A_SELECTOR = re.compile(r"/\*.*?\*/|\"[^\"]*\"", re.DOTALL)
STYLED_CLASS = re.compile(r"\.([a-z][\w-]*)")
QUOTED_WORD = re.compile(r"\"([a-z][\w-]*)\"")


def test_every_screen_is_sound(walk: Gallery) -> None:
    """Each screen in each state passes all checks, on its way here, and none is met twice."""
    names = [screen.name for screen in walk.screens]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_every_screen_is_as_sound_on_postgresql(app: Flask, people: People, walk: Gallery) -> None:
    names = [name for name, _ in all_screens(app, people)]
    assert names == [screen.name for screen in walk.screens]


def test_every_branch_of_every_template_is_seen(walk: Gallery) -> None:
    """No state of a screen escapes the walk; mails and papers have tests of their own."""
    assert walk.templates_read == walk.templates
    elsewhere = ("mail/", "print/", "layouts/paper.html")
    missed = [place for place in walk.branches_never_drawn if not place.startswith(elsewhere)]
    assert missed == []


def test_each_class_of_the_sheets_is_drawn_somewhere(walk: Gallery) -> None:
    """A rule for a class that no screen, no paper and no script bears is dead."""
    sheets = "".join(path.read_text("utf-8") for path in STATIC.glob("*.css"))
    styled = set(STYLED_CLASS.findall(NOT_A_SELECTOR.sub("", sheets)))
    assert {"button", "cards"} <= styled
    papers = [*TEMPLATES.glob("print/*.html"), TEMPLATES / "layouts/paper.html"]
    elsewhere = [path.read_text("utf-8") for path in [*papers, *STATIC.glob("*.js")]]
    borne = walk.classes | set(QUOTED_WORD.findall("".join(elsewhere)))
    assert styled - borne == set()


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
    endings = ("/pdf", ".pdf", "/csv", "/photo", ".zip")
    return path.startswith("/documents/") or path.endswith(endings)
