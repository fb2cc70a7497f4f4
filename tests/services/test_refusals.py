"""Why something is not done, in words that stand in a line or as a sentence."""

import pytest

from app.services.refusals import Reason, Refusal


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("ce mois est facturé", "Ce mois est facturé."),
        ("Vous n’avez rien changé.", "Vous n’avez rien changé."),
        ("Est-ce bien le bon jour\u00a0?", "Est-ce bien le bon jour\u00a0?"),
    ],
)
def test_it_is_told_as_one_sentence_whatever_its_words(words: str, sentence: str) -> None:
    """A command goes on after a colon, a screen begins and ends with it."""
    refused = Refusal(Reason.CLOSED, words)
    assert (str(refused), refused.sentence) == (words, sentence)
