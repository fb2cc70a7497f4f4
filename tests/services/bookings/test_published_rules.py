"""The limits that towns publish, each to the second, in the words of their own rule.

Of the towns of BOOKINGS.md, Coëtmieux, Saint-Leu, Le Sourn, Strasbourg and Quiberon publish what
happens after a limit, and no limit.
"""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from app.services.bookings.judge import notation, spoken
from app.services.bookings.judge.agenda import Agenda
from app.services.bookings.judge.limits import BEFORE_ALL, limit, opening
from tests.support.agendas import CANTEEN, CENTRE, PARIS, WEDNESDAYS

ROOT = Path(__file__).parents[3]
MONDAY = date(2026, 11, 30)
VAILHAUQUES = "lun:ven-1 09:00 mar:ven-1 09:00 jeu:mar 09:00 ven:mar 09:00"
HOLIDAYS = "du 21/08/2026 07:00 au 12/09/2026 24:00"

# Town and act, rule, agenda, day of the service, last second in time, first second too late.
PUBLISHED: list[tuple[str, str, Agenda, date, str, str]] = [
    # « le lundi minuit de la semaine précédente »
    ("Espondeilhan", "S-1 lundi 24:00", CANTEEN, MONDAY,
     "2026-11-23 23:59:59", "2026-11-24 00:00:00"),
    ("Espondeilhan, Friday", "S-1 lundi 24:00", CANTEEN, date(2026, 12, 4),
     "2026-11-23 23:59:59", "2026-11-24 00:00:00"),
    ("L’Argentière, canteen", "S-1 lundi 24:00", CANTEEN, date(2026, 12, 1),
     "2026-11-23 23:59:59", "2026-11-24 00:00:00"),
    ("L’Argentière, garderie", "J-1 24:00", CANTEEN, date(2026, 12, 1),
     "2026-11-30 23:59:59", "2026-12-01 00:00:00"),
    ("Veyras, canteen", "S-1 mardi 23:59", CANTEEN, MONDAY,
     "2026-11-24 23:59:59", "2026-11-25 00:00:00"),
    ("Veyras, garderie", "J-1 18:00", CANTEEN, MONDAY,
     "2026-11-29 18:00:59", "2026-11-29 18:01:00"),
    ("Veyras, activity, cancel", "J-1 17:00", CANTEEN, date(2026, 12, 3),
     "2026-12-02 17:00:59", "2026-12-02 17:01:00"),
    ("Andancette, book", "S-1 vendredi 12:00", CANTEEN, date(2026, 12, 3),
     "2026-11-27 12:00:59", "2026-11-27 12:01:00"),
    ("Andancette, cancel", "J-1 12:00", CANTEEN, date(2026, 12, 3),
     "2026-12-02 12:00:59", "2026-12-02 12:01:00"),
    ("Saint-Jean-Bonnefonds", "S-1 mercredi 12:00", WEDNESDAYS, date(2026, 12, 2),
     "2026-11-25 12:00:59", "2026-11-25 12:01:00"),
    ("Boisemont", "S-1 jeudi 09:00", CANTEEN, MONDAY,
     "2026-11-26 09:00:59", "2026-11-26 09:01:00"),
    ("Boisemont, absence", "J-0 10:00", CANTEEN, MONDAY,
     "2026-11-30 10:00:59", "2026-11-30 10:01:00"),
    ("Montagnac", "S-1 mercredi minuit", CANTEEN, MONDAY,
     "2026-11-25 23:59:59", "2026-11-26 00:00:00"),
    ("Vailhauquès, Monday", VAILHAUQUES, CANTEEN, MONDAY,
     "2026-11-27 09:00:59", "2026-11-27 09:01:00"),
    ("Vailhauquès, Tuesday", VAILHAUQUES, CANTEEN, date(2026, 12, 1),
     "2026-11-27 09:00:59", "2026-11-27 09:01:00"),
    ("Vailhauquès, Thursday", VAILHAUQUES, CANTEEN, date(2026, 12, 3),
     "2026-12-01 09:00:59", "2026-12-01 09:01:00"),
    ("Vailhauquès, Friday", VAILHAUQUES, CANTEEN, date(2026, 12, 4),
     "2026-12-01 09:00:59", "2026-12-01 09:01:00"),
    ("Vailhauquès, absence", "J-0 9h", CANTEEN, MONDAY,
     "2026-11-30 09:00:59", "2026-11-30 09:01:00"),
    ("Rontalon, cancel", "J-1 ouverture 11:00", CANTEEN, date(2026, 12, 3),
     "2026-12-01 11:00:59", "2026-12-01 11:01:00"),
    # « avant les vacances, le dernier jour de classe »
    ("Rontalon, after the holidays", "J-1 ouverture 11:00", CANTEEN, date(2027, 1, 4),
     "2026-12-18 11:00:59", "2026-12-18 11:01:00"),
    ("Lachelle", "J-1 ouverture 07:00", CANTEEN, MONDAY,
     "2026-11-27 07:00:59", "2026-11-27 07:01:00"),
    # « 48 h »: the hour is that of the meal.
    ("Les Rousses, book", "J-2 midi", CANTEEN, date(2026, 12, 3),
     "2026-12-01 12:00:59", "2026-12-01 12:01:00"),
    ("Les Rousses, cancel", "J-0 09:00", CANTEEN, date(2026, 12, 3),
     "2026-12-03 09:00:59", "2026-12-03 09:01:00"),
    ("Grans", "J-1 15:00", CANTEEN, date(2026, 12, 3),
     "2026-12-02 15:00:59", "2026-12-02 15:01:00"),
    ("Villes-Sœurs", "J-3 ouvrés 24:00", CANTEEN, MONDAY,
     "2026-11-25 23:59:59", "2026-11-26 00:00:00"),
    ("Villes-Sœurs, Armistice", "J-3 ouvrés 24:00", CANTEEN, date(2026, 11, 13),
     "2026-11-09 23:59:59", "2026-11-10 00:00:00"),
    ("Éragny", "J-3 midi", CANTEEN, date(2026, 12, 3),
     "2026-11-30 12:00:59", "2026-11-30 12:01:00"),
    # « 15 jours francs avant le premier jour »: fifteen whole days before Monday the 21st.
    ("Éragny, holidays", "P-15 francs", CENTRE, date(2026, 12, 23),
     "2026-12-05 23:59:59", "2026-12-06 00:00:00"),
    # Its own example: « lundi 2 septembre → dimanche 25 août minuit ».
    ("Le Crès", "J-8 24:00", CANTEEN, date(2024, 9, 2),
     "2024-08-25 23:59:59", "2024-08-26 00:00:00"),
    ("Saint-Exupéry school", "S-1 jeudi 12:00", CANTEEN, date(2026, 12, 4),
     "2026-11-26 12:00:59", "2026-11-26 12:01:00"),
    # Today and the two next days are due.
    ("La Magistère, cancel", "J-3 24:00", CANTEEN, date(2026, 12, 4),
     "2026-12-01 23:59:59", "2026-12-02 00:00:00"),
    ("Vigneux-de-Bretagne", "S-1 jeudi 24:00", CANTEEN, MONDAY,
     "2026-11-26 23:59:59", "2026-11-27 00:00:00"),
    ("Bègles, Gisors", HOLIDAYS, CENTRE, date(2026, 10, 19),
     "2026-09-12 23:59:59", "2026-09-13 00:00:00"),
]  # fmt: skip


