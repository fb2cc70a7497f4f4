"""Telephone numbers of all French territories."""

import sys

import phonenumbers
import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from app import formats, telephones

PARIS, REUNION, NOUMEA = "Europe/Paris", "Indian/Reunion", "Pacific/Noumea"


@pytest.mark.parametrize(
    ("zone", "given", "written", "dialled"),
    [
        (PARIS, "0476000000", "04 76 00 00 00", "+33476000000"),
        (PARIS, "+33 4 76 00 00 00", "04 76 00 00 00", "+33476000000"),
        (PARIS, "0033 4 76 00 00 00", "04 76 00 00 00", "+33476000000"),
        # A range for fiction, that of our own advice; and an old one.
        (PARIS, "06 39 98 00 31", "06 39 98 00 31", "+33639980031"),
        (PARIS, "01-00-00-00-00", "01 00 00 00 00", "+33100000000"),
        # A spreadsheet lost the zero.
        (PARIS, "476000000", "04 76 00 00 00", "+33476000000"),
        (PARIS, "0692 12 34 56", "+262 692 12 34 56", "+262692123456"),
        (PARIS, "0639 01 23 45", "+262 639 01 23 45", "+262639012345"),
        (PARIS, "0269 61 00 00", "+262 269 61 00 00", "+262269610000"),
        (PARIS, "0690.12.34.56", "+590 690 12 34 56", "+590690123456"),
        (PARIS, "0696 12 34 56", "+596 696 12 34 56", "+596696123456"),
        (PARIS, "0594 12 34 56", "+594 594 12 34 56", "+594594123456"),
        (PARIS, "0508 41 00 00", "+508 41 00 00", "+508410000"),
        (PARIS, "+687 27.31.15", "+687 27.31.15", "+687273115"),
        (PARIS, "+41 22 327 41 11", "+41 22 327 41 11", "+41223274111"),
        (REUNION, "0692 12 34 56", "0692 12 34 56", "+262692123456"),
        (REUNION, "0262123456", "0262 12 34 56", "+262262123456"),
        (REUNION, "04 76 00 00 00", "04 76 00 00 00", "+33476000000"),
        (REUNION, "0590 12 34 56", "+590 590 12 34 56", "+590590123456"),
        ("Indian/Mayotte", "0639012345", "0639 01 23 45", "+262639012345"),
        (NOUMEA, "27 31 15", "27.31.15", "+687273115"),
        (NOUMEA, "04 76 00 00 00", "+33 4 76 00 00 00", "+33476000000"),
        ("Pacific/Tahiti", "40 41 23 45", "40 41 23 45", "+68940412345"),
        ("America/Miquelon", "41 00 00", "+508 41 00 00", "+508410000"),
        (PARIS, "27 31 15", "27 31 15", ""),
        (PARIS, "04 76 00 00", "04 76 00 00", ""),
        (PARIS, "poste 12", "poste 12", ""),
        (PARIS, "", "", ""),
    ],
)
def test_a_number_is_its_territory_s(zone: str, given: str, written: str, dialled: str) -> None:
    """Written as the town reads it, dialled from anywhere; what is none stays as it is."""
    app = Flask("town")
    formats.init_app(app, zone)
    with app.app_context():
        assert formats.phone(given).replace("\u00a0", " ") == written
        assert " " not in formats.phone(given)
        assert formats.phone_link(given) == dialled


@settings(deadline=None)
@given(
    st.sampled_from(sorted({telephones.METROPOLE, *telephones.TERRITORIES.values()})),
    st.from_regex(r"0[1-79][0-9]{8}", fullmatch=True),
)
def test_every_number_of_ten_figures_is_one(territory: str, number: str) -> None:
    """Whether its range was given out or not; read back as it was written, it is the same."""
    dialled = telephones.dialled(number, territory)
    assert phonenumbers.is_possible_number(phonenumbers.parse(dialled, None))
    assert dialled.endswith(number[4:])
    assert telephones.dialled(telephones.written(number, territory), territory) == dialled


@settings(deadline=None)
@given(
    st.sampled_from(sorted({telephones.METROPOLE, *telephones.TERRITORIES.values()})),
    st.from_regex(r"(0|\+33 ?|\+33 \(0\) ?)[1-9]([ .]?[0-9]{2}){4}", fullmatch=True),
)
def test_what_is_written_at_once_is_as_the_library_writes_it(territory: str, number: str) -> None:
    """Pairs of metropolitan France are cut here; whatever else the library knows, it says."""
    at_once = telephones.written(number, territory), telephones.dialled(number, territory)
    with pytest.MonkeyPatch.context() as without:
        without.setattr(telephones, "_in_pairs", lambda _: None)
        # What is kept under another name of the arguments is made anew.
        by_the_library = (
            telephones.written(number, territory=territory),
            telephones.dialled(number, territory=territory),
        )
    assert at_once == by_the_library


def test_most_numbers_need_no_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes memory in every process that reads it, for good."""
    monkeypatch.setitem(sys.modules, "phonenumbers", None)
    assert telephones.written("0476000199", telephones.METROPOLE) == "04 76 00 01 99"
    assert telephones.dialled("06.39.98.01.99", telephones.METROPOLE) == "+33639980199"
