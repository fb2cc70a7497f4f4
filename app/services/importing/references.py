"""What the rows of a file refer to: rows of another file, or what the portal knows already."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Subquery, func, select
from sqlalchemy.orm import InstrumentedAttribute

from app.models import Child, Family, Invoice
from app.services.importing.faults import Fault, Faults, shown
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

# Of the lines with the same fault, how many are named; of the values that nobody knows, how many
# are told apart.
SHOWN_LINES = 3
MOST_APART = 10


@dataclass(frozen=True, slots=True)
class Target:
    """What a column may refer to: a row of another file, or one that the portal knows."""

    file: SourceFile
    known: InstrumentedAttribute[str]
    remedy: str
    several: str


A_FAMILY = Target(
    FAMILIES,
    Family.source_id,
    "cette famille n’existe pas ; corrigez, ou ajoutez-la à famille.csv.",
    "familles",
)
A_CHILD = Target(
    CHILDREN,
    Child.source_id,
    "cet enfant n’existe pas ; corrigez, ou ajoutez-le à enfant.csv.",
    "enfants",
)
AN_INVOICE = Target(
    INVOICES,
    Invoice.source_id,
    "cette facture n’existe pas ; corrigez, ou ajoutez-la à facture.csv.",
    "factures",
)
REFERENCES = (
    (LINKS, "family", A_FAMILY),
    (LINKS, "child", A_CHILD),
    (MANDATES, "family", A_FAMILY),
    (ACCOUNTS, "family", A_FAMILY),
    (INVOICES, "family", A_FAMILY),
    (LINES, "invoice", AN_INVOICE),
    (LINES, "child", A_CHILD),
    (PAYMENTS, "family", A_FAMILY),
    (PAYMENTS, "invoice", AN_INVOICE),
    (MESSAGES, "family", A_FAMILY),
    (DOCUMENTS, "family", A_FAMILY),
)


class References:
    """Finds what is referred to and is nowhere."""

    def __init__(self, connection: Connection, staging: Staging, faults: Faults) -> None:
        """Check these temporary tables."""
        self._connection = connection
        self._staging = staging
        self._faults = faults

    def run(self) -> None:
        """Check every column that refers to something."""
        for reference in REFERENCES:
            self._check(*reference)

    def _check(self, file: SourceFile, field: str, target: Target) -> None:
        if not self._staging[target.file].sound:
            return
        rows, targets = self._staging[file].table, self._staging[target.file].table
        value = rows.c[field]
        unknown = (
            select(rows.c.line, value.label("value"))
            .where(
                value.is_not(None),
                ~select(1).where(targets.c.source_id == value).exists(),
                ~select(1).where(target.known == value).exists(),
            )
            .subquery()
        )
        counted = select(func.count(), func.count(unknown.c.value.distinct()))
        lines, values = self._connection.execute(counted.select_from(unknown)).one()
        if values > MOST_APART:
            self._together(file, field, target, unknown, (lines, values))
        elif values:
            self._apart(file, field, target, unknown)

    def _apart(self, file: SourceFile, field: str, target: Target, unknown: Subquery) -> None:
        """Tell of each row that is missing once, however many refer to it."""
        line, value = unknown.c.line, unknown.c.value
        ranked = select(
            line,
            value,
            func.row_number().over(partition_by=value, order_by=line).label("place"),
            func.count().over(partition_by=value).label("lines"),
        ).subquery()
        first = (
            select(ranked.c.line, ranked.c.value, ranked.c.lines)
            .where(ranked.c.place <= SHOWN_LINES)
            .order_by(ranked.c.line)
        )
        groups: dict[str, list[Any]] = {}
        for row in self._connection.execute(first):
            groups.setdefault(row.value, []).append(row)
        for key, rows in groups.items():
            named, *others = (row.line for row in rows)
            more = rows[0].lines - len(rows)
            column = file.column(field).name
            self._faults.add(
                Fault(file.name, target.remedy, named, column, key, "", tuple(others), more)
            )

    def _together(
        self,
        file: SourceFile,
        field: str,
        target: Target,
        unknown: Subquery,
        counts: tuple[int, int],
    ) -> None:
        """Tell once of a file that goes with another one, or with more of it."""
        lines, values = counts
        first = self._connection.scalars(
            select(unknown.c.line).order_by(unknown.c.line).limit(SHOWN_LINES)
        ).all()
        by_line = select(unknown.c.value).group_by(unknown.c.value)
        some = self._connection.scalars(
            by_line.order_by(func.min(unknown.c.line)).limit(MOST_APART)
        )
        said = (
            f"{values}\u00a0{target.several} n’existent pas ({', '.join(map(shown, some))}…) ; "
            f"{target.file.name} est-il complet ? ajoutez-les."
        )
        line, *others = first
        column = file.column(field).name
        more = lines - len(first)
        self._faults.add(Fault(file.name, said, line, column, None, "", tuple(others), more))
