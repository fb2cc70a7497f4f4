"""« Réglages »: the Administration describes the town, and families read it at once."""

import io
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select

from app import db
from app.models import JournalEntry
from app.services.doctor import settings_in_use
from app.services.requests.kinds import BY_KEY
from app.settings import FOLLOWING
from configuring import town_file
from tests.blueprints.town_hall.conftest import come
from tests.services.requests.conftest import send as send_request
from tests.services.requests.conftest import signed_in
from tests.support.browser import Browser, Page
from tests.support.clerks import give_password, settle
from tests.support.own_words import own_words
from tests.support.people import People

CAMILLE = ("camille.martin@commune.fr", "Camille Martin")


@pytest.fixture
def office(app: Flask) -> Iterator[Browser]:
    """Camille, who may do everything, is signed in where the server says nothing of the town."""
    browser = Browser(app)
    page = settle_at(app, browser, *CAMILLE)
    with own_words(app):
        assert page.link("Réglages").click().h1 == "Réglages"
        yield browser


def settle_at(app: Flask, browser: Browser, email: str, name: str) -> Page:
    """Sign an administrator in."""
    clerk = settle(app, email, name, "administration")
    return give_password(browser, clerk.email).fill({"Code": clerk.spare[0]}).submit("Valider")


def file_of(app: Flask) -> Path:
    """Where the town's own words are."""
    return Path(app.instance_path) / town_file.FILE


def noted(app: Flask, event: str) -> JournalEntry:
    """Read the one line of the journal about it."""
    with app.app_context():
        return db.session().scalars(select(JournalEntry).where(JournalEntry.event == event)).one()


def test_camille_describes_the_town(office: Browser, app: Flask) -> None:
    """She looks first, then saves: every page says it, and the journal who."""
    page = office.get("town_hall.settings").link("Décrire la commune").click()
    page = page.fill({"Nom de la commune": "Saint-Autre", "Horaires d’accueil": "le matin"})
    page = page.submit("Voir avant d’enregistrer", _refused=200)
    assert "Ce que liraient les familles" in page.text
    assert "Mairie – Saint-Autre" in page.text
    assert "Accueil : le matin" in page.text
    assert "Saint-Autre" not in Browser(app).get("auth.sign_in").text
    page = page.submit("Enregistrer")
    assert "Les familles le lisent dès maintenant." in page.text
    stranger = Browser(app).get("auth.sign_in")
    assert "Saint-Autre" in stranger.title
    assert "le matin" in stranger.text
    written = file_of(app)
    assert written.stat().st_mode & 0o777 == 0o600
    assert tomllib.loads(written.read_text("utf-8"))["town_name"] == "Saint-Autre"
    line = noted(app, "town_changed")
    assert (line.acted_by, line.details["town_hours"]) == (
        CAMILLE[1],
        "du lundi au vendredi, de 9 h à 12 h → le matin",
    )
    page = page.submit("Enregistrer")
    assert "rien n’a changé" in page.text


def test_what_cannot_be_taken_is_said(office: Browser) -> None:
    """Nothing typed is lost."""
    page = office.get("town_hall.town").fill({"Nom de la commune": ""})
    page = page.fill(
        {"Site de la commune": "javascript:alert(1)", "Horaires d’accueil": "le matin"}
    )
    page = page.submit("Enregistrer", _refused=200)
    assert page.errors == [
        "Donnez le nom de la commune.",
        "L’adresse du site doit être une adresse qui commence par https://, comme https://www.commune.fr.",
    ]
    assert page.value("Horaires d’accueil") == "le matin"


def test_two_at_once(office: Browser, app: Flask) -> None:
    """Alex saves while Camille types: she is told what is there, and keeps what she wrote."""
    page = office.get("town_hall.town").fill({"Horaires d’accueil": "le soir"})
    alex = Browser(app)
    settle_at(app, alex, "alex@commune.fr", "Alex Rey")
    hers = alex.get("town_hall.town").fill({"Horaires d’accueil": "le matin"})
    hers.submit("Enregistrer")
    page = page.submit("Enregistrer", _refused=200)
    assert page.errors[0].startswith("Entre-temps, Alex Rey a changé ces réglages.")
    assert page.value("Horaires d’accueil") == "le soir"
    assert "Enregistré aujourd’hui : « le matin »." in page.text
    assert "Les familles le lisent" in page.submit("Enregistrer").text
    assert 'town_hours = "le soir"' in file_of(app).read_text("utf-8")


def test_what_the_server_fixes_stays(office: Browser, app: Flask) -> None:
    """It is told, and a forged form changes nothing."""
    following = app.extensions[FOLLOWING]
    following.fixed = frozenset({"town_phone", "town_crest"})
    page = office.get("town_hall.town")
    assert "Fixé par le serveur." in page.text
    forged = {"town_name": "Saint-Autre", "town_phone": "01 00 00 00 00", "secret_key": "x"}
    seen = page.soup.select_one("input[name=seen]")
    assert seen is not None
    sent = {"csrf_token": page.csrf_token, "seen": str(seen["value"]), **forged}
    office.post("/mairie/reglages/commune", sent)
    written = tomllib.loads(file_of(app).read_text("utf-8"))
    assert written["town_name"] == "Saint-Autre"
    assert not written.keys() & {"town_phone", "secret_key"}
    assert "Elles sont fixées par le serveur" in office.get("town_hall.crest").text


