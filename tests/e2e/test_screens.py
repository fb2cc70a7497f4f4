"""Every screen in a real browser: accessible, on an old phone as on a desk, light and dark."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, ViewportSize

from tests.e2e.gallery import DESKTOP, ORIGIN, PHONE, Visit, open_visit
from tests.support.gallery import Screen

AXE = Axe().axe_script
SMALL_DESK = ViewportSize(width=1366, height=768)
FIRST_LOAD_BYTES = 60_000
# A family's file, whole, or a page of the journal; with a stylesheet of its own.
OF_THE_TOWN_HALL = 80_000
# Links inside a sentence are as high as its lines, which WCAG 2.5.8 excepts.
SMALL_TARGETS = """() => [...document.querySelectorAll(
    "button, input:not([type=hidden]), select, textarea, summary, a[href]")]
  .filter((element) => {
    // A box to tick is as large as its label, which lies over it.
    const ticked = ["checkbox", "radio"].includes(element.type) && element.labels[0];
    const box = (ticked || element).getBoundingClientRect();
    const shown = box.width > 1 && box.height > 1 && element.checkVisibility();
    const inSentence = element.tagName === "A" && getComputedStyle(element).display === "inline"
      && element.parentElement.innerText.trim() !== element.innerText.trim();
    const skip = element.classList.contains("skip");
    return shown && !inSentence && !skip && Math.min(box.height, box.width) < 43.5;
  })
  .map((element) => `${element.tagName} « ${element.innerText || element.name} » `
    + `${Math.round(element.getBoundingClientRect().width)}x`
    + `${Math.round(element.getBoundingClientRect().height)}`)"""
TOO_WIDE = """() => document.documentElement.scrollWidth > innerWidth
  ? [...document.querySelectorAll("body *")]
      .filter((element) => element.getBoundingClientRect().right > innerWidth + 0.5)
      .map((element) => element.outerHTML.slice(0, 90)).slice(0, 3).concat("too wide")
  : []"""
# A table that is wider than its place moves sideways there, and hides its last columns.
MOVES_SIDEWAYS = """() => [...document.querySelectorAll(".across")]
  .filter((element) => element.scrollWidth > element.clientWidth + 1)
  .map((element) => `${element.innerText.slice(0, 60)} ${element.scrollWidth}px`)"""
BELOW_THE_SCREEN = """() => [...document.querySelectorAll(".menu :is(a, button)")]
  .filter((element) => element.getBoundingClientRect().bottom > innerHeight)
  .map((element) => element.innerText)"""
TEXT_PIXELS = """() => parseFloat(getComputedStyle(document.querySelector("main")).fontSize)"""
# Of the choices of one question, Tab stops at one: the arrows go to the others.
REACHABLE = """() => {
  const shown = [...document.querySelectorAll(
    "a[href], button, input:not([type=hidden]), textarea, select, summary")]
    .filter((e) => e.checkVisibility() && !e.disabled && e.tabIndex >= 0);
  const questions = shown.filter((e) => e.type === "radio").map((e) => e.name);
  return shown.length - questions.length + new Set(questions).size;
}"""
# An error summary takes the focus: the way round begins at the top all the same.
FROM_THE_TOP = """() => new Promise((done) => requestAnimationFrame(() => {
  document.activeElement.blur();
  location.hash = "#top";
  requestAnimationFrame(done);
}))"""
# What takes the focus says where it is, and whether one sees that.
TELL_STOPS = """() => {
  window.stops = [];
  addEventListener("focusin", ({target}) => {
    const style = getComputedStyle(target);
    stops.push({
      words: (target.innerText || "").trim(),
      place: [...document.querySelectorAll("*")].indexOf(target),
      outline: style.outlineStyle !== "none" || style.boxShadow !== "none",
    });
  });
}"""
STORED = "() => localStorage.length + sessionStorage.length"


@dataclass
class Inspection:
    """What was seen of one screen in one visit: on an old phone, then as wide as a desk's."""

    name: str
    too_wide: list[str]
    small_targets: list[str]
    text_pixels: float
    stored: int
    complaints: list[str]
    asked: list[str]
    weight: int
    violations: list[str]
    too_wide_at_twice_the_text: list[str]


