"""A parent chooses a file that is too heavy, in a real browser: nothing that was typed is lost."""

import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, Route, expect

from app.services.files import uploads
from tests.e2e.gallery import PHONE
from tests.e2e.live import Portal

WISH = "Une place de parking devant l’école"


def test_a_heavy_file_costs_no_answer(parent: Page, live: Portal, tmp_path: Path) -> None:
    """Nothing leaves with it, nor without it: a sentence in the summary and by the field."""
    choose(parent, pdf(tmp_path / "plan.pdf", uploads.MOST_FILES * uploads.LARGEST + 1))
    parent.get_by_role("button", name="Envoyer ma demande").click()
    summary = parent.locator(".error-summary")
    expect(summary).to_contain_text("«\u00a0plan.pdf\u00a0» pèse plus de 8")
    expect(summary).to_be_focused()
    expect(parent).to_have_title(re.compile("^Erreur"))
    expect(parent.locator(".field-error:visible")).to_contain_text("pèse plus de 8")
    expect(parent.locator("main")).to_contain_text(WISH)
    assert live.flask("demandes", "list") == "Aucune demande.\n"
    parent.locator("input[type=file]").set_input_files(pdf(tmp_path / "leger.pdf", 1000))
    parent.get_by_role("button", name="Envoyer ma demande").click()
    expect(parent.locator("main")).to_contain_text("Votre demande est envoyée.")
    expect(parent.locator("main")).to_contain_text("leger")


@pytest.mark.parametrize("device", [(PHONE, True)], indirect=True)
def test_a_photo_is_made_smaller_before_it_leaves(parent: Page, tmp_path: Path) -> None:
    """Heavier than a file may be, and held sideways: it arrives, upright; the button says so."""
    path = photo(tmp_path / "IMG 2041.JPG")
    assert path.stat().st_size > uploads.LARGEST
    choose(parent, path)
    chosen = "const [file] = document.querySelector('input[type=file]').files;"
    parent.wait_for_function(f"() => {{ {chosen} return file.size < {uploads.LARGEST} }}")
    assert parent.evaluate(f"() => {{ {chosen} return file.name }}") == "IMG 2041.jpg"
    sides = "const {width, height} = await createImageBitmap(file); return [width, height]"
    assert parent.evaluate(f"async () => {{ {chosen} {sides} }}") == [1800, 2400]
    expect(parent.locator(".field-error:visible")).to_have_count(0)
    parent.evaluate(
        "addEventListener('submit', () => sessionStorage.setItem('said',"
        " document.querySelector('button[value=send]').textContent))"
    )
    parent.get_by_role("button", name="Envoyer ma demande").click()
    expect(parent.locator("main")).to_contain_text("Votre demande est envoyée.")
    expect(parent.get_by_role("link", name="IMG 2041")).to_be_visible()
    assert parent.evaluate("sessionStorage.getItem('said')") == "Envoi…"


@pytest.mark.parametrize("device", [(PHONE, True)], indirect=True)
def test_a_photo_chosen_before_the_script_came_is_made_smaller(
    parent: Page, tmp_path: Path
) -> None:
    """Over a slow network the page is there first."""
    late: list[Route] = []

    def hold(route: Route) -> None:
        late.append(route)

    parent.route("**/files*.js*", hold)
    parent.goto("/demandes/nouvelle/autre")
    parent.get_by_label("Votre demande").fill(WISH)
    parent.get_by_role("button", name="Continuer").click(no_wait_after=True)
    parent.locator("input[type=file]").set_input_files(photo(tmp_path / "IMG 2042.JPG"))
    [script] = late
    script.continue_()
    parent.wait_for_function(
        f"() => document.querySelector('input[type=file]').files[0].size < {uploads.LARGEST}"
    )


@pytest.mark.parametrize("device", [({"width": 360, "height": 740}, False)], indirect=True)
def test_a_flood_keeps_the_answers(parent: Page, tmp_path: Path) -> None:
    """So heavy that it is not read: the page comes back with a sentence and the answers."""
    choose(parent, pdf(tmp_path / "film.pdf", uploads.MOST_BYTES + 1))
    parent.get_by_role("button", name="Envoyer ma demande").click()
    expect(parent.locator("h1")).to_have_text("Vérifiez vos réponses")
    expect(parent.locator(".error-summary")).to_contain_text("trop lourds")
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


def photo(path: Path) -> Path:
    """Take a photo of noise, wide and heavy, with the camera held on its side."""
    small = Image.effect_noise((800, 600), 90).convert("RGB")
    exif = Image.Exif()
    exif[0x0112] = 6
    small.resize((4800, 3600), Image.Resampling.NEAREST).save(path, quality=100, exif=exif)
    return path
