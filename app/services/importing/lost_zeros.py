"""Ids whose first zeros a spreadsheet took away: « 00123 » became « 123 », and would be another.

The rows would all be created anew beside those that the portal knows.
"""

from sqlalchemy import Connection, func, select
from sqlalchemy.orm import InstrumentedAttribute

from app.models import Child, Document, Family, Invoice, Message, Payment
from app.services.importing.faults import Fault, Faults, shown
from app.services.importing.references import SHOWN_LINES
from app.services.importing.staging import Staging
from app.services.importing.tables import (
    CHILDREN,
    DOCUMENTS,
    FAMILIES,
    INVOICES,
    MESSAGES,
    PAYMENTS,
    SourceFile,
)  # fmt: skip

IDS: tuple[tuple[SourceFile, InstrumentedAttribute[str]], ...] = (
    (FAMILIES, Family.source_id),
    (CHILDREN, Child.source_id),
    (INVOICES, Invoice.source_id),
    (PAYMENTS, Payment.source_id),
    (MESSAGES, Message.source_id),
    (DOCUMENTS, Document.source_id),
)


def check(connection: Connection, staging: Staging, faults: Faults) -> None:
    """Tell, once a file, of the ids that the portal knows with zeros before them."""
    for file, known in IDS:
        rows = staging[file].table
        # A range, which the index answers: most towns have no such id.
        with_zeros = (
            select(func.ltrim(known, "0").label("bare"), known.label("known"))
            .where(known >= "0", known < "1")
            .subquery()
        )
        others = rows.alias("others")
        lost = (
            select(rows.c.line, rows.c.source_id, with_zeros.c.known)
            .join(with_zeros, with_zeros.c.bare == rows.c.source_id)
            .where(
                ~select(1).where(known == rows.c.source_id).correlate(rows).exists(),
                ~select(1).where(others.c.source_id == with_zeros.c.known).exists(),
            )
            .subquery()
        )
        first = connection.execute(select(lost).order_by(lost.c.line).limit(SHOWN_LINES)).all()
        if first:
            count = connection.scalar(select(func.count()).select_from(lost)) or 0
            faults.add(_fault(file, [row.line for row in first], count, *first[0][1:]))


def _fault(file: SourceFile, lines: list[int], count: int, given: str, known: str) -> Fault:
    line, *others = lines
    remedy = (
        f"le portail connaît « {shown(known)} » ; un tableur a retiré les zéros du début, donnez à "
        "la colonne le format Texte, puis exportez de nouveau."
    )
    column = file.column("source_id").name
    return Fault(file.name, remedy, line, column, given, "", tuple(others), count - len(lines))
