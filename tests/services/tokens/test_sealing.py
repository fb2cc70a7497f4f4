"""Sealed words: read by this portal alone, and told from what was changed on the way."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import replace

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.services.tokens.sealing import seal, unseal
from app.settings import EXTENSION

# What a form may send, halves of characters among it.
TYPED = st.text(st.characters(exclude_categories=()), max_size=300)


@given(words=TYPED)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
def test_what_is_sealed_is_read_again(app_without_database: Flask, words: str) -> None:
    """Whatever it is; and never twice the same noise."""
    with app_without_database.app_context():
        sealed = seal(words)
        assert unseal(sealed) == words
        assert sealed != seal(words)


@pytest.mark.parametrize("forged", ["", "é", "a", "=", "A" * 40, "A" * 200])
def test_what_nobody_sealed_says_nothing(app_without_database: Flask, forged: str) -> None:
    with app_without_database.app_context():
        assert unseal(forged) is None


def test_a_changed_sign_is_noticed(app_without_database: Flask) -> None:
    with app_without_database.app_context():
        raw = bytearray(urlsafe_b64decode(seal("38162386")))
        for place in range(len(raw)):
            changed = raw.copy()
            changed[place] ^= 1
            assert unseal(urlsafe_b64encode(changed).decode()) is None


def test_the_key_of_before_still_opens(app_without_database: Flask) -> None:
    app = app_without_database
    with app.app_context():
        sealed = seal("38162386")
    ours = app.extensions[EXTENSION]
    app.extensions[EXTENSION] = replace(
        ours, secret_key="another-key-of-this-town", secret_key_fallbacks=(ours.secret_key,)
    )
    with app.app_context():
        assert unseal(sealed) == "38162386"
    app.extensions[EXTENSION] = replace(ours, secret_key="a-third-key", secret_key_fallbacks=())
    with app.app_context():
        assert unseal(sealed) is None
