"""« Plan du site »: every page has its name there, and the name is the one on the menu."""

import pytest
from flask import Flask

from app.web.access import Audience, audience_of
from app.web.site_map import LABEL
from tests.support.browser import Browser, Page
from tests.support.people import People

# Pages that only mean something on the way from the one before.
STEPS = {"auth.forgotten_password_sent"}
FAMILY_NOTE = "Ces pages s’ouvrent après connexion."


def links(page: Page) -> dict[str, str]:
    """Read the map as addresses and words."""
    return {str(tag["href"]): tag.get_text(strip=True) for tag in page.soup.select("main a")}


def test_every_page_has_a_label(app: Flask, people: People) -> None:
    """What opens as a page without anything more in its address is on the map.

    Files, redirections and acts open as something else; nobody has to list them.
    """
    parent, stranger = Browser(app), Browser(app)
    parent.sign_in(people.zest)
    nameless = set()
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if rule.arguments or "GET" not in (rule.methods or ()) or hasattr(view, LABEL):
            continue
        if rule.endpoint.startswith("town_hall."):
            # Nobody's map shows the town hall's.
            continue
        with app.app_context():
            is_public = audience_of(rule.endpoint) is Audience.STRANGERS
        visitor = stranger if is_public else parent
        answer = visitor.fetch(rule.rule)
        if (answer.status_code, answer.mimetype) == (200, "text/html"):
            nameless.add(rule.endpoint)
    assert nameless - STEPS == set(), "give these views a name with app.web.site_map.labelled"


def test_a_stranger_sees_the_whole_portal(app: Flask, people: People) -> None:
    """Groups in their order, the family's pages after the note that says when they open."""
    page = Browser(app).get("site.site_map")
    titles = [tag.get_text() for tag in page.soup.select("main h2")]
    assert titles == ["Se connecter", "Votre famille", "Le portail"]
    assert FAMILY_NOTE in page.soup.select("main section")[1].get_text()
    labels = list(links(page).values())
    assert labels[:3] == ["Connexion", "Mot de passe oublié", "Guide"]
    assert labels[3:5] == ["Accueil", "Mon compte"]
    assert labels[-5:] == [
        "Plan du site",
        "Mentions légales",
        "Données personnelles",
        "Accessibilité",
        "Code source",
    ]


def test_a_parent_is_told_nothing_about_signing_in(app: Flask, people: People) -> None:
    parent = Browser(app)
    parent.sign_in(people.zest)
    assert FAMILY_NOTE not in parent.get("site.site_map").soup.get_text()


def test_every_entry_opens(app: Flask, people: People) -> None:
    """A stranger is asked to sign in for the family's pages, and then gets there."""
    stranger = Browser(app)
    for path in links(stranger.get("site.site_map")):
        page = stranger.visit(path)
        assert page.path in {path, "/connexion"}
    parent = Browser(app)
    parent.sign_in(people.zest)
    for path in set(links(parent.get("site.site_map"))) - {"/connexion"}:
        assert parent.visit(path).path == path


@pytest.mark.parametrize("place", [".menu a", ".foot nav a"])
def test_menus_and_map_call_a_page_alike(app: Flask, people: People, place: str) -> None:
    parent = Browser(app)
    home = parent.sign_in(people.zest)
    named = links(parent.get("site.site_map"))
    # An entry may tell how much is new after its name.
    entries = {str(tag["href"]): next(tag.stripped_strings) for tag in home.soup.select(place)}
    assert entries
    assert entries == {path: named[path] for path in entries}
