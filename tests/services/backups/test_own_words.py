"""What a town says of itself on its screens goes into a backup, and comes back."""

import tomllib
from pathlib import Path

from flask import Flask

from app.services.requests import kinds
from app.services.town_hall import town_settings
from app.settings import settings
from configuring import town_file
from tests.services.backups.safe import EmptyPlace, back_up, restored
from tests.support.browser import Browser
from tests.support.own_words import own_words
from tests.support.people import TOWN_HALL, People

SAID = {
    "town_phone": "04 76 00 00 01",
    "town_hours": "l’été, sur rendez-vous",
    "request_kinds_off": ["photo"],
    "request_delays": ["cantine:3"],
    "request_words": ["cantine:Avant jeudi, pour la suite."],
}


def test_what_a_town_says_of_itself_comes_back(
    app: Flask, people: People, backups: Path, empty_place: EmptyPlace
) -> None:
    """To the byte; families read it there, and the town may change it again on its screens."""
    with own_words(app):
        with app.app_context():
            assert town_settings.save(SAID, town_settings.mark(), town_settings.TOWN, TOWN_HALL)
        written = (Path(app.instance_path) / town_file.FILE).read_bytes()
        file = back_up(app, backups)
    with restored(app, file, empty_place) as portal:
        again = empty_place.folder / town_file.FILE
        assert again.read_bytes() == written
        beside = tomllib.loads((empty_place.folder / "settings.toml").read_text("utf-8"))
        assert not SAID.keys() & beside.keys()
        assert "04 76 00 00 01" in Browser(portal).sign_in(people.zest).text
        with portal.app_context():
            assert (kinds.is_offered("photo"), kinds.is_offered("cantine")) == (False, True)
            assert kinds.BY_KEY["canteen"].answer_within == 3
            changed, mark = {"town_phone": "04 76 00 00 02"}, town_settings.mark()
            assert town_settings.save(changed, mark, town_settings.TOWN, TOWN_HALL)
            assert settings.town_phone == "04 76 00 00 02"
