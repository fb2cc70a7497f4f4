"""Guardians: their names, and the address that mails go to."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    case,
    func,
    literal,
    or_,
    select,
)  # fmt: skip

from app.models import Account, Family, Guardian
from app.services.importing import accesses
from app.services.importing.merging import Counts, GivenRows, Merge
from app.services.importing.places import RANKS
from app.services.importing.staging import Staging
from app.services.importing.tables import ACCOUNTS, FAMILIES
from app.services.importing.temporary import SET_ASIDE

FIELDS = (
    "title", "last_name", "first_name", "sex", "birth_date", "phone", "mobile", "work_phone",
)  # fmt: skip


class GuardianLoader:
    """What an import does to guardians."""

    def __init__(self, connection: Connection, staging: Staging) -> None:
        """Load from these temporary tables."""
        self._connection = connection
        self._staging = staging
        self.lost_addresses = 0

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
        self._load_addresses_of_others()
        total = self._count(select(Guardian.id).where(Guardian.rank.is_not(None)))
        return Counts(created, changed, unchanged, total - created - changed - unchanged)

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
                *self._marks(rank),
            )
            .select_from(rows)
            .join(Family, Family.source_id == rows.c.source_id)
            .outerjoin(
                accounts, (accounts.c.family == rows.c.source_id) & (accounts.c.rank == rank)
            )
            .outerjoin(Guardian, (Guardian.family_id == Family.id) & (Guardian.rank == rank))
            .where(rows.c[f"last_name_{rank}"] != "")
        )

    def _marks(self, rank: int) -> list[ColumnElement[str]]:
        """Name the cells that were set aside as the portal does; see `_address` for that one."""
        return [
            func.replace(func.replace(marks, f" email_{rank} ", " "), f"_{rank} ", " ").label(
                SET_ASIDE
            )
            for marks in self._staging[FAMILIES].marks
        ]

    def _address(self, rank: int) -> ColumnElement[str]:
        """Say which address a guardian gets: the confirmed one, compte.csv's, famille.csv's."""
        rows, accounts = self._staging[FAMILIES].table, self._staging[ACCOUNTS].table
        said = func.nullif(accounts.c.email, "")
        known = func.coalesce(Guardian.email, "")
        if f"email_{rank}" not in self._staging[FAMILIES].fields:
            return case(
                (Guardian.email_confirmed_at.is_not(None), Guardian.email),
                else_=func.coalesce(said, known),
            )
        unread = self._staging[FAMILIES].is_unread(f"email_{rank}")
        nothing_else = self._staging[ACCOUNTS].is_unread("email") & (rows.c[f"email_{rank}"] == "")
        return case(
            (Guardian.email_confirmed_at.is_not(None), Guardian.email),
            (said.is_(None) & or_(unread, nothing_else), known),
            else_=func.coalesce(said, rows.c[f"email_{rank}"]),
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

    def _count(self, rows: GivenRows) -> int:
        return self._connection.scalar(select(func.count()).select_from(rows.subquery())) or 0
