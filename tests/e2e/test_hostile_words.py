"""Every screen, parents' and town hall's, when every word that is stored is an attacker's.

What no test client sees: whether any of it runs, and whether one word without an end makes a page
wider than the screen, on a phone or on a desk.
"""

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import ViewportSize

from app import db
from tests.conftest import furnished, settings_of
from tests.e2e.gallery import PHONE, Visit, open_visit
from tests.support import markup
from tests.support.databases import NewDatabase
from tests.support.gallery import Screen, hang
from tests.support.screens import rare

# Leaves what it may stand in, and runs as soon as it is parsed.
HOSTILE = "\"'><svg onload=a()>"
ENDLESS = "W" * 60
DESK: ViewportSize = {"width": 1280, "height": 800}
# What a word made of itself, and what makes the page wider than the screen; a table may be wider
# than its place, which it is moved in.
LOOK = """() => {
    const opening = each => each.outerHTML.slice(0, 90);
    const all = [...document.body.querySelectorAll("*")];
    const width = document.documentElement.clientWidth;
    const wide = document.documentElement.scrollWidth > width
        ? all.filter(each => each.getBoundingClientRect().right > width + 1
                             && !each.closest(".across > *")).map(opening).concat("too wide") : [];
    return [...all.filter(each => each.matches("[onload]")).map(opening), ...wide.slice(0, 3)];
}"""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory, new_sqlite: NewDatabase) -> list[Screen]:
    """Every screen in every state, gone through with such words in the database."""
    settings = settings_of(tmp_path_factory.mktemp("hostile"), new_sqlite())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(markup, "MARK", HOSTILE)
        patch.setattr(markup, "ENDLESS", ENDLESS)
        patch.setattr(rare, "TOWN_TEXT", markup.in_each_line(rare.TOWN_TEXT))
        # The other checks are for French, which this is not.
        patch.setattr("tests.support.browser.faults_of_new_page", lambda _page: [])
        application = furnished(markup.described_so(settings))
        with markup.in_every_word():
            screens = hang(application, markup.settled_so(application)).screens
        application.extensions[db.EXTENSION].dispose()
    return screens


def test_hostile_words_are_words(chromium: Chromium, hostile: list[Screen]) -> None:
    """Nothing runs, nothing comes apart, no page scrolls sideways."""
    visit = open_visit(chromium, viewport=PHONE, reduced_motion="reduce")
    faults = [
        f"{screen.name}, {screen.path}: {fault}"
        for screen in hostile
        for fault in looked_at(visit, screen)
    ]
    visit.context.close()
    assert faults == []
    read = {screen.path.split("/")[1] for screen in hostile if ENDLESS in screen.body}
    assert {"mairie", "accueil", "demandes", "factures", "messages"} <= read


def looked_at(visit: Visit, screen: Screen) -> list[str]:
    """List what is wrong with a screen, as narrow as a phone, then as wide as a desk's."""
    page = visit.show(screen)
    found: list[str] = page.evaluate(LOOK)
    page.set_viewport_size(DESK)
    found += page.evaluate(LOOK)
    page.set_viewport_size(PHONE)
    # Chromium reports the status of an error page there.
    return found + [said for said in visit.complaints if "status of" not in said]
