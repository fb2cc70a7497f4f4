"""What is kept in memory is bounded in bytes, whatever somebody types."""

import pytest
from flask import Flask

from app import formats, telephones
from app.memo import LONGEST_KEPT, Kept
from tests.support.browser import Browser

NUMBER = "06 39 98 00 31"


def test_what_is_short_is_made_once() -> None:
    """The second time it is the same."""
    made: list[str] = []

    def make(word: str, *, ending: str = "") -> str:
        made.append(word)
        return word + ending

    remembered = Kept(make, 10)
    assert [remembered("a"), remembered("a"), remembered("a", ending="b")] == ["a", "a", "ab"]
    assert made == ["a", "a"]


def test_the_latest_are_kept() -> None:
    """As many as were promised; those that left are made again."""
    made: list[int] = []
    remembered = Kept(made.append, 2)
    for number in (1, 2, 3, 3, 2, 1):
        remembered(number)
    assert made == [1, 2, 3, 1]
    assert remembered.count == 2


@pytest.mark.parametrize("times", [1, 3])
def test_what_is_long_is_made_and_forgotten(times: int) -> None:
    """As a word, under a name or among others."""
    remembered = Kept(lambda word="": "".join(word).upper(), 10)
    long = "é" * (LONGEST_KEPT + 1)
    for _ in range(times):
        assert remembered(long) == remembered(word=long) == remembered((long,)) == long.upper()
    assert remembered.count == 0


def test_no_number_that_is_typed_stays(app_without_database: Flask) -> None:
    """500 telephone numbers of 250 KB were half a gigabyte."""
    kept = telephones.written.count
    for number in range(20):
        typed = f"{NUMBER} {number}".ljust(250_000, "0")
        assert formats.phone(typed) == typed.replace(" ", formats.NBSP)
        assert formats.phone_link(typed) == ""
    assert telephones.written.count == kept


def test_no_address_that_is_typed_stays(app: Flask) -> None:
    """The page to come back to stands in the form of the sign-in page, as long as it is."""
    stranger = Browser(app)
    addresses = app.jinja_env.globals["url_for"]
    assert isinstance(addresses, Kept)
    counts = set()
    for number in range(6):
        stranger.fetch(f"/connexion?next=/{number}".ljust(3_000, "x"))
        counts.add(addresses.count)
    assert len(counts) == 1
