"""Texts that the town writes itself, in the folder `textes` of the instance.

Plain text, for people who know no markup: a blank line between paragraphs, a short line alone
without a final point is a heading, lines that begin with a dash are a list. Never HTML: whatever
stands in the file is shown as it is.
"""

import logging
import re
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from app import whole_files
from app.settings import settings
from app.typed_text import BEFORE_SIGN
from app.whole_files import Version

logger = logging.getLogger("portail.town_texts")

FOLDER = "textes"
LEGAL_NOTICE = "mentions-legales"
PERSONAL_DATA = "donnees-personnelles"
ACCESSIBILITY = "accessibilite"
PAYMENT = "paiement"
ABSENCE = "absence"
NAMES = frozenset({LEGAL_NOTICE, PERSONAL_DATA, ACCESSIBILITY, PAYMENT, ABSENCE})

# Twenty printed pages: more is a file put there by mistake.
MOST_BYTES = 64 * 1024
LONGEST_HEADING = 100
# Of many towns in one process; most are a page long.
FILES_KEPT = 256

BLANK_LINES = re.compile(r"\n\s*\n")
LIST_ITEM = re.compile(r"[-–•]\s+(?P<words>.+)")
SPEAKS_ON = tuple(".!?…:;,")
ADDRESS = re.compile(r"https?://|www\.|\S@\S")


class Shape(StrEnum):
    """What a block is on the page."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST = "list"


class Block(NamedTuple):
    """A heading of one line, the lines of a paragraph, or the items of a list."""

    shape: Shape
    lines: tuple[str, ...]


def read(name: str) -> tuple[Block, ...] | None:
    """Read one of the town's texts; None when it gave none, or one that cannot be shown."""
    if name not in NAMES:
        raise ValueError(f"no text has the name {name}")
    path = settings.instance / FOLDER / f"{name}.txt"
    version = whole_files.version(path)
    return _read_version(path, version) if version else None


@lru_cache(maxsize=FILES_KEPT)
def _read_version(path: Path, version: Version) -> tuple[Block, ...] | None:
    # Kept until the file changes, so what is wrong with it is told once.
    if version.size > MOST_BYTES:
        logger.error("%s ignoré : %d octets, %d au plus", path, version.size, MOST_BYTES)
        return None
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        logger.error("%s ignoré, à enregistrer en UTF-8 : %s", path, error)  # noqa: TRY400
        return None
    return parse(text) or None


def parse(text: str) -> tuple[Block, ...]:
    """Cut a text into its blocks."""
    lines = (_clean(line) for line in text.splitlines())
    parts = BLANK_LINES.split("\n".join(lines).strip("\n"))
    return tuple(block for part in parts for block in _blocks(part.split("\n")))


def _clean(line: str) -> str:
    line = line.replace("\t", " ").strip()
    printed = "".join(letter for letter in line if letter.isprintable() or letter.isspace())
    return BEFORE_SIGN.sub("\u00a0", printed)


def _blocks(lines: list[str]) -> list[Block]:
    blocks: list[Block] = []
    for line in filter(None, lines):
        item = LIST_ITEM.fullmatch(line)
        shape = Shape.LIST if item else Shape.PARAGRAPH
        words = item["words"] if item else line
        if blocks and blocks[-1].shape is shape:
            blocks[-1] = Block(shape, (*blocks[-1].lines, words))
        else:
            blocks.append(Block(shape, (words,)))
    if len(blocks) == 1 and _is_heading(blocks[0]):
        return [Block(Shape.HEADING, blocks[0].lines)]
    return blocks


def _is_heading(block: Block) -> bool:
    line = block.lines[0]
    return (
        block.shape is Shape.PARAGRAPH
        and len(block.lines) == 1
        and len(line) <= LONGEST_HEADING
        and not line.endswith(SPEAKS_ON)
        and not ADDRESS.search(line)
    )
