"""« Mes enfants », from the menu to the page of a child."""

from playwright.sync_api import Page, expect


def test_a_parent_reads_the_page_of_a_child(parent: Page) -> None:
    parent.get_by_role("link", name="Mes enfants", exact=True).first.click()
    expect(parent.locator("h1")).to_have_text("Mes enfants")
    parent.get_by_role("link", name="Voir la fiche de PAYS").click()
    expect(parent.locator("h1")).to_have_text("PAYS ZEST")
    expect(parent.locator("main")).to_contain_text("8\u00a0novembre 2016")
    expect(parent.locator("main")).to_contain_text("ans")
