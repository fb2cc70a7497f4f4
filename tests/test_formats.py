"""French dates, euros, phones and plurals."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine
from babel import dates, lists, numbers
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from app import formats

BREAKING_BLANK = " "


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        ("-891.35", "-891,35\u00a0€"),
        ("0", "0,00\u00a0€"),
        ("1234567.8", "1\u202f234\u202f567,80\u00a0€"),
    ],
)
def test_euros(amount: str, written: str) -> None:
    """As on the printed guides, with blanks that never break."""
    assert formats.euros(Decimal(amount)) == written


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2))
def test_euros_say_the_amount_to_the_cent(amount: Decimal) -> None:
    """Read back, the amount is the same, and its line never breaks."""
    written = formats.euros(amount)
    digits = written.replace("\u202f", "").replace("\u00a0€", "").replace(",", ".")
    assert Decimal(digits) == amount
    assert BREAKING_BLANK not in written


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=6))
def test_amounts_are_written_as_babel_writes_french(amount: Decimal) -> None:
    """Its signs, and its way to round; its data is too large for every process to carry."""
    assert formats.euros(amount) == numbers.format_currency(amount, "EUR", locale="fr_FR")
    assert formats.number(amount) == numbers.format_decimal(amount, "#,##0.###", locale="fr_FR")
    assert formats.price(amount) == numbers.format_currency(
        amount, "EUR", "#,##0.00##\u00a0¤", locale="fr_FR", currency_digits=False
    )


@given(st.dates())
def test_days_are_written_as_babel_writes_french(value: date) -> None:
    """But for the first of a month, which is « 1er »."""
    assert formats.month(value) == dates.format_date(value, "MMMM yyyy", locale="fr_FR")
    assert formats.day(value) == dates.format_date(value, "dd/MM/yyyy", locale="fr_FR")
    in_full = dates.format_date(value, "EEEE d\u00a0MMMM yyyy", locale="fr_FR")
    assert formats.day_in_full(value).replace("1er\u00a0", "1\u00a0") == in_full


@given(st.lists(st.sampled_from(("Camille Martin", "Nadia Roche", "Paul")), min_size=1))
def test_names_to_choose_from_are_written_as_babel_writes_french(names: list[str]) -> None:
    """A comma but before the last, which has its own word."""
    assert formats.either(names) == lists.format_list(names, style="or", locale="fr")


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (date(2018, 7, 12), "jeudi 12\u00a0juillet 2018"),
        (date(2026, 9, 1), "mardi 1er\u00a0septembre 2026"),
        (date(2026, 5, 11), "lundi 11\u00a0mai 2026"),
    ],
)
def test_a_day_in_full(value: date, written: str) -> None:
    """The first of a month is « 1er », the day stays with its month."""
    assert formats.day_in_full(value) == written
    assert formats.day_and_month(value) == written[:-5]
    assert formats.bare_day(value) == written[:-5].split(" ", 1)[1]


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_a_short_day_reads_back(value: date) -> None:
    """Two digits, two digits, four."""
    assert datetime.strptime(formats.day(value), "%d/%m/%Y").replace(tzinfo=UTC).date() == value


def test_a_moment_is_in_french_time() -> None:
    """Summer and winter, a temporary password ends when the wall clock says so."""
    assert formats.moment(datetime(2018, 7, 12, 13, 5, tzinfo=UTC)).endswith("à 15\u00a0h\u00a005")
    assert formats.moment(datetime(2018, 1, 12, 13, 5, tzinfo=UTC)).endswith("à 14\u00a0h\u00a005")


def test_a_moment_without_zone_is_refused() -> None:
    """Nobody can tell what hour it means."""
    with pytest.raises(ValueError, match="time zone"):
        formats.hour(datetime(2018, 7, 12, 13, 5))  # noqa: DTZ001


ZONES = ["Europe/Paris", "Pacific/Noumea", "America/Guadeloupe", "Indian/Reunion", "Pacific/Tahiti"]
# The nights of 2026 when clocks change in Europe, and any other instant.
CHANGES = st.sampled_from(
    [datetime(2026, 3, 29, 1, 0, tzinfo=UTC), datetime(2026, 10, 25, 1, 0, tzinfo=UTC)]
)
INSTANTS = st.integers(946_684_800, 4_102_444_800).map(
    lambda seconds: datetime.fromtimestamp(seconds, UTC)
) | st.builds(
    lambda change, minutes: change + timedelta(minutes=minutes),
    CHANGES,
    st.integers(-26 * 60, 26 * 60),
)


@contextmanager
def town_of(zone: str) -> Iterator[None]:
    """Be in a town that lives there."""
    app = Flask("town")
    formats.init_app(app, zone)
    with app.app_context():
        yield


@pytest.mark.parametrize("zone", ZONES)
@settings(deadline=None, max_examples=30)
@given(instant=INSTANTS)
def test_a_town_lives_by_its_own_clock(zone: str, instant: datetime) -> None:
    """Day and hour are those on the wall of the town hall, across both nights of the year."""
    local = instant.astimezone(ZoneInfo(zone))
    with town_of(zone), time_machine.travel(instant, tick=False):
        assert formats.today() == formats.day_of(instant) == local.date()
        assert formats.hour(instant) == f"{local.hour}\u00a0h\u00a0{local.minute:02}"
        said = f"{formats.day_in_full(local.date())} à {formats.hour(instant)}"
        assert formats.moment(instant) == said
        assert formats.recent_day(local.date()) == "aujourd’hui"


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Europe/Paris", date(2026, 10, 1)),
        ("America/Guadeloupe", date(2026, 9, 30)),
        ("Pacific/Noumea", date(2026, 10, 1)),
        ("Pacific/Tahiti", date(2026, 9, 30)),
    ],
)
def test_the_day_an_invoice_is_due_is_the_town_s(zone: str, day: date) -> None:
    """Half past eight in the evening of 30 September in Guadeloupe: it is not late there."""
    with town_of(zone), time_machine.travel(datetime(2026, 10, 1, 0, 30, tzinfo=UTC), tick=False):
        assert formats.today() == day


def test_today_is_the_day_in_france() -> None:
    """At half past eleven in the evening UTC, it is tomorrow in the town."""
    with time_machine.travel(datetime(2026, 7, 12, 22, 30, tzinfo=UTC), tick=False):
        assert formats.today() == date(2026, 7, 13)


@pytest.mark.parametrize(
    ("count", "written"),
    [(0, "0\u00a0message"), (1, "1\u00a0message"), (2, "2\u00a0messages")],
)
def test_plurals(count: int, written: str) -> None:
    """Zero and one are singular in French."""
    assert formats.plural(count, "message") == written


def test_nobody_else_knows_a_time_zone() -> None:
    """A day or an hour that is said is the town's: it is asked of `formats`."""
    folder = Path(formats.__file__).parent
    naming = [path.name for path in folder.rglob("*.py") if "zoneinfo" in path.read_text("utf-8")]
    assert naming == ["formats.py"]


