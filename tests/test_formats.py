"""French dates, euros, phones and plurals."""

import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine
from hypothesis import given
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


@pytest.mark.parametrize(
    ("given", "written", "dialled"),
    [
        ("0476000000", "04\u00a076\u00a000\u00a000\u00a000", "+33476000000"),
        ("+33 4 76 00 00 00", "04\u00a076\u00a000\u00a000\u00a000", "+33476000000"),
        ("+41 22 327 41 11", "+41\u00a022\u00a0327\u00a041\u00a011", "+41223274111"),
        ("poste 12", "poste 12", ""),
        ("", "", ""),
    ],
)
def test_phones(given: str, written: str, dialled: str) -> None:
    """A number is written by twos and dials from a phone; what is none stays as it is."""
    assert formats.phone(given) == written
    assert formats.phone_link(given) == dialled


ALPHABETS = ["iso8859-1", "iso8859-2", "iso8859-3", "iso8859-4", "iso8859-9", "iso8859-10",
             "iso8859-13", "iso8859-14", "iso8859-15", "iso8859-16", "cp1250", "cp1252", "cp1254",
             "cp1257"]  # fmt: skip


@pytest.mark.parametrize("alphabet", ALPHABETS)
def test_every_letter_of_an_alphabet_of_europe_folds_to_plain_ones(alphabet: str) -> None:
    """Also ı, ł, ø, đ, ß, œ… which Unicode does not take apart; capitals fold like small ones."""
    letters = bytes(range(0xA0, 0x100)).decode(alphabet, "ignore")
    for letter in letters:
        if unicodedata.category(letter) not in {"Lu", "Ll"} or letter == "µ":
            continue
        folded = formats.fold(letter)
        assert folded.replace("'", "").isascii(), letter
        assert folded.replace("'", "").isalpha(), letter
        # A capital I has a dot or has none; ĸ has no capital.
        assert formats.fold(letter.upper()) == folded, letter


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("I\u015f\u0131l Y\u0131ld\u0131z", "I\u015eIL YILDIZ"),
        ("rendez\u2011vous", "Rendez-vous"),
        ("Anne\u2013Lise", "anne-lise"),
        ("l\u2019\u00c9cole", "L\u02bcecole"),
        ("Mar\u00adtin\u200b", "martin"),
    ],
)
def test_what_reads_alike_folds_alike(one: str, other: str) -> None:
    """Whatever program wrote it."""
    assert formats.fold(one) == formats.fold(other)