@pytest.fixture(scope="module")
def looking(chromium: Chromium) -> Iterator[Visit]:
    """One window for every screen."""
    visit = open_visit(chromium, viewport=PHONE, reduced_motion="reduce")
    visit.page.add_init_script(AXE)
    yield visit
    visit.context.close()


@pytest.fixture(scope="module")
def inspected(looking: Visit, gallery: list[Screen]) -> list[Inspection]:
    """Every screen, on the phone, in the light."""
    return [inspect(looking, screen) for screen in gallery]


def inspect(visit: Visit, screen: Screen) -> Inspection:
    """Look at one screen."""
    page = visit.show(screen)
    asked = list(visit.asked)
    return Inspection(
        screen.name,
        page.evaluate(TOO_WIDE),
        page.evaluate(SMALL_TARGETS),
        page.evaluate(TEXT_PIXELS),
        page.evaluate(STORED),
        # Chromium reports the status of an error page there.
        [said for said in visit.complaints if "status of" not in said],
        asked,
        len(screen.body.encode()) + sum(_weight(visit, url) for url in asked if "/static/" in url),
        violations(page),
        too_wide_at_twice_the_text(page),
    )


def violations(page: Page, **options: object) -> list[str]:
    """Run axe with all of its rules, the advice on best practice included."""
    # What is in order needs no words.
    options["resultTypes"] = ["violations"]
    found = page.evaluate(
        "(options) => axe.run(options).then((results) => results.violations)", options
    )
    return [
        f"{violation['id']}: {node['html'][:120]} {node['failureSummary'][:200]}"
        for violation in found
        for node in violation["nodes"]
    ]


def violations_in_the_dark(page: Page) -> list[str]:
    """Only colours differ in the dark."""
    page.emulate_media(color_scheme="dark")
    return violations(page, runOnly=["color-contrast", "link-in-text-block"])


def too_wide_at_twice_the_text(page: Page) -> list[str]:
    """Double the text alone, on the same phone."""
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    found: list[str] = page.evaluate(TOO_WIDE)
    page.evaluate("document.documentElement.style.fontSize = ''")
    return found


def _weight(visit: Visit, url: str) -> int:
    assert visit.screen is not None
    return len(visit.screen.visitor.fetch(url.removeprefix(ORIGIN)).get_data())


def faults(inspected: list[Inspection], of: Callable[[Inspection], list[str]]) -> str:
    """List what is wrong, with the name of the screen; empty when nothing is."""
    return "\n".join(f"{screen.name}: {fault}" for screen in inspected for fault in of(screen))


def test_axe_finds_nothing(inspected: list[Inspection]) -> None:
    assert faults(inspected, lambda screen: screen.violations) == ""


def test_axe_finds_nothing_in_the_dark_nor_on_a_desk(looking: Visit, gallery: list[Screen]) -> None:
    """Colours and layout change with the kind of a screen, not with its state."""
    found = []
    for screen in one_of_each(gallery):
        page = looking.show(screen)
        in_the_dark = violations_in_the_dark(page)
        page.set_viewport_size(DESKTOP)
        in_the_dark += violations_in_the_dark(page)
        page.emulate_media(color_scheme="light")
        found += [f"{screen.name}: {fault}" for fault in in_the_dark + violations(page)]
        page.set_viewport_size(PHONE)
    assert found == []


def test_nothing_scrolls_sideways(inspected: list[Inspection]) -> None:
    assert faults(inspected, lambda screen: screen.too_wide) == ""


def test_twice_the_text_still_fits(inspected: list[Inspection]) -> None:
    assert faults(inspected, lambda screen: screen.too_wide_at_twice_the_text) == ""