def in_town(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS).astimezone(UTC)


@pytest.mark.parametrize("published", PUBLISHED, ids=lambda each: each[0])
def test_each_town_has_its_limit_to_the_second(
    published: tuple[str, str, Agenda, date, str, str],
) -> None:
    _, text, agenda, day, good, bad = published
    too_late = limit(notation.parse(text), day, agenda)
    assert in_town(good) < too_late
    assert in_town(good) + timedelta(seconds=1) == too_late == in_town(bad)


def test_a_window_opens_to_the_second() -> None:
    """Bègles and Gisors: first come, first served from seven o’clock on."""
    assert opening(notation.parse(HOLIDAYS), CENTRE) == in_town("2026-08-21 07:00:00")


def test_other_rules_were_always_open() -> None:
    assert opening(notation.parse("S-1 jeudi 24:00"), CANTEEN) is None


def test_a_firm_booking_was_always_too_late_to_cancel() -> None:
    """Villes-Sœurs: a booking is firm. La Magistère: one enrols for the year, and books nothing."""
    assert limit(notation.parse("jamais"), MONDAY, CANTEEN) == BEFORE_ALL


def documented() -> list[tuple[str, str]]:
    """The lines of docs/reservations.md, with the limit that each is said to have."""
    text = (ROOT / "docs" / "reservations.md").read_text("utf-8")
    rows = re.findall(r"^\| `([^`]+)` \| .+ \| (.+) \|$", text, re.MULTILINE)
    assert len(rows) > 10
    return rows


@pytest.mark.parametrize(("text", "words"), documented())
def test_what_the_town_hall_reads_of_limits_is_true(text: str, words: str) -> None:
    rule = notation.parse(text)
    assert notation.write(rule) == text
    if words == "–":
        assert limit(rule, MONDAY, CANTEEN) == BEFORE_ALL
        return
    said = spoken.limit(limit(rule, MONDAY, CANTEEN), PARIS).replace("\u00a0", " ")
    assert words in {said, said.replace(" novembre", "")}
