"""Limits and rules as parents and clerks read them."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings

from app.services.bookings.judge import spoken
from app.services.bookings.judge.limits import limit, opening
from app.services.bookings.judge.notation import parse
from app.services.bookings.judge.rules import Rule
from tests.support.agendas import CANTEEN, PARIS
from tests.support.rules import rules

MONDAY = date(2026, 11, 30)


def plain(words: str) -> str:
    return words.replace("\u00a0", " ")


def test_midnight_says_which_night() -> None:
    """« jeudi minuit » alone is taken for Wednesday night by half of the parents."""
    too_late = limit(parse("S-1 jeudi 24:00"), MONDAY, CANTEEN)
    assert plain(spoken.limit(too_late, PARIS)) == "jeudi 26 novembre à minuit"
    assert plain(spoken.whole_limit(too_late, PARIS)) == (
        "jeudi 26 novembre à minuit, dans la nuit de jeudi à vendredi"
    )
    assert spoken.short_limit(too_late, PARIS) == "jeudi minuit"


def test_23_59_is_midnight() -> None:
    assert limit(parse("S-1 jeudi 23:59"), MONDAY, CANTEEN) == limit(
        parse("S-1 jeudi 24:00"), MONDAY, CANTEEN
    )


@pytest.mark.parametrize(
    ("text", "words", "short"),
    [
        ("J-0 09:00", "lundi 30 novembre à 9 h", "lundi 9 h"),
        ("J-1 ouverture 11:30", "vendredi 27 novembre à 11 h 30", "vendredi 11 h 30"),
        ("M-1 1 12:05", "jeudi 1er octobre à 12 h 05", "jeudi 12 h 05"),
    ],
)
def test_the_last_minute_in_time_is_said(text: str, words: str, short: str) -> None:
    too_late = limit(parse(text), MONDAY, CANTEEN)
    assert plain(spoken.limit(too_late, PARIS)) == words
    assert plain(spoken.whole_limit(too_late, PARIS)) == words
    assert plain(spoken.short_limit(too_late, PARIS)) == short


def test_the_town_says_it_by_its_own_clock() -> None:
    too_late = datetime.fromisoformat("2026-11-30T22:01+00:00")
    assert plain(spoken.limit(too_late, ZoneInfo("America/Guadeloupe"))) == (
        "lundi 30 novembre à 18 h"
    )


def test_an_opening_is_its_first_minute() -> None:
    opens = opening(parse("du 21/08/2026 07:00 au 12/09/2026 24:00"), CANTEEN)
    assert opens is not None
    assert plain(spoken.opening(opens, PARIS)) == "vendredi 21 août à 7 h"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("J-0 08:00", "le jour même, jusqu’à 8 h"),
        ("J-1 18:00", "la veille, jusqu’à 18 h"),
        ("J-8 24:00", "8 jours avant, jusqu’à minuit"),
        ("J-1 ouvrés 23:59", "1 jour ouvré avant, jusqu’à minuit"),
        ("J-3 ouvrés 12:00", "3 jours ouvrés avant, jusqu’à 12 h"),
        ("J-1 ouverture 07:00", "le jour d’ouverture précédent, jusqu’à 7 h"),
        ("J-2 ouverture 07:00", "2 jours d’ouverture avant, jusqu’à 7 h"),
        ("J-2 francs", "2 jours francs avant"),
        ("P-15 francs", "15 jours francs avant le premier jour de la période"),
        ("P-0 09:30", "le premier jour de la période, jusqu’à 9 h 30"),
        ("S-1 jeudi 24:00", "le jeudi de la semaine d’avant, jusqu’à minuit"),
        ("S-2 lundi 12:00", "le lundi, 2 semaines avant, jusqu’à 12 h"),
        ("M-1 1 24:00", "le 1er du mois d’avant, jusqu’à minuit"),
        ("M-2 20 24:00", "le 20, 2 mois avant, jusqu’à minuit"),
        (
            "lun:ven-1 09:00 jeu:mar 09:00",
            "pour le lundi, le vendredi de la semaine d’avant, jusqu’à 9 h ; "
            "pour le jeudi, le mardi de la même semaine, jusqu’à 9 h",
        ),
        (
            "du 21/08/2026 07:00 au 12/09/2026 24:00",
            "du vendredi 21 août 2026 à 7 h au samedi 12 septembre 2026 à minuit",
        ),
        ("jamais", "jamais"),
    ],
)
def test_rules_are_said_in_french(text: str, words: str) -> None:
    assert plain(spoken.rule(parse(text))) == words


@settings(deadline=None)
@given(rules())
def test_no_sentence_of_a_rule_breaks_before_its_number_or_sign(rule: Rule) -> None:
    words = spoken.rule(rule)
    assert " ;" not in words
    assert " h" not in words
