"""The statement for a spreadsheet, as French ones expect it: `;`, decimal comma, and a BOM."""

import csv
import io
from collections.abc import Iterable

from app import formats
from app.services.billing.statement import StatementLine

HEADER = ("Date", "Opération", "N° ou référence", "Libellé", "Montant", "Solde")
# What makes a spreadsheet calculate a cell, also behind blanks; full-width signs too.
FORMULA_SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
CONTROLS = ("\t", "\r", "\n")


def make(lines: Iterable[StatementLine]) -> bytes:
    """Write a row for each movement, the oldest first."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow(HEADER)
    writer.writerows(_row(line) for line in lines)
    return text.getvalue().encode("utf-8-sig", "replace")


def _row(line: StatementLine) -> tuple[str, ...]:
    return (
        formats.day(line.day),
        harmless(line.title),
        harmless(line.number),
        harmless(line.label),
        # Amounts are ours: neutralised, they would not add up any more.
        formats.plain_amount(line.amount),
        formats.plain_amount(line.balance),
    )


def harmless(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would take for a formula."""
    risky = text.startswith(CONTROLS) or text.lstrip().startswith(FORMULA_SIGNS)
    return f"'{text}" if risky else text
