"""A parent chooses a file that is too heavy, in a real browser: nothing that was typed is lost."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app.services.files import uploads

WISH = "Une place de parking devant l’école"


def test_a_heavy_file_costs_no_answer(parent: Page, tmp_path: Path) -> None:
    """A sentence by the field: at once, or after sending without JavaScript; then it leaves."""
    choose(parent, pdf(tmp_path / "plan.pdf", uploads.MOST_FILES * uploads.LARGEST + 1))
    if parent.locator("[role=alert]").is_hidden():
        parent.get_by_role("button", name="Envoyer ma demande").click()
    expect(parent.locator("[role=alert]")).to_contain_text("pèse plus de 8")
    expect(parent.locator("main")).to_contain_text(WISH)
    parent.locator("input[type=file]").set_input_files(pdf(tmp_path / "leger.pdf", 1000))
    expect(parent.locator(".field [role=alert]:visible")).to_have_count(0)
    parent.get_by_role("button", name="Envoyer ma demande").click()
    expect(parent.locator("main")).to_contain_text("Votre demande est envoyée.")
    expect(parent.locator("main")).to_contain_text("leger")


@pytest.mark.parametrize("device", [({"width": 360, "height": 740}, False)], indirect=True)
def test_a_flood_keeps_the_answers(parent: Page, tmp_path: Path) -> None:
    """So heavy that it is not read: the page comes back with a sentence and the answers."""
    choose(parent, pdf(tmp_path / "film.pdf", uploads.MOST_BYTES + 1))
    parent.get_by_role("button", name="Envoyer ma demande").click()
    expect(parent.locator("h1")).to_have_text("Vérifiez vos réponses")
    expect(parent.locator("[role=alert]")).to_contain_text("trop lourds")
    expect(parent.locator("main")).to_contain_text(WISH)


def choose(page: Page, path: Path) -> None:
    """Ask for something, and choose a file to go with it."""
    page.goto("/demandes/nouvelle/autre")
    page.get_by_label("Votre demande").fill(WISH)
    page.get_by_role("button", name="Continuer").click()
    page.locator("input[type=file]").set_input_files(path)


def pdf(path: Path, size: int) -> Path:
    """Make a file of this many bytes, most of them not on the disk."""
    with path.open("wb") as file:
        file.write(b"%PDF-1.7\n")
        file.seek(size - 6)
        file.write(b"\n%%EOF")
    return path
