"""What the town says of itself: Mentions légales and its coat of arms."""

import io
from pathlib import Path

from PIL import Image

import config
from app import create_app
from app.services import retention
from app.version import VERSION
from tests.support.browser import Browser

SIDE = 64


def test_mentions_legales_name_who_answers_for_the_site(tmp_path: Path) -> None:
    app = create_app(
        config.Test(
            instance=tmp_path,
            town_director="Camille Martin, maire",
            town_host="Hébergeur Exemple, 2 rue du Port, 38000 Grenoble",
        )
    )
    words = Browser(app).get("site.legal_notice").soup.get_text()
    assert "Camille Martin, maire" in words
    assert "Hébergeur Exemple, 2 rue du Port" in words
    assert "n’a pas encore indiqué" not in words


def test_mentions_legales_say_what_is_not_known_yet(tmp_path: Path) -> None:
    words = Browser(create_app(config.Test(instance=tmp_path))).get("site.legal_notice")
    assert "Le maire de la commune." in words.soup.get_text()
    assert "n’a pas encore indiqué ici son hébergeur" in words.soup.get_text()


def test_the_coat_of_arms_stands_on_every_page(tmp_path: Path) -> None:
    drawn = io.BytesIO()
    Image.new("RGB", (SIDE, SIDE), "#7a1f2b").save(drawn, "PNG")
    (tmp_path / "armoiries.png").write_bytes(drawn.getvalue())
    stranger = Browser(create_app(config.Test(instance=tmp_path, town_crest="armoiries.png")))
    picture = stranger.get("site.accessibility").soup.select_one(".crest img")
    assert picture is not None
    answer = stranger.fetch(str(picture["src"]))
    assert (answer.status_code, answer.mimetype) == (200, "image/png")
    assert Image.open(io.BytesIO(answer.data)).size == (SIDE, SIDE)
    # Kept an hour, the same for all: a new one is seen the same day.
    assert answer.cache_control.max_age == 3600
    assert "Set-Cookie" not in answer.headers


def test_a_town_without_one_has_a_drawing(tmp_path: Path) -> None:
    stranger = Browser(create_app(config.Test(instance=tmp_path)))
    assert stranger.get("site.accessibility").soup.select_one(".crest svg")
    assert stranger.fetch("/armoiries").status_code == 404


def test_the_name_of_the_portal_leads_to_its_shortest_address(tmp_path: Path) -> None:
    """A parent who copies the link gets what the town would print today."""
    page = Browser(create_app(config.Test(instance=tmp_path))).get("auth.sign_in")
    brand = page.soup.select_one("a.brand")
    assert brand is not None
    assert brand["href"] == "/"


def test_donnees_personnelles_say_all_that_is_kept(tmp_path: Path) -> None:
    """What the software keeps is told by the software, whatever the town writes beside it."""
    folder = tmp_path / "textes"
    folder.mkdir()
    (folder / "donnees-personnelles.txt").write_text("Nos finalités.\n", "utf-8")
    page = Browser(create_app(config.Test(instance=tmp_path))).get("site.personal_data")
    for words in ("photo", "vos demandes et les fichiers", "Le journal de votre compte",
                  "son adresse internet", "Télécharger mes données", "Nos finalités."):  # fmt: skip
        assert words in page.text, words


def test_donnees_personnelles_say_how_long(tmp_path: Path) -> None:
    """What `flask purge` does, as docs/retention.md says."""
    page = Browser(create_app(config.Test(instance=tmp_path))).get("site.personal_data")
    assert f"vos connexions est effacée après {retention.A_MONTH.days} jours" in page.text
    assert retention.A_YEAR.days == 365
    assert "le journal de votre compte après un an" in page.text


def test_accessibilite_names_the_version_that_was_checked(tmp_path: Path) -> None:
    """« À chaque version » : a parent who reports a difficulty can say which one."""
    page = Browser(create_app(config.Test(instance=tmp_path))).get("site.accessibility")
    assert f"Vous lisez la version {VERSION} de Portail famille." in page.text
