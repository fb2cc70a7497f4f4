"""One notation of rules, in files and on screens."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.services.bookings.judge.notation import parse, write
from app.services.bookings.judge.rules import (
    END_OF_DAY,
    ByWeekday,
    Counted,
    DaysBefore,
    MonthBefore,
    OnDay,
    Rule,
    WeekBefore,
    without_limit,
)
from app.services.refusals import Refusal
from tests.support.rules import rules

VAILHAUQUES = "lun:ven-1 09:00 mar:ven-1 09:00 jeu:mar 09:00 ven:mar 09:00"


@settings(deadline=None, max_examples=300)
@given(rules())
def test_what_is_written_is_read_back(rule: Rule) -> None:
    assert parse(write(rule)) == rule


@settings(deadline=None, max_examples=300)
@given(st.text(max_size=250) | st.from_regex(r"[JSMPjsmp]-\d{1,4} [a-zé]{0,9} ?\d{0,3}:?\d{0,3}"))
def test_whatever_is_typed_is_read_or_refused_in_words(text: str) -> None:
    """Nothing else happens, and what is read is written in the one notation."""
    with suppress(Refusal):
        rule = parse(text)
        assert parse(write(rule)) == rule


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("J-2 ouvrés 23:59", DaysBefore(2, 23 * 60 + 59, Counted.WORKING)),
        ("j-2 OUVRES 23:59", DaysBefore(2, 23 * 60 + 59, Counted.WORKING)),
        ("J-0 08:00", DaysBefore(0, 8 * 60)),
        ("J–0 8h", DaysBefore(0, 8 * 60)),
        ("J-1 jour 8 h 30", DaysBefore(1, 8 * 60 + 30)),
        ("  S-1   Jeudi minuit ", WeekBefore(3, 1, END_OF_DAY)),
        ("S-1 jeu 24:00", WeekBefore(3, 1, END_OF_DAY)),
        ("M-1 20 midi", MonthBefore(20, 1, 12 * 60)),
        (
            "lundi:vendredi-1 9h jeudi:mardi 9h",
            ByWeekday((OnDay(0, 4, 1, 9 * 60), OnDay(3, 1, 0, 9 * 60))),
        ),
    ],
)
def test_it_is_read_as_people_type_it(text: str, rule: Rule) -> None:
    assert parse(text) == rule


@pytest.mark.parametrize(
    "text",
    [
        "J-2 ouvrés 23:59", "J-0 08:00", "J-1 ouverture 07:00", "J-2 francs", "S-1 jeudi 24:00",
        VAILHAUQUES, "M-1 20 24:00", "P-15 francs", "P-8 24:00",
        "du 21/08/2026 07:00 au 12/09/2026 24:00", "jamais",
    ],
)  # fmt: skip
def test_the_notation_is_written_as_it_is_documented(text: str) -> None:
    assert write(parse(text)) == text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "il manque la limite : écrivez par exemple « J-2 ouvrés 23:59 »"),
        ("la veille", "« la veille » n’est pas une limite : écrivez par exemple « J-2 ouvrés"),
        ("J-2 ouvrés", "il manque l’heure après « j-2 ouvres » : écrivez par exemple 09:00"),
        ("S-1 jeudi", "il manque l’heure après « s-1 jeudi »"),
        ("lun:ven-1 jeu:mar 09:00", "il manque l’heure après « lun:ven-1 »"),
        ("48 h", "écrivez « J-2 12:00 » pour midi, 2 jours avant"),
        ("72 heures avant", "écrivez « J-3 12:00 » pour midi, 3 jours avant"),
        ("J-1 00:00", "pour minuit, à la fin du jour, écrivez 24:00 et le jour d’avant"),
        ("J-1 24:30", "l’heure va de 00:01 à 24:00"),
        ("J-1 12:75", "« 12:75 » n’est pas une heure"),
        ("J-2 francs 12:00", "écrivez « J-2 francs », sans heure"),
        ("J-400 24:00", "ne remonte pas à plus de 365 jours"),
        ("S-0 mardi 09:00", "s’écrit jour par jour : « jeu:mar 09:00 ven:mar 09:00 »"),
        ("S-60 mardi 09:00", "plus de 52 semaines"),
        ("lun:ven 09:00", "le vendredi vient après le lundi : pour celui d’avant, écrivez"),
        ("lun:ven-60 09:00", "plus de 52 semaines"),
        ("jeu:mar 09:00 lun:ven-1 09:00", "chaque jour s’écrit une fois, dans l’ordre"),
        ("M-0 20 24:00", "écrivez « M-1 20 24:00 » pour le 20 du mois d’avant"),
        ("M-1 32 24:00", "un mois n’a pas de 32 : écrivez « M-1 31 24:00 »"),
        ("du 31/02/2026 07:00 au 12/09/2026 24:00", "le 31/02/2026 n’existe pas"),
        ("du 12/09/2026 07:00 au 21/08/2026 24:00", "les réservations ferment après avoir ouvert"),
        ("du 21/08/2026 24:00 au 22/08/2026 24:00", "ouvrent entre 00:00 et 23:59"),
        ("x" * 300, f"« {'x' * 40}… » n’est pas une limite"),
    ],
)
def test_what_makes_no_sense_says_what_to_write(text: str, words: str) -> None:
    with pytest.raises(Refusal) as refusal:
        parse(text)
    assert words in str(refusal.value).replace("\u00a0", " ")


def test_an_empty_table_has_no_limit() -> None:
    """A screen may send one; no text can."""
    with pytest.raises(Refusal, match="aucun jour n’a de limite"):
        ByWeekday(())


def test_a_table_names_the_days_that_it_leaves_out() -> None:
    table = parse(VAILHAUQUES)
    assert without_limit(table, frozenset({0, 1, 3, 4})) == []
    assert without_limit(table, frozenset(range(5))) == ["mercredi"]
    assert without_limit(parse("J-0 08:00"), frozenset(range(5))) == []
