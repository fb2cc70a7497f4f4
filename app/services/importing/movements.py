"""Invoices, their lines, payments; then which paid which, for the families that changed."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import (
    Connection,
    delete,
    func,
    select,
)  # fmt: skip

from app.models import Child, Family, Invoice, InvoiceLine, Payment
from app.services.billing import sharing
from app.services.importing.merging import Counts, Merge, rows_of
from app.services.importing.staging import Staging
from app.services.importing.tables import INVOICES, LINES, PAYMENTS
from app.services.importing.temporary import KEPT_AS, TOUCHED, make_ready

FAMILIES_AT_ONCE = 500


class MovementLoader:
    """What an import does to accounts due and paid."""

    def __init__(self, connection: Connection, staging: Staging) -> None:
        """Load from these temporary tables."""
        self._connection = connection
        self._staging = staging

    def load_invoices(self) -> Counts:
        """Create and change invoices and credit notes."""
        rows = self._staging[INVOICES].table
        given = (
            select(
                rows.c.source_id,
                rows.c.public_id,
                Family.id.label("family_id"),
                rows.c.kind,
                rows.c.number,
                rows.c.issued_on,
                rows.c.due_on,
                rows.c.amount,
                rows.c.label,
                rows.c[KEPT_AS].label("file"),
            )
            .select_from(rows)
            .join(Family, Family.source_id == rows.c.family)
        )
        staged = self._staging[INVOICES]
        merge = Merge(self._connection, Invoice, ["source_id"], given, staged.absent)
        return merge.run(staged.rows, TOUCHED)

    def load_lines(self) -> Counts:
        """Make the lines of the invoices that have some in the files exactly those."""
        rows = self._staging[LINES].table
        position = func.row_number().over(partition_by=rows.c.invoice, order_by=rows.c.line)
        given = (
            select(
                Invoice.id.label("invoice_id"),
                position.label("position"),
                Child.id.label("child_id"),
                rows.c.label,
                rows.c.quantity,
                rows.c.unit_price,
                rows.c.amount,
            )
            .select_from(rows)
            .join(Invoice, Invoice.source_id == rows.c.invoice)
            .outerjoin(Child, Child.source_id == rows.c.child)
        )
        kept = self._staging[LINES].absent - {"child"}
        if "child" not in self._staging[LINES].fields:
            kept.add("child_id")
        merge = Merge(self._connection, InvoiceLine, ["invoice_id", "position"], given, kept)
        counts = merge.run(self._staging[LINES].rows)
        removed = self._remove_further_lines()
        return replace(counts, changed=counts.changed + removed, missing=counts.missing - removed)

    def _remove_further_lines(self) -> int:
        rows = self._staging[LINES].table
        numbers = (
            select(Invoice.id.label("invoice_id"), func.count().label("lines"))
            .select_from(rows)
            .join(Invoice, Invoice.source_id == rows.c.invoice)
            .group_by(Invoice.id)
            .subquery()
        )
        further = select(InvoiceLine.id).join(
            numbers,
            (numbers.c.invoice_id == InvoiceLine.invoice_id)
            & (InvoiceLine.position > numbers.c.lines),
        )
        return rows_of(self._connection, delete(InvoiceLine).where(InvoiceLine.id.in_(further)))

    def load_payments(self) -> Counts:
        """Create and change payments."""
        rows = self._staging[PAYMENTS].table
        given = (
            select(
                rows.c.source_id,
                Family.id.label("family_id"),
                Invoice.id.label("invoice_id"),
                rows.c.paid_on,
                rows.c.amount,
                rows.c.mode,
                rows.c.reference,
            )
            .select_from(rows)
            .join(Family, Family.source_id == rows.c.family)
            .outerjoin(Invoice, Invoice.source_id == rows.c.invoice)
        )
        staged = self._staging[PAYMENTS]
        kept = staged.absent | ({"invoice_id"} if "invoice" in staged.absent else set())
        merge = Merge(self._connection, Payment, ["source_id"], given, kept)
        return merge.run(staged.rows, TOUCHED)

    def share(self) -> None:
        """Share payments and credit notes again in each family whose ledger changed."""
        make_ready(self._connection, TOUCHED, ["family"])
        last = 0
        while families := self._touched(last):
            sharing.share_anew(self._connection, families)
            last = families[-1]

    def _touched(self, after: int) -> Sequence[int]:
        family = TOUCHED.c.family
        some = select(family).where(family > after).distinct().order_by(family)
        return self._connection.scalars(some.limit(FAMILIES_AT_ONCE)).all()