def test_targets_suit_a_thumb(inspected: list[Inspection]) -> None:
    assert faults(inspected, lambda screen: screen.small_targets) == ""


def test_text_is_large_enough_to_read(inspected: list[Inspection]) -> None:
    assert [screen.name for screen in inspected if screen.text_pixels < 18] == []


def test_the_console_stays_silent(inspected: list[Inspection]) -> None:
    """Nothing is refused by the policy that the headers set, no script fails."""
    assert faults(inspected, lambda screen: screen.complaints) == ""


def test_a_page_is_light_and_asks_nobody_else(inspected: list[Inspection]) -> None:
    """Under 60 KB uncompressed, nothing from another site, nothing stored in the browser."""
    assert [screen.name for screen in inspected if screen.weight > most(screen)] == []
    assert [screen.name for screen in inspected if screen.stored] == []
    elsewhere = faults(
        inspected, lambda screen: [url for url in screen.asked if not url.startswith(f"{ORIGIN}/")]
    )
    assert elsewhere == ""


def most(screen: Inspection) -> int:
    """Say how heavy it may be."""
    at_town_hall = any("/static/mairie.css" in url for url in screen.asked)
    return OF_THE_TOWN_HALL if at_town_hall else FIRST_LOAD_BYTES


@pytest.fixture
def small_desk(chromium: Chromium) -> Iterator[Visit]:
    """The screen of a secretary's laptop."""
    visit = open_visit(chromium, viewport=SMALL_DESK)
    yield visit
    visit.context.close()


def test_the_town_hall_is_seen_whole_from_a_tablet_to_a_desk(
    small_desk: Visit, gallery: list[Screen]
) -> None:
    """No column is out of sight, nor any place of the menu on a laptop."""
    found = []
    for screen in one_of_each(gallery):
        if "/static/mairie.css" in screen.body:
            page = small_desk.show(screen)
            found += [f"{screen.name}: {each}" for each in page.evaluate(BELOW_THE_SCREEN)]
            for width in (1366, 1024, 768):
                page.set_viewport_size({"width": width, "height": 768})
                wide = page.evaluate(MOVES_SIDEWAYS)
                found += [f"{screen.name} at {width}: {each}" for each in wide]
            page.set_viewport_size(SMALL_DESK)
    assert found == []


@pytest.fixture
def desk(chromium: Chromium) -> Iterator[Visit]:
    """A wide screen."""
    visit = open_visit(chromium, viewport=DESKTOP, reduced_motion="reduce")
    yield visit
    visit.context.close()


def test_the_keyboard_alone_goes_everywhere(desk: Visit, gallery: list[Screen]) -> None:
    """Tab meets the skip link first, then every control in order, each visibly focused."""
    for screen in one_of_each(gallery):
        page = desk.show(screen)
        reachable = page.evaluate(REACHABLE)
        page.evaluate(FROM_THE_TOP)
        # The day, the month, the year and the calendar of a date are stops of their own.
        presses = reachable + 3 * page.locator("input[type=date]").count()
        stops = tab_stops(page, presses)
        assert stops[0]["words"] == "Aller au contenu", screen.name
        places = {stop["place"] for stop in stops}
        assert len(places) == reachable, screen.name
        outlined = {stop["place"] for stop in stops if stop["outline"]}
        assert outlined == places, f"{screen.name}: {stops}"


def one_of_each(screens: list[Screen]) -> list[Screen]:
    """Take a screen of each title, which says so when something was wrong on it."""
    return list({screen.body.partition("</title>")[0]: screen for screen in screens}.values())


def tab_stops(page: Page, presses: int) -> list[dict[str, object]]:
    """Press Tab that often, and return where the focus went."""
    page.evaluate(TELL_STOPS)
    for _ in range(presses):
        page.keyboard.press("Tab")
    stops: list[dict[str, object]] = page.evaluate("() => stops")
    return stops
