"""Invoices, their lines, payments; then which paid which, for the families that changed."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, extract, func, select, update

from app.formats import euros
from app.models import Child, Family, Invoice, InvoiceKind, InvoiceLine, Payment
from app.services.billing import sharing
from app.services.importing.headlines import Headline, Headlines
from app.services.importing.merging import Counts, Merge, rows_of
from app.services.importing.staging import Staging
from app.services.importing.tables import INVOICES, LINES, PAYMENTS
from app.services.importing.temporary import KEPT_AS, LINE, TOUCHED, make_ready

FAMILIES_AT_ONCE = 500
_NUMBER = attrgetter("family_id", "kind", "number", "year")


class MovementLoader:
    """What an import does to accounts due and paid."""

    def __init__(self, connection: Connection, staging: Staging, headlines: Headlines) -> None:
        """Load from these temporary tables."""
        self._connection = connection
        self._staging = staging
        self._headlines = headlines

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
                # A credit note is due on no day: the one it was made on stands there.
                func.coalesce(rows.c.due_on, rows.c.issued_on).label("due_on"),
                rows.c.amount,
                rows.c.label,
                rows.c[KEPT_AS].label("file"),
                rows.c[LINE],
                *self._staging[INVOICES].marks,
            )
            .select_from(rows)
            .join(Family, Family.source_id == rows.c.family)
        )
        staged = self._staging[INVOICES]
        merge = Merge(self._connection, Invoice, ["source_id"], given, staged.absent)
        counts = merge.run(staged.rows, TOUCHED)
        if counts.are_all_there_is:
            return counts
        return replace(counts, changed=counts.changed + self._cancel_what_was_made_again())

    def _cancel_what_was_made_again(self) -> int:
        """Cancel each invoice that left the files and whose number came back under another id."""
        cancelled = 0
        for _, bearers in groupby(self._under_one_number(), _NUMBER):
            rows = list(bearers)
            given = next((row for row in rows if row.given), None)
            if given is None:
                continue
            for old in (row for row in rows if not row.given):
                cancel = update(Invoice).where(Invoice.id == old.id)
                cancelled += rows_of(self._connection, cancel.values(kind=InvoiceKind.CANCELLED))
                self._headlines.add(
                    Headline.MADE_AGAIN,
                    f"famille {old.family}\u00a0: facture {old.number}, "
                    f"{euros(old.amount)} devient {euros(given.amount)}",
                )
        return cancelled

    def _under_one_number(self) -> Sequence[Row[*tuple[Any, ...]]]:
        """List the invoices whose number another one bears, in families that the import touched."""
        rows = self._staging[INVOICES].table
        keys = (Invoice.family_id, Invoice.kind, Invoice.number, extract("year", Invoice.issued_on))
        touched = Invoice.family_id.in_(select(TOUCHED.c.family))
        owed = Invoice.kind != InvoiceKind.CANCELLED
        repeated = (
            select(*(key.label(f"key_{place}") for place, key in enumerate(keys)))
            .where(touched, owed)
            .group_by(*keys)
            .having(func.count() > 1)
            .subquery()
        )
        same = and_(*(key == column for key, column in zip(keys, repeated.c, strict=True)))
        given = select(1).where(rows.c.source_id == Invoice.source_id).exists()
        bearers = (
            select(
                Family.number.label("family"),
                *keys[:-1],
                keys[-1].label("year"),
                Invoice.id,
                Invoice.amount,
                given.label("given"),
            )
            .join(Family, Family.id == Invoice.family_id)
            .join(repeated, same)
            .where(owed)
            .order_by(*keys, Invoice.id)
        )
        return self._connection.execute(bearers).all()

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
                *self._staging[LINES].marks,
            )
            .select_from(rows)
            .join(Invoice, Invoice.source_id == rows.c.invoice)
            .outerjoin(Child, Child.source_id == rows.c.child)
        )
        kept = self._staging[LINES].absent - {"child"}
        if "child" not in self._staging[LINES].fields:
            kept.add("child_id")
        key = ["invoice_id", "position"]
        merge = Merge(self._connection, InvoiceLine, key, given, kept)
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
                rows.c[LINE],
                *self._staging[PAYMENTS].marks,
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
        some = select(family).where(family > after, sharing.has_money(family)).distinct()
        return self._connection.scalars(some.order_by(family).limit(FAMILIES_AT_ONCE)).all()
