"""What people type, as a screen can show it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.typed_text import one_line, reason, some_lines


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (None, ""),
        ("  Jean\u00a0 \tMARTIN\n", "Jean MARTIN"),
        ("Du\u00adpont", "Dupont"),
        ("a\u2003b\u2028c", "a b c"),
        ("\x00\u202e\udcff", ""),
    ],
)
def test_a_name_is_one_line(typed: str | None, kept: str) -> None:
    """Every blank is a space; what a word processor hides in a word goes, and the word stays."""
    assert one_line(typed) == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (None, ""),
        ("\r\n Bonjour\u00a0!\r\n\r\n\r\nÀ lundi. \r", "Bonjour\u00a0!\n\n\nÀ lundi."),
        ("De 8\u202fh  à\t9\u202fh", "De 8\u202fh à 9\u202fh"),
        ("Un\u2028Deux\x0bTrois", "Un\nDeux\nTrois"),
        ("«\u00a0Oui\u00a0»\u200b\x1b[31m", "«\u00a0Oui\u00a0»[31m"),
        (" \u00a0\n\u202f\x00\u202e", ""),
    ],
)
def test_a_text_keeps_its_lines_and_its_no_break_spaces(typed: str | None, kept: str) -> None:
    """A clerk's « Merci ! » stays in one piece on the phone of whoever reads it."""
    assert some_lines(typed) == kept


@given(st.text(st.characters()))
def test_cleaning_again_changes_nothing(typed: str) -> None:
    """The check page sends back what it shows; and nothing unseen remains."""
    for clean in (one_line, some_lines):
        kept = clean(typed)
        assert clean(kept) == kept
        assert all(each.isprintable() or each in "\n\u00a0\u202f" for each in kept)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" grève  du personnel. ", "grève du personnel"), ("neige !", "neige\u00a0!"),
        ("chaudière en panne,", "chaudière en panne"), ("grève...", "grève"), (" . ", ""),
        ("plus de places\ndans le car", "plus de places dans le car"), ("a" * 41, "a" * 40),
    ],
)  # fmt: skip
def test_a_reason_stands_at_the_end_of_a_sentence(typed: str, kept: str) -> None:
    assert reason(typed, 40) == kept
