"""What no cell can tell alone: doubles, unknown references, sums, identifiants already taken."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from app.models import Account, Child, Family, Guardian, Invoice
from app.services.importing import ledger_checks
from app.services.importing.faults import KEPT_FAULTS, Fault, Faults
from app.services.importing.ledger_checks import Remedy
from app.services.importing.staging import Staged, Staging
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

SECOND = 2


@dataclass(frozen=True, slots=True)
class Target:
    """What a column may refer to: a row of another file, or one that the portal knows."""

    file: SourceFile
    known: InstrumentedAttribute[str]
    remedy: str


A_FAMILY = Target(
    FAMILIES,
    Family.source_id,
    "cette famille n’existe pas ; corrigez, ou ajoutez-la à famille.csv.",
)
A_CHILD = Target(
    CHILDREN, Child.source_id, "cet enfant n’existe pas ; corrigez, ou ajoutez-le à enfant.csv."
)
AN_INVOICE = Target(
    INVOICES,
    Invoice.source_id,
    "cette facture n’existe pas ; corrigez, ou ajoutez-la à facture.csv.",
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


class Checks:
    """The checks across rows and files; each adds its faults."""

    def __init__(self, connection: Connection, staging: Staging, faults: Faults) -> None:
        """Check these temporary tables."""
        self._connection = connection
        self._staging = staging
        self._faults = faults

    def run(self) -> None:
        """Run every check; on a file that was not given it finds nothing."""
        self._some_family()
        for staged in self._staging:
            if staged.doubled:
                self._doubles(staged)
        for reference in REFERENCES:
            self._references(*reference)
        self._second_guardians()
        self._accounts_of_nobody()
        self._identifiers_given_twice()
        self._identifiers_taken()
        for check in ledger_checks.checks(self._staging):
            self._add(*check)

    def _some_family(self) -> None:
        if self._staging[FAMILIES].given and not self._staging[FAMILIES].rows and not self._faults:
            self._faults.add(Fault(FAMILIES.name, "ce fichier ne contient aucune famille."))

    def _doubles(self, staged: Staged) -> None:
        rows = staged.table
        keys = [rows.c[name] for name in staged.file.key]
        doubled = (
            select(*keys, func.min(rows.c.line).label("first"))
            .where(and_(*(key.is_not(None) for key in keys)))
            .group_by(*keys)
            .having(func.count() > 1)
            .subquery()
        )
        statement = (
            select(rows.c.line, keys[-1].label("value"), doubled.c.first)
            .join(doubled, and_(*(doubled.c[key.name] == key for key in keys)))
            .where(rows.c.line > doubled.c.first)
        )
        self._add(
            staged.file,
            staged.file.key[-1],
            statement,
            lambda row: f"déjà donné à la ligne {row.first} ; gardez une seule des deux lignes.",
        )

    def _references(self, file: SourceFile, field: str, target: Target) -> None:
        if not self._staging[target.file].sound:
            return
        rows, targets = self._staging[file].table, self._staging[target.file].table
        value = rows.c[field]
        statement = select(rows.c.line, value.label("value")).where(
            value.is_not(None),
            ~select(1).where(targets.c.source_id == value).exists(),
            ~select(1).where(target.known == value).exists(),
        )
        self._add(file, field, statement, target.remedy)

    def _second_guardians(self) -> None:
        rows = self._staging[FAMILIES].table
        for empty, other in (("first_name_2", "last_name_2"), ("last_name_2", "first_name_2")):
            statement = select(rows.c.line, rows.c[empty].label("value")).where(
                rows.c[empty] == "", rows.c[other] != ""
            )
            self._add(
                FAMILIES,
                empty,
                statement,
                "donnez le nom et le prénom du second responsable, ou aucun des deux.",
            )

    def _accounts_of_nobody(self) -> None:
        rows, families = self._staging[ACCOUNTS].table, self._staging[FAMILIES].table
        listed = select(1).where(
            families.c.source_id == rows.c.family, families.c.last_name_2 != ""
        )
        known = (
            select(1)
            .join_from(Guardian, Family)
            .where(Family.source_id == rows.c.family, Guardian.rank == rows.c.rank)
        )
        self._add(
            ACCOUNTS,
            "rank",
            select(rows.c.line, rows.c.rank.label("value")).where(
                rows.c.rank == SECOND, ~listed.exists(), ~known.exists()
            ),
            "cette famille n’a pas de second responsable dans famille.csv.",
        )

    def _identifiers_given_twice(self) -> None:
        rows = self._staging[ACCOUNTS].table
        others = rows.alias("others")
        self._add(
            ACCOUNTS,
            "identifier",
            select(
                rows.c.line,
                rows.c.identifier.label("value"),
                func.min(others.c.line).label("first"),
            )
            .join(others, others.c.identifier == rows.c.identifier)
            .where(others.c.line < rows.c.line)
            .group_by(rows.c.line, rows.c.identifier),
            lambda row: f"déjà donné à la ligne {row.first} ; chaque responsable a le sien.",
        )

    def _identifiers_taken(self) -> None:
        rows = self._staging[ACCOUNTS].table
        self._add(
            ACCOUNTS,
            "identifier",
            select(
                rows.c.line,
                rows.c.identifier.label("value"),
                Family.source_id.label("owner"),
                Guardian.rank.is_(None).label("has_left"),
            )
            .join(Account, Account.identifier == rows.c.identifier)
            .join(Guardian, Guardian.id == Account.guardian_id)
            .join(Family, Family.id == Guardian.family_id)
            .where(
                or_(
                    Family.source_id != rows.c.family,
                    Guardian.rank.is_distinct_from(rows.c.rank),
                )
            ),
            _taken,
        )

    def _add(self, file: SourceFile, field: str, statement: Select[Any], remedy: Remedy) -> None:
        """Add a fault for each row of a statement that selects a line and a value."""
        faulty = statement.subquery()
        found = self._connection.execute(
            select(faulty, func.count().over().label("faulty_rows"))
            .order_by(faulty.c.line)
            .limit(KEPT_FAULTS)
        ).all()
        column = file.column(field).name
        for row in found:
            if self._faults.tell_of(file.name, row.line, column):
                continue
            said = remedy if isinstance(remedy, str) else remedy(row)
            self._faults.add(Fault(file.name, said, row.line, column, str(row.value)))
        if found:
            self._faults.add_uncounted(found[0].faulty_rows - len(found))


def _taken(row: Any) -> str:
    owner = "d’un ancien responsable" if row.has_left else "d’un responsable"
    return f"c’est celui {owner} de la famille {row.owner}\u00a0; donnez-en un autre."
