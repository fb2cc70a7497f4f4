"""`make pictures`: the pictures of the documentation, from the demonstration town.

Each keeps the words of its page: a test reads them in the picture, and on the page as it is now.
"""

import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import time_machine
from flask import Flask
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import ViewportSize, sync_playwright

import config
from app import create_app, db
from app.models import Account
from app.services.accounts.passwords import hash_password
from app.services.bookings import weeks
from app.services.demonstration import booking, clerk
from app.testing import Outbox
from tests.blueprints.town_hall.giving import give
from tests.e2e.conftest import IDENTIFIER, PASSWORD, SHELL, launch
from tests.e2e.gallery import open_visit
from tests.e2e.live import ROOT
from tests.services.inbox.test_sending import settle_jobs
from tests.support.browser import Browser, Page
from tests.support.clerks import code_in, give_password
from tests.support.gallery import Screen

FOLDER = ROOT / "docs" / "images"
# The day of all of them: what is said of it does not change from one day to the next.
MOMENT = datetime(2026, 11, 26, 9, 12, tzinfo=UTC)
DESK = ViewportSize(width=1280, height=860)
TALL_DESK = ViewportSize(width=1280, height=1240)
PHONE = ViewportSize(width=390, height=844)
COLOURS = 128
WORDS = "Words"


class Picture(NamedTuple):
    """A page, the size of who looks at it, and the file it is drawn in."""

    name: str
    size: ViewportSize
    page: Page

    @property
    def file(self) -> Path:
        """Where it is kept."""
        return FOLDER / f"{self.name}.png"

    @property
    def words(self) -> str:
        """What it shows, of the page itself."""
        return self.page.raw_text


def kept_words(file: Path) -> str:
    """Read what the page said when it was drawn."""
    with Image.open(file) as picture:
        picture.load()
        return str(picture.info[WORDS])


@contextmanager
def demonstration() -> Iterator[Flask]:
    """The demonstration town of that day."""
    with (
        tempfile.TemporaryDirectory() as folder,
        time_machine.travel(MOMENT, tick=False),
    ):
        app = create_app(
            config.Development(instance=Path(folder), mail_backend="memory", mail_delivery="inline")
        )
        result = app.test_cli_runner().invoke(args=["demo"])
        assert result.exit_code == 0, result.output
        yield app
        app.extensions[db.EXTENSION].dispose()


def pictures(app: Flask) -> Iterator[Picture]:
    """Go through the pages that are shown: those of the town hall, then of a family."""
    office = _office(app)
    yield Picture("mairie-a-faire", DESK, office.get("town_hall.day"))
    yield Picture("mairie-famille", DESK, office.visit("/mairie/recherche?q=zest"))
    yield Picture("mairie-familles", DESK, office.get("town_hall.families"))
    requests = office.get("town_hall.requests")
    yield Picture("mairie-demandes", DESK, requests)
    question = requests.link("Poser une question sur une facture").click()
    yield Picture("mairie-demande", DESK, question)
    yield Picture("mairie-import", DESK, _next_month(app, office))
    yield Picture("mairie-ecrire", DESK, _message_to_a_class(office))
    yield Picture("mairie-acces", DESK, office.get("town_hall.who_comes"))
    home = _parent(app, IDENTIFIER).get("family.home")
    yield Picture("accueil", DESK, home)
    yield Picture("accueil-telephone", PHONE, home)
    week = _parent(app, booking.LAST).visit(f"/reservations/semaine/{_week_of_the_strike(app)}")
    yield Picture("reservations", TALL_DESK, week)


def draw(chromium: Chromium) -> None:
    """Draw each again."""
    with demonstration() as app:
        for picture in pictures(app):
            visit = open_visit(chromium, viewport=picture.size, locale="fr-FR")
            page = visit.show(_as_saved(picture.page))
            _keep(picture, page.screenshot())
            visit.context.close()


def _keep(picture: Picture, drawn: bytes) -> None:
    """Write it lightly, with its words."""
    words = PngInfo()
    words.add_itxt(WORDS, picture.words)
    with Image.open(io.BytesIO(drawn)) as whole:
        whole.quantize(COLOURS).save(picture.file, optimize=True, pnginfo=words)


def _as_saved(page: Page) -> Screen:
    headers = {key: value for key, value in page.response.headers if key != "Set-Cookie"}
    return Screen(page.h1, page.path, page.response.status_code, headers, page.html, page.browser)


def _office(app: Flask) -> Browser:
    office = Browser(app)
    page = give_password(office, clerk.EMAIL, clerk.PASSWORD)
    page.fill({"Code": code_in(Outbox(app).latest)}).submit("Valider")
    return office


def _next_month(app: Flask, office: Browser) -> Page:
    files = sorted((ROOT / "demo" / "mois-suivant").glob("*.csv"))
    page = give(office, {each.name: each.read_bytes() for each in files})
    settle_jobs(app)
    return office.visit(page.path)


def _message_to_a_class(office: Browser) -> Page:
    page = office.get("town_hall.new_message").fill(
        {
            "Toutes les familles": False,
            "Une école, des classes": True,
            "École élémentaire Louise-Michel, CM2": True,
            "Objet": "Sortie au musée",
            "Texte": "Jeudi 10 décembre, toute la journée. Prévoyez un pique-nique.",
        }
    )
    return page.submit("Relire")


def _parent(app: Flask, identifier: str) -> Browser:
    browser = Browser(app)
    with app.app_context(), db.transaction() as session:
        account = session.query(Account).filter_by(identifier=identifier).one()
        account.password_hash = hash_password(PASSWORD)
    page = browser.get("auth.sign_in").fill({"Identifiant": identifier, "Mot de passe": PASSWORD})
    page.submit("Connexion")
    return browser


def _week_of_the_strike(app: Flask) -> str:
    with app.app_context():
        return weeks.name_of_week(booking.the_week().monday)


def main() -> None:
    """Draw them with the browser that is there."""
    with sync_playwright() as driver, launch(driver, SHELL) as chromium:
        draw(chromium)


if __name__ == "__main__":
    main()
