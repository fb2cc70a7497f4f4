"""What no cell can tell alone: doubles, unknown references, sums, identifiants already taken."""

from typing import Any

from sqlalchemy import Connection, Select, and_, func, or_, select

from app.models import Account, Family, Guardian
from app.services.importing import ledger_checks, lost_zeros
from app.services.importing.faults import KEPT_FAULTS, Fault, Faults
from app.services.importing.ledger_checks import Remedy
from app.services.importing.places import RANKS
from app.services.importing.references import References
from app.services.importing.staging import Staged, Staging
from app.services.importing.tables import (
    ACCOUNTS,
    FAMILIES,
    SourceFile,
)  # fmt: skip

SECOND = 2


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
        References(self._connection, self._staging, self._faults).run()
        lost_zeros.check(self._connection, self._staging, self._faults)
        self._second_guardians()
        self._accounts_of_nobody()
        self._identifiers_given_twice()
        self._identifiers_taken()
        for check in ledger_checks.checks(self._staging):
            self._add(*check)

    def first_names_left_out(self) -> None:
        """Refuse names without their first names, while everybody is still in their place.

        Somebody would pass for another, who would have lost theirs by the time of the other checks.
        """
        families = self._staging[FAMILIES]
        for rank in RANKS:
            column = families.file.column(f"first_name_{rank}")
            if f"last_name_{rank}" not in families.fields or column.field in families.fields:
                continue
            known = (
                select(Guardian.id)
                .join(Family, Family.id == Guardian.family_id)
                .join(families.table, families.table.c.source_id == Family.source_id)
                .where(Guardian.rank == rank, Guardian.first_name != "")
            )
            if self._connection.scalar(known.limit(1)):
                remedy = "cette colonne manque, mais le portail connaît des prénoms ; ajoutez-la."
                self._faults.add(Fault(FAMILIES.name, remedy, column=column.name))

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

    def _second_guardians(self) -> None:
        rows = self._staging[FAMILIES].table
        self._add(
            FAMILIES,
            "last_name_2",
            select(rows.c.line, rows.c.last_name_2.label("value")).where(
                rows.c.last_name_2 == "", rows.c.first_name_2 != ""
            ),
            "donnez le nom du second responsable, ou retirez son prénom.",
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
