"""The pictures of the documentation show the portal as it is."""

import re
from collections.abc import Iterator

import pytest

from tests.e2e.live import ROOT
from tests.e2e.pictures import FOLDER, Picture, demonstration, kept_words, pictures

SHOWN = re.compile(r"""(?:src="|!\[[^]]+\]\()(?:docs/)?images/([\w-]+)\.png""")
DOCUMENTS = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))


@pytest.fixture(scope="module")
def shown() -> Iterator[list[Picture]]:
    """Each page that has its picture."""
    with demonstration() as app:
        yield list(pictures(app))


def test_each_says_what_its_page_says(shown: list[Picture]) -> None:
    """Drawn again by `make pictures` as soon as a word of its page is another."""
    for each in shown:
        assert kept_words(each.file) == each.words, f"make pictures: {each.name}"


def test_each_is_shown_somewhere(shown: list[Picture]) -> None:
    """And no document shows one that is not drawn; each has words for whoever does not see it."""
    found = {name for path in DOCUMENTS for name in SHOWN.findall(path.read_text("utf-8"))}
    assert found == {each.name for each in shown} == {each.stem for each in FOLDER.glob("*.png")}
