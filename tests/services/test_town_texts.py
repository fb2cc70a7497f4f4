"""The town writes a text in a plain editor; parents read it well set out."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app.services import town_texts
from app.services.town_texts import Block, Shape

WRITTEN = """\ufeffPayer sur internet\r
\r
Avec PayFiP : https://www.payfip.gouv.fr.\r
Il faut :\r
- la référence de la facture ;\r
- le code de la collectivité.\r
\r
Une question ? Écrivez à regie@exemple.fr.\r
"""


@pytest.fixture
def folder(app_without_database: Flask) -> Iterator[Path]:
    """Where the town puts its texts."""
    folder = Path(app_without_database.instance_path) / "textes"
    folder.mkdir()
    with app_without_database.app_context():
        yield folder


def drawn(app: Flask, text: str) -> BeautifulSoup:
    """Draw a text as a page does."""
    template = app.jinja_env.get_template("components/town_text.html")
    macro = template.module.town_text  # type: ignore[attr-defined]
    return BeautifulSoup(str(macro(town_texts.parse(text))), "html5lib")


def test_a_text_is_set_out_as_it_was_written(folder: Path) -> None:
    (folder / "paiement.txt").write_bytes(WRITTEN.encode())
    assert town_texts.read("paiement") == (
        Block(Shape.HEADING, ("Payer sur internet",)),
        Block(
            Shape.PARAGRAPH,
            ("Avec PayFiP\u00a0: https://www.payfip.gouv.fr.", "Il faut\u00a0:"),
        ),
        Block(
            Shape.LIST, ("la référence de la facture\u00a0;", "le code de la collectivité.")
        ),
        Block(Shape.PARAGRAPH, ("Une question\u00a0? Écrivez à regie@exemple.fr.",)),
    )  # fmt: skip


def test_addresses_become_links(app_without_database: Flask) -> None:
    soup = drawn(app_without_database, WRITTEN)
    assert [(a["href"], a.get_text()) for a in soup.select("a")] == [
        ("https://www.payfip.gouv.fr", "https://www.payfip.gouv.fr"),
        ("mailto:regie@exemple.fr", "regie@exemple.fr"),
    ]
    assert [tag.name for tag in soup.select("h2, p, li")] == ["h2", "p", "li", "li", "p"]
    assert len(soup.select("br")) == 1


def test_what_is_no_heading(folder: Path) -> None:
    """A sentence, an address, a list alone, a line that goes on for ever."""
    for line in (
        "C’est gratuit.",
        "https://exemple.fr",
        "Vous voulez payer ?",
        "- seul",
        "x" * 101,
    ):
        [block] = town_texts.parse(line)
        assert block.shape is not Shape.HEADING, line


def test_a_town_that_wrote_nothing(folder: Path) -> None:
    assert town_texts.read("accessibilite") is None
    (folder / "accessibilite.txt").write_text(" \n\n\t\n", "utf-8")
    assert town_texts.read("accessibilite") is None


def test_a_text_is_read_again_when_it_changes(folder: Path) -> None:
    path = folder / "paiement.txt"
    path.write_text("Avant.", "utf-8")
    assert town_texts.read("paiement") == (Block(Shape.PARAGRAPH, ("Avant.",)),)
    path.write_text("Après.", "utf-8")
    os.utime(path, (1, 1))
    assert town_texts.read("paiement") == (Block(Shape.PARAGRAPH, ("Après.",)),)


@pytest.mark.parametrize(
    ("content", "reason"),
    [("Été".encode("latin-1"), "UTF-8"), (b"x" * (64 * 1024 + 1), "65537 octets")],
    ids=["another encoding", "too long"],
)
def test_what_cannot_be_shown_is_told_once(
    folder: Path, caplog: pytest.LogCaptureFixture, content: bytes, reason: str
) -> None:
    (folder / "mentions-legales.txt").write_bytes(content)
    for _ in range(3):
        assert town_texts.read("mentions-legales") is None
    [record] = caplog.records
    assert "mentions-legales.txt ignoré" in record.getMessage()
    assert reason in record.getMessage()


def test_a_folder_in_the_place_of_a_text(folder: Path) -> None:
    (folder / "paiement.txt").mkdir()
    assert town_texts.read("paiement") is None


def test_only_known_texts_are_read(folder: Path) -> None:
    with pytest.raises(ValueError, match="settings"):
        town_texts.read("../settings")


HOSTILE = [
    "<script>alert(1)</script>",
    "http://x\"onmouseover=alert(1)//",
    "javascript:alert(1)",
    "https://exemple.fr/<img src=x onerror=alert(1)>",
    "x\0y\x1b[2J",
    "a@b.fr\"><b>",
]  # fmt: skip


@pytest.mark.parametrize("line", HOSTILE)
def test_nothing_written_there_is_html(app_without_database: Flask, line: str) -> None:
    for text in (line, f"Voici : {line}.", f"- {line}"):
        soup = drawn(app_without_database, text)
        assert {tag.name for tag in soup.body.find_all(True)} <= {"h2", "p", "ul", "li", "a"}  # type: ignore[union-attr]
        for link in soup.select("a"):
            assert str(link["href"]).startswith(("https://", "http://", "mailto:"))
            assert set(link.attrs) <= {"href", "rel"}
        assert "\0" not in soup.get_text()
        assert "\x1b" not in soup.get_text()


@given(st.text(max_size=300))
def test_every_letter_of_any_text_is_kept(text: str) -> None:
    blocks = town_texts.parse(text)
    shown = "".join(line for block in blocks for line in block.lines)
    letters = {letter for letter in text if letter.isalnum()}
    assert letters <= set(shown)
    assert all(block.lines and all(block.lines) for block in blocks)