@pytest.mark.parametrize(
    ("word", "name", "written"),
    [
        ("de", "Inaya", "d’Inaya"), ("que", "Inaya", "qu’Inaya"), ("de", "Sami", "de Sami"),
        ("de", "Élise", "d’Élise"), ("de", "Œdipe", "d’Œdipe"), ("de", "Hugo", "de Hugo"),
        ("de", "Yvonne", "d’Yvonne"), ("de", "Yanis", "de Yanis"), ("de", "Y", "de Y"),
        ("de", "", "de "),
    ],
)  # fmt: skip
def test_a_word_gives_its_vowel_to_the_name(word: str, name: str, written: str) -> None:
    """An h is taken for one that is heard."""
    assert formats.elided(word, name) == written


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("Fermé\u00a0: grève", "Fermé\u00a0: grève."), ("Neige\u00a0!", "Neige\u00a0!"),
        ("À Nadia P.", "À Nadia P."), ("Vraiment\u00a0?", "Vraiment\u00a0?"), ("Etc…", "Etc…"),
        ("«\u00a0Le Petit Pont\u00a0»", "«\u00a0Le Petit Pont\u00a0»."),
    ],
)  # fmt: skip
def test_a_sentence_ends_once(words: str, sentence: str) -> None:
    """Whatever somebody typed at its end."""
    assert formats.ended(words) == sentence
    assert formats.ended(sentence) == sentence


def test_thousands_stand_apart() -> None:
    assert formats.plural(12_345, "courriel") == "12\u202f345\u00a0courriels"
    assert formats.plural(999, "courriel") == "999\u00a0courriels"


@pytest.mark.parametrize(
    ("names", "written"),
    [
        (["D’ANGELO", "D’Angelo"], "D’ANGELO"),
        (["Étienne", "ETIENNE", "Roux"], "Étienne et Roux"),
        (["PETIT-JEAN"], "PETIT-JEAN"),
    ],
)
def test_a_family_is_called_by_each_name_once(names: list[str], written: str) -> None:
    """However the software spells it the second time."""
    assert formats.together(names) == written


@pytest.mark.parametrize(
    ("now", "written"),
    [
        ("2026-11-27 05:30", "ce matin à 5 h 41"),
        ("2026-11-28 05:30", "hier à 5 h 41"),
        ("2026-11-29 05:30", "vendredi 27 novembre 2026 à 5 h 41"),
        # What is planned, such as a message that waits for its hour.
        ("2026-11-27 02:00", "ce matin à 5 h 41"),
        ("2026-11-26 05:30", "demain à 5 h 41"),
        ("2026-11-25 05:30", "vendredi 27 novembre 2026 à 5 h 41"),
    ],
)
def test_a_moment_of_today_is_told_by_the_part_of_the_day(now: str, written: str) -> None:
    with time_machine.travel(datetime.fromisoformat(now).replace(tzinfo=UTC), tick=False):
        said = formats.near_moment(datetime(2026, 11, 27, 4, 41, tzinfo=UTC))
    assert said.replace("\u00a0", " ") == written


@pytest.mark.parametrize(
    ("hour", "part"),
    [(0, "cette nuit à 0 h 15"), (4, "cette nuit à 4 h 15"), (5, "ce matin à 5 h 15"),
     (12, "cet après-midi à 12 h 15"), (18, "ce soir à 18 h 15"), (23, "ce soir à 23 h 15")],
)  # fmt: skip
def test_each_hour_is_of_its_part_of_the_day(hour: int, part: str) -> None:
    """What leaves ten minutes after midnight leaves tonight, not this morning."""
    at = datetime(2026, 11, 27, hour, 15, tzinfo=formats.PARIS)
    with time_machine.travel(at, tick=False):
        assert formats.near_moment(at).replace("\u00a0", " ") == part


def test_what_comes_has_its_sign() -> None:
    amounts = (Decimal("60.80"), Decimal("-60.80"), Decimal(0))
    signed = [formats.signed_euros(amount).replace("\u00a0", " ") for amount in amounts]
    assert signed == ["+60,80 €", "-60,80 €", "0,00 €"]


@given(st.text(max_size=40))
def test_words_are_compared_without_their_accents(text: str) -> None:
    """One more changes nothing, whether there was any or not."""
    assert formats.fold(f"{text}\N{COMBINING ACUTE ACCENT}") == formats.fold(text)
