"""Who opens what at the town hall: each screen says the right it asks."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

import config
from app import create_app
from app.services.clerks import rights
from app.services.clerks.rights import Right, Role
from app.web.access import Audience, audience_of
from app.web.clerk_access import need_of
from tests.support.browser import Browser
from tests.support.clerks import give_password, settle
from tests.test_architecture import rules, sample_path

EVERYBODY = {
    Right.OWN_ACCOUNT,
    Right.DAY,
    Right.EXPECTED,
    Right.FAMILIES,
    Right.REQUESTS,
    Right.MESSAGES,
    Right.DOCUMENTS,
}
TREASURY = EVERYBODY | {
    Right.ACCESS,
    Right.CHANGE_FILES,
    Right.AMOUNTS,
    Right.BILLING,
    Right.VIEW_AS,
    Right.ANSWER,
    Right.WRITE,
    Right.MAILS,
    Right.IMPORT,
}
# The pages that each role opens, and no other.
OPENS = {
    Role.CARE: {
        Right.OWN_ACCOUNT,
        Right.DAY,
        Right.EXPECTED,
        Right.ATTENDANCE,
        Right.ORDER,
        Right.DIETS,
    },
    Role.READING: EVERYBODY,
    Role.OFFICE: TREASURY
    | {
        Right.ANSWER_ALL,
        Right.READY_ANSWERS,
        Right.BOOK,
        Right.SERVICES,
        Right.ATTENDANCE,
        Right.ORDER,
        Right.DIETS,
        Right.HEALTH,
        Right.PROOFS,
        Right.WRITE_TO_ALL,
        Right.PUBLISH,
    },
    Role.REGIE: TREASURY,
    Role.ADMINISTRATION: set(Right),
}
# Asked by the same screen, of some requests or messages only: tests/blueprints/town_hall.
ASKED_WITHIN = {Right.ANSWER_ALL, Right.DIETS}


def test_every_screen_says_what_it_asks(app: Flask) -> None:
    """One without a mark would be closed to all; one of the family has none."""
    with app.app_context():
        asked = {
            rule.endpoint: need_of(rule.endpoint)
            for rule in rules(app)
            if rule.endpoint.startswith("town_hall.")
            and audience_of(rule.endpoint) is Audience.TOWN_HALL
        }
        marked = {each.endpoint for each in rules(app) if need_of(each.endpoint)}
    assert asked
    assert [name for name, need in asked.items() if need is None] == []
    assert marked == set(asked)


def test_each_right_is_asked_by_a_screen(app: Flask) -> None:
    with app.app_context():
        needs = filter(None, (need_of(rule.endpoint) for rule in rules(app)))
        assert {right for right, _ in needs} == set(Right) - ASKED_WITHIN


@pytest.mark.parametrize("role", Role, ids=lambda role: role.name)
def test_each_role_opens_what_the_table_says(app: Flask, role: Role) -> None:
    """All addresses, by somebody with this role alone."""
    browser = Browser(app)
    clerk = settle(app, "somebody@commune.fr", "Alex Rey", role.value)
    page = give_password(browser, clerk.email).fill({"Code": clerk.spare[0]})
    page.submit("Valider")
    assert rights.OF_ROLE[role] == OPENS[role]
    for rule in rules(app):
        with app.app_context():
            need = need_of(rule.endpoint)
        if need is None or "GET" not in (rule.methods or ()):
            continue
        answer = browser.fetch(sample_path(app, rule))
        allowed = need[0] in OPENS[role]
        assert (answer.status_code != 403) is allowed, f"{role}: {rule} {answer.status}"


def test_a_stranger_and_a_parent_are_sent_to_the_door(app: Flask) -> None:
    stranger = Browser(app)
    for rule in rules(app):
        with app.app_context():
            need = need_of(rule.endpoint)
        for method in rule.methods or () if need else ():
            answer = stranger.fetch(sample_path(app, rule), method)
            assert answer.location.partition("?")[0] == "/mairie/connexion", f"{method} {rule}"


@pytest.fixture
def fenced(settings: config.Settings) -> Iterator[Flask]:
    """A town hall that signs in from its own network."""
    application = create_app(replace(settings, staff_networks=("198.51.100.0/24", "2001:db8::/48")))
    yield application
    application.extensions["portail.engine"].dispose()


def test_outside_its_networks_there_is_no_town_hall(fenced: Flask) -> None:
    """Not even a page to sign in."""
    for address, status in (
        ("198.51.100.7", 200),
        ("2001:db8::5", 200),
        ("192.0.2.1", 404),
        ("2001:db9::5", 404),
    ):
        answer = Browser(fenced, address=address).fetch("/mairie/connexion")
        assert answer.status_code == status, address
