"""« Réglages » in its states: as they are, about to change, broken by hand, fixed by the server."""

import io
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flask import Flask
from PIL import Image

from app.services import town_texts
from app.services.requests.kinds import KINDS
from app.settings import FOLLOWING
from configuring import town_file
from tests.support.browser import Browser, Page
from tests.support.own_words import own_words

REQUESTS = ("request_kinds_off", "request_delays", "request_words")
Screens = Iterator[tuple[str, Page]]


def settings_screens(app: Flask, office: Browser) -> Screens:
    """Go through them as somebody who may do everything."""
    with own_words(app):
        yield from _own_words(app, office)


def _own_words(app: Flask, office: Browser) -> Screens:
    yield "settings", office.get("town_hall.settings")
    page = office.get("town_hall.town")
    yield "settings, the town", page
    page = page.fill({"Horaires d’accueil": "le matin"}).submit(
        "Voir avant d’enregistrer", _refused=200
    )
    yield "settings, the town about to change", page
    page = page.fill({"Site de la commune": "le nôtre"}).submit("Enregistrer", _refused=200)
    yield "settings, no address", page
    yield from _crest(app, office)
    yield from _kinds(office)
    yield from _texts(app, office)
    yield "settings, the purge", office.get("town_hall.purge")
    file, following = Path(app.instance_path) / town_file.FILE, app.extensions[FOLLOWING]
    sound, fixed = file.read_bytes(), following.fixed
    file.write_text("town_name = Saint", "utf-8")
    following.look_now()
    following.fixed = frozenset({"town_phone", "town_hours", "town_crest", *REQUESTS})
    yield "settings, broken by hand", office.get("town_hall.settings")
    yield "settings, fixed by the server", office.get("town_hall.town")
    yield "settings, requests fixed by the server", office.get("town_hall.request_kinds")
    yield "settings, a crest fixed by the server", office.get("town_hall.crest")
    file.write_bytes(sound)
    following.fixed = fixed
    following.look_now()


def _crest(app: Flask, office: Browser) -> Screens:
    page = office.get("town_hall.crest")
    yield "settings, no coat of arms", page
    yield "settings, no picture", page.submit("Enregistrer", _refused=200)
    drawn = io.BytesIO()
    Image.new("RGB", (64, 64), "#7a1f2b").save(drawn, "PNG")
    data: dict[str, Any] = {"csrf_token": page.csrf_token}
    drawn.seek(0)
    page = office.post(page.path, data | {"files": (drawn, "blason.png")})
    yield "settings, a coat of arms", page
    page.fill({"Retirer les armoiries": True}).submit("Enregistrer")


def _kinds(office: Browser) -> Screens:
    page = office.get("town_hall.request_kinds")
    yield "settings, kinds of requests", page
    page = page.fill(days_photo="demain").submit("Enregistrer", _refused=200)
    yield "settings, no days", page
    page = page.fill({f"on_{kind.key}": False for kind in KINDS}).fill(days_photo="3")
    yield "settings, all closed", page.submit("Enregistrer")


def _texts(app: Flask, office: Browser) -> Screens:
    file = Path(app.instance_path) / town_texts.FOLDER / "absence.txt"
    shutil.rmtree(file.parent, ignore_errors=True)
    page = office.get("town_hall.text", name="absence")
    yield "settings, a text", page
    page = page.fill({"Texte": "Prévenez la veille."}).submit("Voir avant d’enregistrer", 200)
    yield "settings, a text about to change", page
    file.parent.mkdir()
    file.write_text("Avant.", "utf-8")
    page = page.submit("Enregistrer", _refused=200)
    yield "settings, a text that somebody changed", page
    yield "settings, a text of the town", page.submit("Enregistrer")
    file.write_bytes("Été".encode("latin-1"))
    yield "settings, texts", office.get("town_hall.texts")
    page = office.get("town_hall.text", name="absence")
    yield "settings, a text in another encoding", page
    page = office.get("town_hall.text", name="paiement").fill({"Texte": "Par chèque."})
    yield "settings, how to pay", page.submit("Enregistrer")
    yield "settings, texts, the town's own", office.get("town_hall.texts")
    shutil.rmtree(file.parent)
