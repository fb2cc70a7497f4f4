"""Invoices and payments that left the files: withdrawn when somebody says so, else counted."""

from dataclasses import replace
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, delete, func, insert, or_, select, update

from app.formats import day, euros
from app.models import Allocation, Family, FamilyRequest, Invoice, InvoiceLine, Payment
from app.services.importing.deciding import Offer, Offers, Subject
from app.services.importing.headlines import Headline, Headlines
from app.services.importing.merging import Counts, GivenRows, rows_of
from app.services.importing.staging import Staging
from app.services.importing.tables import FAMILIES, INVOICES, PAYMENTS, SourceFile
from app.services.importing.temporary import TOUCHED


class _Kind(NamedTuple):
    """What there is to know of invoices, or of payments."""

    file: SourceFile
    model: type[Invoice | Payment]
    # Its columns of a day, and of what it is called.
    day: str
    name: str
    subject: Subject
    headline: Headline


INVOICE = _Kind(
    INVOICES, Invoice, "issued_on", "number",
    Subject.INVOICE, Headline.INVOICE_WITHDRAWN,
)  # fmt: skip
PAYMENT = _Kind(
    PAYMENTS, Payment, "paid_on", "mode",
    Subject.PAYMENT, Headline.PAYMENT_WITHDRAWN,
)  # fmt: skip


class MissingMovements:
    """Those of the families of famille.csv that a file covering their day does not name.

    A file tells of the days from its first to its last: what is older or newer is not missing.
    """

    def __init__(
        self, connection: Connection, staging: Staging, headlines: Headlines, offers: Offers
    ) -> None:
        """Compare with these temporary tables."""
        self._connection = connection
        self._staging = staging
        self._headlines = headlines
        self._offers = offers

    def settle(self, counts: dict[str, Counts]) -> tuple[int, int]:
        """Withdraw those of which that was decided; return how many of each stay."""
        left = []
        for kind, name in ((INVOICE, "factures et avoirs"), (PAYMENT, "règlements")):
            known = counts.get(name)
            if known is None or known.are_all_there_is:
                left.append(0)
                continue
            found, withdrawn = self._settle(kind)
            left.append(found - withdrawn)
            if withdrawn:
                counts[name] = replace(known, missing=known.missing - withdrawn, archived=withdrawn)
        invoices, payments = left
        return invoices, payments

    def _settle(self, kind: _Kind) -> tuple[int, int]:
        missing = self._missing(kind)
        withdraws = [
            self._put(kind, *row) for row in self._connection.execute(_named(missing, kind))
        ]
        if not any(withdraws):
            return len(withdraws), 0
        decided = self._offers.decisions[kind.subject].among(kind.model.source_id)
        ids = missing.where(decided)
        families = select(kind.model.family_id).where(kind.model.id.in_(ids)).distinct()
        self._connection.execute(insert(TOUCHED).from_select(["family"], families))
        if kind is INVOICE:
            self._let_go_of_invoices(ids)
        else:
            self._connection.execute(delete(Allocation).where(Allocation.payment_id.in_(ids)))
        gone = delete(kind.model).where(kind.model.id.in_(ids))
        return len(withdraws), rows_of(self._connection, gone)

    def _put(self, kind: _Kind, key: str, family: str, name: str, on: Any, amount: Any) -> bool:
        """Name one, to be decided; return whether it is withdrawn."""
        what = (f"{name}, " if name else "") + f"du {day(on)}, {euros(amount)}"
        withdraws = self._offers.put(kind.subject, Offer(key, family, what))
        if withdraws:
            self._headlines.add(kind.headline, f"famille {family}\u00a0: {what}")
        return withdraws

    def _let_go_of_invoices(self, ids: Select[int]) -> None:
        """Take away what hangs on them; what paid them pays others."""
        used = or_(Allocation.invoice_id.in_(ids), Allocation.credit_note_id.in_(ids))
        self._connection.execute(delete(Allocation).where(used))
        self._connection.execute(delete(InvoiceLine).where(InvoiceLine.invoice_id.in_(ids)))
        for table in (Payment, FamilyRequest):
            let_go = update(table).where(table.invoice_id.in_(ids)).values(invoice_id=None)
            self._connection.execute(let_go)

    def _missing(self, kind: _Kind) -> Select[int]:
        rows, families = self._staging[kind.file].table, self._staging[FAMILIES].table
        first, last = (
            select(edge(rows.c[kind.day])).scalar_subquery() for edge in (func.min, func.max)
        )
        named = select(1).where(rows.c.source_id == kind.model.source_id)
        return (
            select(kind.model.id)
            .join(Family, Family.id == kind.model.family_id)
            .where(
                getattr(kind.model, kind.day).between(first, last),
                Family.source_id.in_(select(families.c.source_id)),
                ~named.exists(),
            )
        )


def _named(missing: Select[int], kind: _Kind) -> GivenRows:
    named: GivenRows = missing.with_only_columns(
        kind.model.source_id,
        Family.number,
        getattr(kind.model, kind.name),
        getattr(kind.model, kind.day),
        kind.model.amount,
    )
    return named.order_by(Family.number, kind.model.id)
