"""Families that were erased do not come back: their rows are left out; and who left the files."""

from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Connection, Select, delete, func, or_, select, update

from app.models import Child, Family, FamilyChild, Invoice
from app.services.importing.closures import are_few
from app.services.importing.headlines import Headline, Headlines
from app.services.importing.merging import rows_of
from app.services.importing.staging import Staging
from app.services.importing.tables import (
    ACCOUNTS,
    CHILDREN,
    DOCUMENTS,
    FAMILIES,
    INVOICES,
    LINES,
    LINKS,
    MANDATES,
    MESSAGES,
    PAYMENTS,
    SourceFile,
)  # fmt: skip
from app.services.importing.temporary import ATTACHED

_ERASED = select(Family.source_id).where(Family.erased_at.is_not(None))
_OF_FAMILIES = (LINKS, MANDATES, ACCOUNTS, INVOICES, PAYMENTS, MESSAGES, DOCUMENTS)


def leave_out(connection: Connection, staging: Staging, headlines: Headlines) -> None:
    """Take out of the temporary tables what is about families that were erased, and name them."""
    if connection.scalar(_ERASED.limit(1)) is None:
        return
    families = staging[FAMILIES].table
    named = select(Family.number).join(families, families.c.source_id == Family.source_id)
    for number in connection.scalars(
        named.where(Family.erased_at.is_not(None)).order_by(Family.number)
    ):
        headlines.add(Headline.ERASED, f"famille {number}")
    _Leaving(connection, staging).run()


class _Leaving:
    """What leaves, the rows that hang on others first."""

    def __init__(self, connection: Connection, staging: Staging) -> None:
        self._connection = connection
        self._staging = staging

    def run(self) -> None:
        invoices, messages = self._staging[INVOICES].table, self._staging[MESSAGES].table
        lines = self._staging[LINES].table
        given = select(invoices.c.source_id).where(invoices.c.family.in_(_ERASED))
        known = select(Invoice.source_id).join(Family, Family.id == Invoice.family_id)
        known = known.where(Family.erased_at.is_not(None))
        self._take(LINES, or_(lines.c.invoice.in_(given), lines.c.invoice.in_(known)))
        self._connection.execute(
            delete(ATTACHED).where(
                ATTACHED.c.source_id.in_(
                    select(messages.c.source_id).where(messages.c.family.in_(_ERASED))
                )
            )
        )
        self._take(CHILDREN, self._staging[CHILDREN].table.c.source_id.in_(self._children()))
        for file in _OF_FAMILIES:
            self._take(file, self._staging[file].table.c.family.in_(_ERASED))
        self._take(FAMILIES, self._staging[FAMILIES].table.c.source_id.in_(_ERASED))

    def _children(self) -> Select[str]:
        """Select the children that erased families alone have, in the files or before."""
        links, rows = self._staging[LINKS].table, self._staging[CHILDREN].table
        linked = select(links.c.child).where(links.c.family.in_(_ERASED))
        erased = select(Child.source_id).where(Child.erased_at.is_not(None))
        living = select(links.c.child).where(links.c.family.not_in(_ERASED))
        had = select(Child.source_id).join(FamilyChild, FamilyChild.child_id == Child.id)
        return select(rows.c.source_id).where(
            or_(rows.c.source_id.in_(linked), rows.c.source_id.in_(erased)),
            rows.c.source_id.not_in(living),
            rows.c.source_id.not_in(had),
        )

    def _take(self, file: SourceFile, which: ColumnElement[bool]) -> None:
        staged = self._staging[file]
        staged.rows -= rows_of(self._connection, delete(staged.table).where(which))


def note_who_left(connection: Connection, staging: Staging, *, is_meant: bool) -> None:
    """Remember since when the imports do not name a family: it may be erased then.

    Where many are missing and nobody said that this is meant, the files may be those of a few.
    """
    rows = staging[FAMILIES].table
    named = select(1).where(rows.c.source_id == Family.source_id).exists()
    stayed = Family.missing_since.is_(None)
    count, of = connection.execute(
        select(func.count().filter(~named), func.count()).select_from(Family).where(stayed)
    ).one()
    if is_meant or are_few(count, of):
        left = update(Family).where(stayed, ~named)
        connection.execute(left.values(missing_since=datetime.now(UTC)))
    connection.execute(
        update(Family).where(Family.missing_since.is_not(None), named).values(missing_since=None)
    )
