"""The town describes itself in `commune.toml`, below what the server says, and never stops it."""

import os
import tomllib
from dataclasses import replace
from pathlib import Path
from time import monotonic

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

import config
from app import create_app, whole_files
from app.settings import EXTENSION, FOLLOWING
from configuring import town_file
from tests.support.browser import Browser

LINES = st.text(st.characters(exclude_categories=["Cs"]))


@pytest.fixture
def given_settings(tmp_path: Path) -> config.Settings:
    """What the server says: the phone, and nothing else of the town."""
    return config.Test(instance=tmp_path, town_phone="04 76 00 00 00")


def written(settings: config.Settings, text: str) -> town_file.InForce:
    """Read the town's file with this in it."""
    (settings.instance / town_file.FILE).write_text(text, "utf-8")
    return town_file.in_force(settings, settings)


@given(st.dictionaries(st.from_regex(r"[a-z_]+", fullmatch=True), LINES | st.lists(LINES)))
def test_what_is_written_is_read_again(values: dict[str, object]) -> None:
    """JSON's texts and lists are TOML's, whatever people type."""
    assert tomllib.loads(town_file.as_toml(values)) == values


def test_the_server_stands_above_the_town(given_settings: config.Settings) -> None:
    found = written(given_settings, 'town_name = "Saint-Exemple"\ntown_phone = "0"\n')
    assert found.settings.town_name == "Saint-Exemple"
    assert found.settings.town_phone == "04 76 00 00 00"
    assert found.faults == ()
    assert town_file.fixed(given_settings) == {"town_phone"}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("town_name = Saint", "n’est pas lu"),
        ('town_name = "\\u0007"', "une ligne"),
        (f'town_hours = "{"x" * 301}"', "300 signes"),
        ('town_website = "javascript:alert(1)"', "https://"),
        ('town_host = { name = "x" }', "du texte"),
        ('secret_key = "x"', "pas sa place"),
        (f"# {'x' * town_file.MOST_BYTES}", "octets"),
    ],
)
def test_what_is_wrong_is_said_and_the_former_stays(
    given_settings: config.Settings, text: str, fault: str
) -> None:
    before = replace(given_settings, town_name="Saint-Avant", town_hours="le matin")
    (given_settings.instance / town_file.FILE).write_text(text, "utf-8")
    found = town_file.in_force(given_settings, before)
    [said] = found.faults
    assert fault in said
    name = text.partition(" ")[0]
    if hasattr(before, name):
        assert getattr(found.settings, name) == getattr(before, name)
    assert found.settings.secret_key == given_settings.secret_key


def test_every_process_reads_it_again(given_settings: config.Settings) -> None:
    """Another worker of the same town, and one of another town, which stays as it is."""
    elsewhere = given_settings.instance / "elsewhere"
    elsewhere.mkdir()
    worker = create_app(given_settings)
    other = create_app(config.Test(instance=elsewhere))
    assert "Votre commune" in Browser(worker).get("auth.sign_in").soup.get_text()
    text = town_file.as_toml({"town_name": "Saint-Exemple"})
    whole_files.write(given_settings.instance / town_file.FILE, text.encode())
    for app in (worker, other):
        # As a second later.
        app.extensions[FOLLOWING]._next_look = 0.0
    assert "Saint-Exemple" in Browser(worker).get("auth.sign_in").soup.get_text()
    assert "Votre commune" in Browser(other).get("auth.sign_in").soup.get_text()
    whole_files.remove(given_settings.instance / town_file.FILE)
    worker.extensions[FOLLOWING]._next_look = 0.0
    assert "Votre commune" in Browser(worker).get("site.legal_notice").soup.get_text()


def test_pages_do_not_ask_the_disk(
    app_without_database: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is looked at once a second, however many pages are opened meanwhile."""
    looked: list[Path] = []
    moment = begun = monotonic() + 10
    monkeypatch.setattr("app.settings.monotonic", lambda: moment)
    monkeypatch.setattr(whole_files, "version", looked.append)
    for seconds in (0, 0.1, 0.9, 0.95, 1.1, 1.2):
        moment = begun + seconds
        with app_without_database.app_context():
            pass
    assert len(looked) == 2


def test_a_file_is_never_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk leaves the former, and nothing beside it."""
    path = tmp_path / "commune.toml"
    whole_files.write(path, b"avant")
    first = whole_files.version(path)
    assert path.stat().st_mode & 0o777 == 0o600

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            whole_files.write(path, b"apres")
    assert path.read_bytes() == b"avant"
    assert [each.name for each in tmp_path.iterdir()] == ["commune.toml"]
    whole_files.write(path, b"apres")
    # The same size, perhaps within one tick of the clock.
    assert whole_files.version(path) != first


def test_a_broken_file_stops_nothing(
    given_settings: config.Settings, caplog: pytest.LogCaptureFixture
) -> None:
    (given_settings.instance / town_file.FILE).write_text("= [", "utf-8")
    app = create_app(given_settings)
    assert app.extensions[EXTENSION].town_phone == "04 76 00 00 00"
    assert Browser(app).get("auth.sign_in").h1 == "Accès famille"
    assert "commune.toml n’est pas lu" in caplog.text
