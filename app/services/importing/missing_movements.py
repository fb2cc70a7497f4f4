"""Invoices and payments that left the files: withdrawn when somebody says so, else counted."""

from typing import Any

from sqlalchemy import Connection, Select, delete, func, insert, or_, select, update

from app.formats import day, euros
from app.models import Allocation, Family, FamilyRequest, Invoice, InvoiceLine, Payment
from app.services.importing.headlines import Headline, Headlines
from app.services.importing.merging import rows_of
from app.services.importing.staging import Staging
from app.services.importing.tables import FAMILIES, INVOICES, PAYMENTS, SourceFile
from app.services.importing.temporary import TOUCHED


class MissingMovements:
    """Those of the families of famille.csv that a file covering their day does not name.

    A file tells of the days from its first to its last: what is older or newer is not missing.
    """

    def __init__(self, connection: Connection, staging: Staging, headlines: Headlines) -> None:
        """Compare with these temporary tables."""
        self._connection = connection
        self._staging = staging
        self._headlines = headlines
        self._invoices = self._missing(INVOICES, Invoice, "issued_on")
        self._payments = self._missing(PAYMENTS, Payment, "paid_on")

    def count(self) -> tuple[int, int]:
        """Count the invoices and the payments."""
        return self._count(self._invoices), self._count(self._payments)

    def withdraw_invoices(self) -> int:
        """Take the invoices away, each named, with their lines; what paid them pays others."""
        ids = self._invoices
        self._name(Headline.INVOICE_WITHDRAWN, Invoice, ids, Invoice.number, Invoice.issued_on)
        self._touch(Invoice, ids)
        used = or_(Allocation.invoice_id.in_(ids), Allocation.credit_note_id.in_(ids))
        self._connection.execute(delete(Allocation).where(used))
        self._connection.execute(delete(InvoiceLine).where(InvoiceLine.invoice_id.in_(ids)))
        for table in (Payment, FamilyRequest):
            let_go = update(table).where(table.invoice_id.in_(ids)).values(invoice_id=None)
            self._connection.execute(let_go)
        return rows_of(self._connection, delete(Invoice).where(Invoice.id.in_(ids)))

    def withdraw_payments(self) -> int:
        """Take the payments away, each named; what they paid is due again."""
        ids = self._payments
        self._name(Headline.PAYMENT_WITHDRAWN, Payment, ids, Payment.mode, Payment.paid_on)
        self._touch(Payment, ids)
        self._connection.execute(delete(Allocation).where(Allocation.payment_id.in_(ids)))
        return rows_of(self._connection, delete(Payment).where(Payment.id.in_(ids)))

    def _missing(
        self, file: SourceFile, table: type[Invoice | Payment], day_field: str
    ) -> Select[int]:
        rows, families = self._staging[file].table, self._staging[FAMILIES].table
        first, last = (
            select(edge(rows.c[day_field])).scalar_subquery() for edge in (func.min, func.max)
        )
        named = select(1).where(rows.c.source_id == table.source_id)
        return (
            select(table.id)
            .join(Family, Family.id == table.family_id)
            .where(
                getattr(table, day_field).between(first, last),
                Family.source_id.in_(select(families.c.source_id)),
                ~named.exists(),
            )
        )

    def _name(
        self, headline: Headline, table: type[Invoice | Payment], ids: Select[int], *columns: Any
    ) -> None:
        named = (
            select(Family.number, *columns, table.amount)
            .join(Family, Family.id == table.family_id)
            .where(table.id.in_(ids))
            .order_by(Family.number, table.id)
        )
        for family, name, on, amount in self._connection.execute(named):
            what = f"{name}, " if name else ""
            self._headlines.add(
                headline, f"famille {family}\u00a0: {what}du {day(on)}, {euros(amount)}"
            )

    def _touch(self, table: type[Invoice | Payment], ids: Select[int]) -> None:
        families = select(table.family_id).where(table.id.in_(ids)).distinct()
        self._connection.execute(insert(TOUCHED).from_select(["family"], families))

    def _count(self, ids: Select[int]) -> int:
        return self._connection.scalar(select(func.count()).select_from(ids.subquery())) or 0
