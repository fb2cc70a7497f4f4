"""« Infos/Documents », from what the town hall adds to what the parent keeps."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.conftest import follow_menu, sign_in
from tests.e2e.live import Portal

DEMO = Path(__file__).parent.parent.parent / "demo" / "documents"
TITLE = "Menus de janvier et février"


def test_a_parent_sees_what_is_new_and_keeps_it(parent: Page, live: Portal) -> None:
    menu = DEMO / "menus-novembre-decembre.pdf"
    live.flask("documents", "add", str(menu), "--title", TITLE, "--category", "Cantine")
    parent.context.clear_cookies()
    sign_in(parent)
    follow_menu(parent, "Infos/Documents")
    row = parent.get_by_role("listitem").filter(has_text=TITLE)
    expect(row).to_contain_text("Nouveau")
    expect(row).to_contain_text("PDF, 1\u00a0Ko")
    old = parent.get_by_role("listitem").filter(has_text="Tarifs 2026-2027")
    expect(old).not_to_contain_text("Nouveau")
    with parent.expect_download() as saved:
        row.get_by_role("link").click()
    assert saved.value.suggested_filename == f"{TITLE}.pdf"
    assert saved.value.path().read_bytes() == menu.read_bytes()
    expect(parent.locator("h1")).to_have_text("Infos/Documents")
