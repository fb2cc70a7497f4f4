"""What a stranger finds around the family's space: the guide and the map."""

from playwright.sync_api import Page, expect

from tests.e2e.conftest import whole


def test_a_stranger_takes_the_guide_and_follows_the_map(window: Page) -> None:
    window.goto("/connexion")
    window.locator("footer").get_by_role("link", name="Guide", exact=True).click()
    expect(window.locator("h1")).to_have_text("Se connecter au portail famille")
    paper = window.context.request.get("/guide.pdf")
    assert paper.headers["content-type"] == "application/pdf"
    assert paper.body().startswith(b"%PDF-")
    window.locator("footer").get_by_role("link", name="Plan du site", exact=True).click()
    expect(window.locator("h1")).to_have_text("Plan du site")
    expect(window.locator("main")).to_contain_text("Ces pages s’ouvrent après connexion.")
    targets = [link.get_attribute("href") for link in whole(window).locator("main a").all()]
    assert len(targets) > len({"Connexion", "Guide", "Accueil"})
    for target in targets:
        answer = window.goto(str(target))
        assert answer is not None
        assert answer.ok, target
    window.goto("/plan-du-site")
    window.locator("main").get_by_role("link", name="Accueil", exact=True).click()
    expect(window.locator("h1")).to_have_text("Accès famille")