def test_a_file_broken_by_hand(office: Browser, app: Flask) -> None:
    """The page and the doctor say it; saving writes a sound one, and the broken one is kept."""
    file_of(app).write_text("town_name = Saint", "utf-8")
    with app.app_context():
        app.extensions[FOLLOWING].look_now()
        said = [each.said for each in settings_in_use.check()]
    assert any("commune.toml n’est pas lu" in each for each in said)
    page = office.get("town_hall.town")
    assert "commune.toml n’est pas lu" in page.text
    page = page.fill({"Nom de la commune": "Saint-Autre"}).submit("Enregistrer")
    assert "n’est pas lu" not in page.text
    written = tomllib.loads(file_of(app).read_text("utf-8"))
    assert (written["town_name"], written["town_phone"]) == ("Saint-Autre", "04 76 00 00 00")
    former = file_of(app).with_name("commune.toml.avant")
    assert former.read_text("utf-8") == "town_name = Saint"


def test_a_folder_that_cannot_be_written(
    office: Browser, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is noted either."""

    def refuse(_path: Path, _content: bytes) -> None:
        raise PermissionError

    monkeypatch.setattr("app.whole_files.write", refuse)
    page = office.get("town_hall.town").fill({"Nom de la commune": "Saint-Autre"})
    page = page.submit("Enregistrer", _refused=200)
    assert "le serveur ne laisse pas écrire" in page.errors[0]
    assert page.value("Nom de la commune") == "Saint-Autre"
    with app.app_context():
        wanted = select(JournalEntry).where(JournalEntry.event == "town_changed")
        assert db.session().scalars(wanted).all() == []


def picture(side: int = 900) -> bytes:
    """A coat of arms, as a town has it."""
    out = io.BytesIO()
    Image.new("RGB", (side, side), "#7a1f2b").save(out, "PNG")
    return out.getvalue()


def send(page: Page, content: bytes, **typed: str) -> Page:
    """Send the form of a page with a picture."""
    data: dict[str, Any] = {"csrf_token": page.csrf_token, **typed}
    return page.browser.post(page.path, data | {"files": (io.BytesIO(content), "blason.png")})


def test_the_coat_of_arms(office: Browser, app: Flask) -> None:
    """It is drawn anew, small, under a name that no browser has kept; then taken away."""
    page = office.get("town_hall.crest")
    assert "Choisissez un fichier." in page.submit("Enregistrer", _refused=200).text
    page = send(page, b"GIF89a")
    assert "n’est pas une image JPEG ou PNG" in page.errors[0]
    page = send(page, picture())
    assert "Les armoiries sont sur chaque page." in page.text
    shown = Browser(app).get("auth.sign_in").soup.select_one(".crest img")
    assert shown is not None
    answer = Browser(app).fetch(str(shown["src"]))
    assert Image.open(io.BytesIO(answer.data)).size == (192, 192)
    page = send(page, picture(40))
    other = page.soup.select_one(".crest img")
    assert other is not None
    assert other["src"] != shown["src"]
    page = page.fill({"Retirer les armoiries": True}).submit("Enregistrer")
    assert "un dessin les remplace" in page.text
    assert Browser(app).get("auth.sign_in").soup.select_one(".crest svg")
    # The last one stays for whoever still shows it; older ones are gone.
    assert len(list(file_of(app).parent.glob("armoiries-*"))) == 1


def test_nadia_of_the_office_changes_none(app: Flask) -> None:
    nadia = come(app, "nadia@commune.fr", "Nadia Petit", "secretariat")
    assert "Réglages" not in nadia.get("town_hall.day").text
    assert "ne permet pas de changer les réglages" in nadia.get("town_hall.town", 403).text


def test_camille_chooses_what_families_may_ask(people: People, office: Browser, app: Flask) -> None:
    """What is closed leaves their pages; what is open with one waiting says so."""
    with app.app_context():
        send_request(signed_in(people.zest), "other", "a" * 32)
    page = office.get("town_hall.settings").link("Choisir les sortes de demandes").click()
    page = page.fill(on_other=False, days_photo="61").submit("Enregistrer", _refused=200)
    assert page.errors == ["Donnez un nombre de jours ouvrés, de 1 à 60."]
    page = page.fill(days_photo="12", days_canteen="1").submit("Enregistrer")
    assert "1 demande de cette sorte reste à traiter." in page.text
    parent = Browser(app)
    parent.sign_in(people.zest)
    offered = parent.get("family.new_request").text
    assert "Proposer une photo" in offered
    assert "Autre demande" not in offered
    with app.app_context():
        assert (BY_KEY["photo"].answer_within, BY_KEY["absence"].answer_within) == (12, 2)
    line = noted(app, "request_kinds_changed")
    assert line.details["request_delays"] == "rien → cantine:1, photo:12"
    assert "rien n’a changé" in page.submit("Enregistrer").text


def test_camille_says_in_the_towns_words_what_a_request_is_for(
    people: People, office: Browser, app: Flask
) -> None:
    """Families read it where they choose, and above the form; emptied, the usual one is back."""
    said = "Avant jeudi midi, pour la semaine suivante\u00a0: après, appelez."
    usual = BY_KEY["canteen"].about
    page = office.get("town_hall.request_kinds")
    assert page.value("words_canteen") == usual
    page = page.fill(words_canteen=said).submit("Enregistrer")
    assert page.value("words_canteen") == said
    parent = Browser(app)
    parent.sign_in(people.zest)
    for seen in (
        parent.get("family.new_request"),
        parent.get("family.request_form", kind="cantine"),
    ):
        assert said in seen.raw_text
        assert usual not in seen.text
    assert BY_KEY["photo"].about in parent.get("family.new_request").text
    assert tomllib.loads(file_of(app).read_text("utf-8"))["request_words"] == [f"cantine:{said}"]
    page.fill(words_canteen="").submit("Enregistrer")
    assert usual in parent.get("family.new_request").text
    assert "request_words" not in file_of(app).read_text("utf-8")
