"""What the small script adds, for those who have JavaScript."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect

from tests.e2e.gallery import PHONE, Visit, open_visit
from tests.support.gallery import Screen


@pytest.fixture
def visit(chromium: Chromium) -> Iterator[Visit]:
    """A phone that looks at saved screens."""
    visit = open_visit(chromium, viewport=PHONE)
    yield visit
    visit.context.close()


def named(gallery: list[Screen], name: str) -> Screen:
    """Find a screen by its name in tests/support/screens.py."""
    [screen] = [screen for screen in gallery if screen.name == name]
    return screen


def test_what_is_wrong_takes_the_focus_and_leads_to_its_field(
    visit: Visit, gallery: list[Screen]
) -> None:
    page = visit.show(named(gallery, "sign in, nothing typed"))
    expect(page.locator("[data-error-summary]")).to_be_focused()
    page.get_by_role("link", name="Saisissez votre mot de passe.").click()
    expect(page.get_by_role("textbox", name="Mot de passe")).to_be_focused()


def test_a_password_shows_and_hides(visit: Visit, gallery: list[Screen]) -> None:
    page = visit.show(named(gallery, "sign in"))
    field = page.locator("#password")
    field.fill("Soleil2018")
    show = page.get_by_role("button", name="Afficher : Mot de passe")
    expect(show).to_have_attribute("aria-pressed", "false")
    show.click()
    expect(field).to_have_attribute("type", "text")
    page.get_by_role("button", name="Masquer : Mot de passe").click()
    expect(field).to_have_attribute("type", "password")


def test_a_shown_password_is_sent_as_a_hidden_one(visit: Visit, gallery: list[Screen]) -> None:
    page = visit.show(named(gallery, "sign in"))
    page.evaluate("addEventListener('submit', (event) => event.preventDefault())")
    page.get_by_role("button", name="Afficher").click()
    page.get_by_role("button", name="Connexion").click()
    expect(page.locator("#password")).to_have_attribute("type", "password")


def test_the_rules_are_ticked_off_while_typing(visit: Visit, gallery: list[Screen]) -> None:
    page = visit.show(named(gallery, "choose"))
    states = page.locator("[data-rule-state]")
    expect(states).to_have_text(["à faire"] * 4)
    page.locator("#new_password").press_sequentially("Éta")
    expect(states).to_have_text(["à faire", "fait", "fait", "à faire"])
    page.locator("#new_password").press_sequentially("ges2018")
    expect(states).to_have_text(["fait"] * 4)
    expect(page.locator("[data-rules-status]")).to_have_text("4 critères sur 4 : tout est fait.")


def test_a_double_click_sends_once(visit: Visit, gallery: list[Screen]) -> None:
    page = visit.show(named(gallery, "forgotten"))
    page.evaluate("""addEventListener('submit', (event) => {
      window.sent = (window.sent || 0) + !event.defaultPrevented;
      event.preventDefault();
    })""")
    page.get_by_role("button", name="Recevoir le courriel").dblclick()
    assert page.evaluate("window.sent") == 1


def test_the_mail_can_be_asked_again_after_two_minutes(visit: Visit, gallery: list[Screen]) -> None:
    visit.page.clock.install()
    page = visit.show(named(gallery, "forgotten, sent"))
    again = page.get_by_role("button", name="Renvoyer le courriel")
    expect(again).to_be_disabled()
    expect(page.locator("[data-wait-status]")).to_have_text("Possible dans 2 minutes.")
    page.clock.fast_forward("01:30")
    expect(page.locator("[data-wait-status]")).to_have_text("Possible dans 1 minute.")
    page.clock.fast_forward("00:31")
    expect(again).to_be_enabled()
