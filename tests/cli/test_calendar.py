"""`flask calendrier`: a year is loaded, shown, and watched over."""

from dataclasses import replace

import pytest
from flask import Flask

import config


@pytest.fixture
def settings(settings: config.Settings) -> config.Settings:
    """A town of Isère."""
    return replace(settings, school_zone="A", public_holidays="38")


def run(app: Flask, *arguments: str, refused: bool = False) -> str:
    """Run a command; return what it says."""
    result = app.test_cli_runner().invoke(args=["calendrier", *arguments])
    assert bool(result.exit_code) is refused, result.output
    return result.output


def test_a_year_is_loaded_and_shown(app: Flask) -> None:
    assert "flask calendrier charger" in run(app, "verifier", refused=True)
    assert "Rien pour 2027-2028" in run(app, "montrer", "2027-2028")
    assert "18\u00a0lignes ajoutées" in run(app, "charger", "2027-2028")
    assert "0\u00a0ligne ajoutée" in run(app, "charger", "2027-2028")
    shown = run(app, "montrer", "2027-2028")
    assert "Vacances de Noël" in shown
    assert "arrêté du 21 juillet 2026" in shown
    assert "connues jusqu’au" in run(app, "verifier")


def test_a_year_that_nobody_published_is_refused(app: Flask) -> None:
    assert "n’est pas encore publié" in run(app, "charger", "2090-2091", refused=True)
    assert "comme 2026-2027" in run(app, "charger", "2026", refused=True)


def test_without_a_zone_it_says_what_is_left_to_type(app: Flask) -> None:
    object.__setattr__(app.extensions["portail.settings"], "school_zone", "")
    assert "tapez les vacances de votre académie" in run(app, "charger", "2026-2027")
