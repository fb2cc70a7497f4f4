"""Walks through the whole portal."""

import re
from collections import deque
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask

from tests.support.branches import watched
from tests.support.browser import Browser, Page
from tests.support.people import People
from tests.support.screens import all_screens

APP = Path(__file__).parent.parent / "app"
STATIC = APP / "static"
TEMPLATES = APP / "templates"
NOT_A_SELECTOR = re.compile(r"/\*.*?\*/|\"[^\"]*\"", re.DOTALL)
STYLED_CLASS = re.compile(r"\.([a-z][\w-]*)")
QUOTED_WORD = re.compile(r"\"([a-z][\w-]*)\"")


@pytest.mark.both_databases
def test_every_screen_is_sound(app: Flask, people: People) -> None:
    """Each screen in each state passes all checks, on its way here, and none is met twice."""
    names = [name for name, _ in all_screens(app, people)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_branch_of_every_template_is_seen(app: Flask, people: People) -> None:
    """No state of a screen escapes the walk; mails and papers have tests of their own."""
    with watched() as branches:
        for _ in all_screens(app, people):
            pass
        templates = app.jinja_env.list_templates()
        for name in templates:
            app.jinja_env.get_template(name)
    assert {place.partition(":")[0] for place in branches.read} == set(templates)
    elsewhere = ("mail/", "print/", "layouts/paper.html")
    assert [place for place in branches.never_drawn if not place.startswith(elsewhere)] == []


def test_each_class_of_the_sheets_is_drawn_somewhere(app: Flask, people: People) -> None:
    """A rule for a class that no screen, no paper and no script bears is dead."""
    sheets = "".join(path.read_text("utf-8") for path in STATIC.glob("*.css"))
    styled = set(STYLED_CLASS.findall(NOT_A_SELECTOR.sub("", sheets)))
    assert {"button", "cards"} <= styled
    borne = {
        name
        for _, page in all_screens(app, people)
        for tag in page.soup.select("[class]")
        for name in tag.get_attribute_list("class")
    }
    papers = [*TEMPLATES.glob("print/*.html"), TEMPLATES / "layouts/paper.html"]
    elsewhere = [path.read_text("utf-8") for path in [*papers, *STATIC.glob("*.js")]]
    borne.update(QUOTED_WORD.findall("".join(elsewhere)))
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
    return path.startswith("/documents/") or path.endswith(("/pdf", ".pdf", "/csv", "/photo"))
