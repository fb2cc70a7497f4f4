"""Guardians and their accounts: who may come in, and with which address."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    case,
    func,
    insert,
    literal,
    select,
    update,
)  # fmt: skip

from app.models import Account, Family, Guardian
from app.services.importing import accesses
from app.services.importing.merging import Counts, GivenRows, Merge, rows_of
from app.services.importing.places import RANKS
from app.services.importing.staging import Staging
from app.services.importing.tables import ACCOUNTS, FAMILIES

FIELDS = (
    "title", "last_name", "first_name", "sex", "birth_date", "phone", "mobile", "work_phone",
)  # fmt: skip
# Eight digits, the first of them no zero.
FIRST_IDENTIFIER = 10_000_000
CHUNK = 1_000
KEPT_IDENTIFIERS = 1_000


@dataclass(frozen=True, slots=True)
class NewIdentifier:
    """An identifiant that the import made up, for the report."""

    family: str
    last_name: str
    first_name: str
    identifier: str


class GuardianLoader:
    """What an import does to guardians and accounts; passwords are never among it."""

    def __init__(self, connection: Connection, staging: Staging) -> None:
        """Load from these temporary tables."""
        self._connection = connection
        self._staging = staging
        self.lost_addresses = 0
        self.made_up = 0
        self.new_identifiers: list[NewIdentifier] = []

    def load_guardians(self) -> Counts:
        """Create and change guardians. An address that a parent confirmed stays as it is."""
        created = changed = unchanged = 0
        for rank in RANKS:
            given = self._guardians(rank)
            self._void_secrets_of_moved(given.subquery())
            absent = self._staging[FAMILIES].absent
            kept = {field for field in FIELDS if f"{field}_{rank}" in absent}
            rows = self._staging[FAMILIES].table
            named = self._count(select(rows.c.line).where(rows.c[f"last_name_{rank}"] != ""))
            merge = Merge(self._connection, Guardian, ["family_id", "rank"], given, kept)
            counts = merge.run(named)
            created += counts.created
            changed += counts.changed
            unchanged += counts.unchanged
        total = self._count(select(Guardian.id).where(Guardian.rank.is_not(None)))
        return Counts(created, changed, unchanged, total - created - changed - unchanged)

    def load_accounts(self) -> Counts:
        """Give the guardians of compte.csv their identifiants."""
        rows = self._staging[ACCOUNTS].table
        given = (
            select(Guardian.id.label("guardian_id"), rows.c.identifier)
            .select_from(rows)
            .join(Family, Family.source_id == rows.c.family)
            .join(Guardian, (Guardian.family_id == Family.id) & (Guardian.rank == rows.c.rank))
        )
        self._load_addresses_of_others()
        rows_given = self._staging[ACCOUNTS].rows
        return Merge(self._connection, Account, ["guardian_id"], given).run(rows_given)

    def _load_addresses_of_others(self) -> None:
        """Follow compte.csv also for families that famille.csv does not name any more."""
        rows, families = self._staging[ACCOUNTS].table, self._staging[FAMILIES].table
        given = (
            select(Guardian.family_id, Guardian.rank, rows.c.email)
            .join(Family, Family.id == Guardian.family_id)
            .join(rows, (rows.c.family == Family.source_id) & (rows.c.rank == Guardian.rank))
            .where(
                rows.c.email != "",
                Guardian.email_confirmed_at.is_(None),
                ~select(1).where(families.c.source_id == rows.c.family).exists(),
            )
        )
        self._void_secrets_of_moved(given.subquery())
        Merge(self._connection, Guardian, ["family_id", "rank"], given).run(rows=0)

    def _guardians(self, rank: int) -> GivenRows:
        rows, accounts = self._staging[FAMILIES].table, self._staging[ACCOUNTS].table
        return (
            select(
                Family.id.label("family_id"),
                literal(rank).label("rank"),
                *(rows.c[f"{field}_{rank}"].label(field) for field in FIELDS),
                self._address(rank).label("email"),
            )
            .select_from(rows)
            .join(Family, Family.source_id == rows.c.source_id)
            .outerjoin(
                accounts, (accounts.c.family == rows.c.source_id) & (accounts.c.rank == rank)
            )
            .outerjoin(Guardian, (Guardian.family_id == Family.id) & (Guardian.rank == rank))
            .where(rows.c[f"last_name_{rank}"] != "")
        )

    def _address(self, rank: int) -> ColumnElement[str]:
        """Say which address a guardian gets: the confirmed one, compte.csv's, famille.csv's."""
        rows, accounts = self._staging[FAMILIES].table, self._staging[ACCOUNTS].table
        spoken_of = f"email_{rank}" in self._staging[FAMILIES].fields
        otherwise = rows.c[f"email_{rank}"] if spoken_of else func.coalesce(Guardian.email, "")
        return case(
            (Guardian.email_confirmed_at.is_not(None), Guardian.email),
            else_=func.coalesce(func.nullif(accounts.c.email, ""), otherwise),
        )

    def _void_secrets_of_moved(self, given: Any) -> None:
        """Void what was mailed to an address that is a guardian's no more."""
        moved = (
            select(Account.id)
            .join(Guardian, Guardian.id == Account.guardian_id)
            .join(
                given, (given.c.family_id == Guardian.family_id) & (given.c.rank == Guardian.rank)
            )
            .where(Guardian.email != given.c.email)
        )
        accesses.void_secrets(self._connection, moved)
        self.lost_addresses += self._count(moved.where(given.c.email == ""))

    def reopen(self) -> int:
        """Let the guardians of the files in again, when an earlier import had archived them."""
        return rows_of(
            self._connection,
            update(Account)
            .values(archived_at=None)
            .where(Account.archived_at.is_not(None), Account.guardian_id.in_(self._listed())),
        )

    def archive_missing(self) -> tuple[int, int]:
        """Archive the families and the accounts that the files do not name any more."""
        rows = self._staging[FAMILIES].table
        families = rows_of(
            self._connection,
            update(Family)
            .values(archived_at=datetime.now(UTC))
            .where(
                Family.archived_at.is_(None),
                ~select(1).where(rows.c.source_id == Family.source_id).exists(),
            ),
        )
        unlisted = select(Account.id).where(Account.guardian_id.not_in(self._listed()))
        return families, accesses.close(self._connection, unlisted)

    def missing_families(self) -> int:
        """Count the families that may still sign in though the files do not name them."""
        rows = self._staging[FAMILIES].table
        return self._count(
            select(Family.id).where(
                Family.archived_at.is_(None),
                ~select(1).where(rows.c.source_id == Family.source_id).exists(),
            )
        )

    def missing_accounts(self) -> int:
        """Count the accounts that may still sign in though the files do not name them."""
        return self._count(
            select(Account.id).where(
                Account.archived_at.is_(None), Account.guardian_id.not_in(self._listed())
            )
        )

    def make_up_identifiers(self) -> None:
        """Give an identifiant to each guardian of the files who has an address and no account."""
        last = 0
        while chunk := self._without_account(last):
            fresh = self._fresh_identifiers(len(chunk))
            self._connection.execute(
                insert(Account),
                [
                    {"guardian_id": row.id, "identifier": identifier}
                    for row, identifier in zip(chunk, fresh, strict=True)
                ],
            )
            self.made_up += len(chunk)
            for row, identifier in zip(chunk, fresh, strict=True):
                if len(self.new_identifiers) < KEPT_IDENTIFIERS:
                    self.new_identifiers.append(
                        NewIdentifier(row.number, row.last_name, row.first_name, identifier)
                    )
            last = chunk[-1].id

    def _without_account(self, after: int) -> Sequence[Any]:
        rows = self._staging[FAMILIES].table
        return self._connection.execute(
            select(Guardian.id, Family.number, Guardian.last_name, Guardian.first_name)
            .join(Family, Family.id == Guardian.family_id)
            .join(rows, rows.c.source_id == Family.source_id)
            .where(
                Guardian.id > after,
                Guardian.email != "",
                self._is_named(rows),
                ~select(1).where(Account.guardian_id == Guardian.id).exists(),
            )
            .order_by(Guardian.id)
            .limit(CHUNK)
        ).all()

    def _fresh_identifiers(self, count: int) -> list[str]:
        fresh: dict[str, None] = {}
        while len(fresh) < count:
            drawn = {
                str(FIRST_IDENTIFIER + secrets.randbelow(9 * FIRST_IDENTIFIER))
                for _ in range(count - len(fresh))
            }
            taken = self._connection.scalars(
                select(Account.identifier).where(Account.identifier.in_(drawn))
            )
            fresh |= dict.fromkeys(drawn.difference(taken))
        return list(fresh)

    def _count(self, rows: GivenRows) -> int:
        return self._connection.scalar(select(func.count()).select_from(rows.subquery())) or 0

    def _listed(self) -> Select[Any]:
        """Select the guardians that famille.csv names."""
        rows = self._staging[FAMILIES].table
        return (
            select(Guardian.id)
            .join(Family, Family.id == Guardian.family_id)
            .join(rows, rows.c.source_id == Family.source_id)
            .where(self._is_named(rows))
        )

    @staticmethod
    def _is_named(rows: Table) -> ColumnElement[bool]:
        return (Guardian.rank == 1) | ((Guardian.rank == 2) & (rows.c.last_name_2 != ""))  # noqa: PLR2004
