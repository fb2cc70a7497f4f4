"""The statement for a spreadsheet: decimal comma, the oldest movement first."""

import io
from collections.abc import Iterable

from app import formats, spreadsheets
from app.services.billing.statement import StatementLine
from app.spreadsheets import harmless

HEADER = ("Date", "Opération", "N° ou référence", "Libellé", "Montant", "Solde")


def make(lines: Iterable[StatementLine]) -> bytes:
    """Write a row for each movement, the oldest first."""
    text = io.StringIO()
    writer = spreadsheets.writer(text)
    writer.writerow(HEADER)
    writer.writerows(_row(line) for line in lines)
    return text.getvalue().encode(spreadsheets.ENCODING, "replace")


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
