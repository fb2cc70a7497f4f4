"""No page asks the database more for a family that has more."""

import inspect

import pytest
from flask import Flask

from app.blueprints.auth import guide_pages
from app.paging import PAGE_SIZE
from app.web import printing
from tests.support.databases import selects, statements_of
from tests.support.people import People
from tests.support.visitors import Visitor, arrive

FEW, MANY = 2, PAGE_SIZE + 10


def test_no_page_asks_more_for_more_rows(
    app: Flask, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two of each thing or sixty, files and papers included: as many statements."""
    # Laying sixty lines out takes seconds and asks nothing.
    monkeypatch.setattr(printing, "available", lambda: True)
    monkeypatch.setattr(printing, "to_pdf", str.encode)
    # The second one to come would have that of the first.
    monkeypatch.setattr(guide_pages, "_pdf", inspect.unwrap(guide_pages._pdf))
    with_few = counts(app, arrive(app, people.zest, "Glycine", 2021, FEW))
    with_many = counts(app, arrive(app, people.claire, "Pervenche", 2024, MANY))
    grown = {
        name: (with_few[name], with_many[name])
        for name in with_few
        if with_few[name] != with_many[name]
    }
    assert not grown, grown
    assert with_many["family.statement"] > 0
    assert with_many["family.own_data_archive"] > 0


def counts(app: Flask, visitor: Visitor) -> dict[str, int]:
    """Count the statements of each page, by endpoint."""
    found: dict[str, int] = {}
    pages = [(path, "GET") for path in visitor.addresses()]
    for path, method in [*pages, *((path, "POST") for path in visitor.downloads())]:
        with statements_of(app) as sent:
            answer = visitor.ask(path, method)
        assert answer.status_code in {200, 302} or path == "/armoiries", f"{path}: {answer.status}"
        endpoint, _ = app.url_map.bind("localhost").match(path, method)
        found[endpoint] = found.get(endpoint, 0) + selects(sent)
    return found
