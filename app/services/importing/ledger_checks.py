"""What is checked of invoices, their lines and payments: sums, dates, numbers, whose they are.

Each check is a statement that selects the line and the value of the rows at fault.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Select, Table, and_, extract, func, literal, select, type_coerce

from app.formats import euros
from app.models import Family, Invoice, InvoiceKind, InvoiceLine
from app.services.importing.staging import Staging
from app.services.importing.tables import INVOICES, LINES, PAYMENTS, SourceFile

Remedy = str | Callable[[Any], str]
# The file and the field at fault, the statement, and what to do about it.
Check = tuple[SourceFile, str, Select[Any], Remedy]


def checks(staging: Staging) -> Iterator[Check]:
    """List what can be checked of the files that were given."""
    invoices, lines, payments = (staging[file].table for file in (INVOICES, LINES, PAYMENTS))
    yield from _due_dates(invoices)
    yield from _numbers_used_twice(invoices)
    if staging[LINES].sound:
        yield from _sums_of_lines(lines, invoices)
    yield from _sums_of_known_lines(lines, invoices)
    yield from _paid_invoices(payments, invoices)


def _due_dates(invoices: Table) -> Iterator[Check]:
    owed = invoices.c.kind == InvoiceKind.INVOICE.value
    missing = select(invoices.c.line, literal("").label("value"))
    yield (
        INVOICES,
        "due_on",
        missing.where(invoices.c.due_on.is_(None), owed),
        "cette cellule est obligatoire, sauf pour un AVOIR.",
    )


def _numbers_used_twice(invoices: Table) -> Iterator[Check]:
    """Of two invoices under one number nobody knows which is owed. They begin anew each year."""
    rows, others = invoices, invoices.alias("others")
    same_number = and_(
        *(others.c[name] == rows.c[name] for name in ("family", "number", "kind")),
        extract("year", others.c.issued_on) == extract("year", rows.c.issued_on),
        others.c.source_id != rows.c.source_id,
        others.c.line < rows.c.line,
    )
    statement = (
        select(
            rows.c.line,
            rows.c.number.label("value"),
            rows.c.source_id,
            func.min(others.c.source_id).label("other"),
            func.min(others.c.line).label("first"),
        )
        .join(others, same_number)
        .where(rows.c.kind != InvoiceKind.CANCELLED.value)
        .group_by(rows.c.line, rows.c.number, rows.c.source_id)
    )
    yield INVOICES, "number", statement, _used_twice


def _sums_of_lines(lines: Table, invoices: Table) -> Iterator[Check]:
    sums = (
        select(
            lines.c.invoice,
            func.min(lines.c.line).label("line"),
            func.sum(lines.c.amount).label("total"),
        )
        .group_by(lines.c.invoice)
        .having(func.count() == func.count(lines.c.amount))
        .subquery()
    )
    amount = func.coalesce(invoices.c.amount, Invoice.amount)
    statement = (
        select(sums.c.line, sums.c.invoice.label("value"), sums.c.total, amount.label("amount"))
        .outerjoin(invoices, invoices.c.source_id == sums.c.invoice)
        .outerjoin(Invoice, Invoice.source_id == sums.c.invoice)
        .where(
            sums.c.total != amount,
            func.coalesce(invoices.c.kind, Invoice.kind) != InvoiceKind.CANCELLED.value,
        )
    )
    yield LINES, "invoice", statement, _unequal


def _sums_of_known_lines(lines: Table, invoices: Table) -> Iterator[Check]:
    statement = (
        select(
            invoices.c.line,
            invoices.c.source_id.label("value"),
            func.sum(type_coerce(InvoiceLine.amount, BigInteger)).label("total"),
            invoices.c.amount,
        )
        .join(Invoice, Invoice.source_id == invoices.c.source_id)
        .join(InvoiceLine, InvoiceLine.invoice_id == Invoice.id)
        .where(
            Invoice.amount != invoices.c.amount,
            invoices.c.kind != InvoiceKind.CANCELLED.value,
            ~select(1).where(lines.c.invoice == invoices.c.source_id).exists(),
        )
        .group_by(invoices.c.line, invoices.c.source_id, invoices.c.amount)
        .having(func.sum(InvoiceLine.amount) != invoices.c.amount)
    )
    yield INVOICES, "source_id", statement, _unequal


def _paid_invoices(payments: Table, invoices: Table) -> Iterator[Check]:
    family = func.coalesce(invoices.c.family, Family.source_id)
    kind = func.coalesce(invoices.c.kind, Invoice.kind)
    statement = (
        select(payments.c.line, payments.c.invoice.label("value"))
        .outerjoin(invoices, invoices.c.source_id == payments.c.invoice)
        .outerjoin(Invoice, Invoice.source_id == payments.c.invoice)
        .outerjoin(Family, Family.id == Invoice.family_id)
        .where(payments.c.invoice.is_not(None))
    )
    yield (
        PAYMENTS,
        "invoice",
        statement.where(family != payments.c.family),
        "cette facture est celle d’une autre famille.",
    )
    yield (
        PAYMENTS,
        "invoice",
        statement.where(kind == InvoiceKind.CREDIT_NOTE.value),
        "c’est un avoir ; un règlement paie une facture.",
    )


def _used_twice(row: Any) -> str:
    return (
        f"la facture d’id « {row.other} », ligne {row.first}, porte déjà ce numéro dans cette "
        f"famille, comme celle d’id « {row.source_id} » ; donnez un autre numéro à l’une, ou le "
        "type ANNULEE à celle qui n’est plus due."
    )


def _unequal(row: Any) -> str:
    lines, invoice = (euros(Decimal(int(cents)).scaleb(-2)) for cents in (row.total, row.amount))
    said = f"les lignes font {lines}, la facture {invoice} ; les deux doivent être égaux."
    cancelled = " Une facture annulée garde son montant et prend le type ANNULEE."
    return said if row.amount else said + cancelled
