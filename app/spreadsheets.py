"""Tables for a spreadsheet, as French ones expect them: `;`, a BOM, and no cell it would run."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _csv import Writer

    from _typeshed import SupportsWrite

ENCODING = "utf-8-sig"
# What makes a spreadsheet calculate a cell, also behind blanks; full-width signs too.
FORMULA_SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
CONTROLS = ("\t", "\r", "\n")


def writer(out: "SupportsWrite[str]") -> "Writer":
    """Write rows of cells; what people typed goes through `harmless` first."""
    return csv.writer(out, delimiter=";")


def table(headings: Sequence[str], rows: Iterable[Iterable[str | int]]) -> bytes:
    """Write a whole table; its words are made harmless, its numbers stay numbers."""
    out = io.StringIO()
    lines = writer(out)
    lines.writerow(headings)
    lines.writerows(
        [harmless(each) if isinstance(each, str) else each for each in row] for row in rows
    )
    return out.getvalue().encode(ENCODING, "replace")


def harmless(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would take for a formula."""
    risky = text.startswith(CONTROLS) or text.lstrip().startswith(FORMULA_SIGNS)
    return f"'{text}" if risky else text
