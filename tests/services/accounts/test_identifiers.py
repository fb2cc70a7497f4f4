"""A parent types the identifiant that a guide or a letter printed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.accounts.identifiers import MAXIMUM_DIGITS, near, normalize_identifier

DIGITS = st.text(alphabet="0123456789", min_size=1, max_size=MAXIMUM_DIGITS)
SEPARATORS = st.text(alphabet=" .\t\n\u00a0\u202f", max_size=3)


@pytest.mark.parametrize(
    "typed",
    [
        "38162386", " 38162386 ", "381 623 86", "38.16.23.86", "3816\u00a02386",
        "3816\u202f2386\r\n", "\u200b38162386", "38162386\ufeff", "3816\u00ad2386",
        "\u202a38162386\u202c.", "3816\u20602386", "38162386\ufe0f",
    ],
)  # fmt: skip
def test_blanks_and_dots_are_forgiven(typed: str) -> None:
    """Someone copies it as it is printed: it is the same identifiant."""
    assert normalize_identifier(typed) == "38162386"


@pytest.mark.parametrize(
    "typed",
    [
        "", " ", ".", "3816_2386", "+38162386", "-38162386", "3816238²", "\uff13\uff18\uff11",
        "\u0663\u0668", "38162386x", "0x10", "1e5", "3816\x002386", "3816\ud8002386", "1" * 21,
    ],
)  # fmt: skip
def test_what_int_would_take_is_refused(typed: str) -> None:
    """Nothing but ASCII digits, at most 20 of them, is an identifiant."""
    assert normalize_identifier(typed) is None


@given(DIGITS)
def test_digits_are_kept_as_text(digits: str) -> None:
    """Leading zeros are part of the identifiant."""
    assert normalize_identifier(digits) == digits


@given(st.lists(st.tuples(SEPARATORS, st.sampled_from("0123456789")), min_size=1, max_size=20))
def test_separators_anywhere_change_nothing(parts: list[tuple[str, str]]) -> None:
    """However it is spaced, the same digits are the same person."""
    spaced = "".join(blank + digit for blank, digit in parts)
    assert normalize_identifier(spaced) == "".join(digit for _, digit in parts)


@given(st.text())
def test_whatever_is_typed_gives_ascii_digits_or_nothing(typed: str) -> None:
    """No text raises, and what comes out is safe to store and compare."""
    found = normalize_identifier(typed)
    if found is not None:
        assert found.isascii()
        assert found.isdecimal()
        assert len(found) <= MAXIMUM_DIGITS
        assert normalize_identifier(found) == found


@given(DIGITS, st.data())
def test_a_slip_is_near_what_was_meant(meant: str, data: st.DataObject) -> None:
    """And the other way round, whichever digit it is."""
    place = data.draw(st.integers(0, len(meant) - 1))
    digit = data.draw(st.sampled_from("0123456789"))
    before, wrong, after = meant[:place], meant[place], meant[place + 1 :]
    for typed in (
        before + digit + after,
        before + after,
        before + digit + wrong + after,
        before + after[:1] + wrong + after[1:],
    ):
        assert typed in {meant, ""} or typed in near(meant)
        assert typed in {meant, ""} or meant in near(typed)
    assert meant not in near(meant)
