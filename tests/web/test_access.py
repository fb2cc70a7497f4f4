"""Each page opens to whom it is for; whatever says nothing opens to nobody."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Blueprint, Flask

import config
from app import create_app
from app.web.access import Audience, Screens, audience_of
from tests.support.browser import Browser
from tests.support.databases import NewDatabase
from tests.support.people import People, settle_in
from tests.test_architecture import PUBLIC_ENDPOINTS, sample_path


@pytest.fixture
def town_hall(tmp_path: Path, new_sqlite: NewDatabase) -> Iterator[Flask]:
    """The portal, with a page for the town hall, and one that nobody thought about."""
    app = create_app(config.Test(instance=tmp_path, database_url=new_sqlite()))
    desk = Screens("desk", __name__, Audience.TOWN_HALL, "Mairie")
    desk.get("/guichet")(lambda: "for clerks")
    forgotten = Blueprint("forgotten", __name__)
    forgotten.get("/oublie")(lambda: "for nobody")
    app.register_blueprint(desk)
    app.register_blueprint(forgotten)
    yield app
    app.extensions["portail.engine"].dispose()


def test_every_page_says_whom_it_is_for(app: Flask) -> None:
    """And those for anybody are the ones of the list that is a decision."""
    with app.app_context():
        found = {rule.endpoint: audience_of(rule.endpoint) for rule in app.url_map.iter_rules()}
    assert [each for each, audience in found.items() if audience is None] == ["static"]
    public = {each for each, audience in found.items() if audience is Audience.STRANGERS}
    assert public == PUBLIC_ENDPOINTS - {"static"}


def test_each_audience_meets_each_page(town_hall: Flask) -> None:
    """Strangers and parents knock at every page: who is let in follows from whom it is for."""
    people = settle_in(town_hall)
    parent, stranger = Browser(town_hall), Browser(town_hall)
    parent.sign_in(people.zest)
    for rule in town_hall.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        with town_hall.app_context():
            audience = audience_of(rule.endpoint)
        for method in sorted((rule.methods or set()) - {"OPTIONS"}):
            path = sample_path(town_hall, rule)
            assert _is_let_in(stranger, path, method) is (audience is Audience.STRANGERS), path
            opens = audience in {Audience.STRANGERS, Audience.FAMILY}
            assert _is_let_in(parent, path, method) is opens, path


@pytest.mark.parametrize("path", ["/guichet", "/oublie"])
def test_what_is_for_no_family_does_not_exist_for_one(town_hall: Flask, path: str) -> None:
    people: People = settle_in(town_hall)
    parent = Browser(town_hall)
    parent.sign_in(people.zest)
    assert parent.fetch(path).status_code == 404
    assert Browser(town_hall).fetch(path).status_code == 404


def test_no_family_s_map_shows_the_town_hall(town_hall: Flask) -> None:
    titles = [tag.get_text() for tag in Browser(town_hall).get("site.site_map").soup.select("h2")]
    assert "Mairie" not in titles


def _is_let_in(visitor: Browser, path: str, method: str) -> bool:
    """Tell whether the view itself answers, whatever it says of what does not exist."""
    reached: list[str] = []
    app, endpoint = visitor.app, visitor.app.url_map.bind("localhost").match(path, method)[0]
    view = app.view_functions[endpoint]

    def noted(**_arguments: str) -> str:
        reached.append(endpoint)
        return ""

    noted.__dict__.update(view.__dict__)
    app.view_functions[endpoint] = noted
    try:
        visitor.fetch(path, method)
    finally:
        app.view_functions[endpoint] = view
    return bool(reached)
