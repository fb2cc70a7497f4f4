"""Accounts: who gets an identifiant, whose changes, who may come in no more."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, insert, select, update

from app.models import Account, Family, Guardian
from app.services.importing import accesses
from app.services.importing.headlines import Headline, Headlines
from app.services.importing.merging import Counts, GivenRows, Merge, rows_of
from app.services.importing.staging import Staging
from app.services.importing.tables import ACCOUNTS, FAMILIES

# Eight digits, the first of them no zero.
FIRST_IDENTIFIER = 10_000_000
CHUNK = 1_000
KEPT_IDENTIFIERS = 1_000


@dataclass(frozen=True, slots=True)
class NewIdentifier:
    """An identifiant that the import made up, for the report."""

    family: str
    name: str
    identifier: str


class AccountLoader:
    """What an import does to accounts; passwords are never among it."""

    def __init__(self, connection: Connection, staging: Staging, headlines: Headlines) -> None:
        """Load from these temporary tables."""
        self._connection = connection
        self._staging = staging
        self._headlines = headlines
        self.made_up = 0
        self.new_identifiers: list[NewIdentifier] = []

    def load_identifiers(self) -> Counts:
        """Give the guardians of compte.csv their identifiants."""
        rows = self._staging[ACCOUNTS].table
        given = (
            select(Guardian.id.label("guardian_id"), rows.c.identifier)
            .select_from(rows)
            .join(Family, Family.source_id == rows.c.family)
            .join(Guardian, (Guardian.family_id == Family.id) & (Guardian.rank == rows.c.rank))
        )
        self._tell_of_changes(given)
        rows_given = self._staging[ACCOUNTS].rows
        return Merge(self._connection, Account, ["guardian_id"], given).run(rows_given)

    def _tell_of_changes(self, given: GivenRows) -> None:
        """Name those whose identifiant is another from now on: what they were told is void."""
        new = given.subquery()
        changed = (
            select(Family.number, Guardian.full_name, Account.identifier, new.c.identifier)
            .join_from(Account, new, new.c.guardian_id == Account.guardian_id)
            .join(Guardian, Guardian.id == Account.guardian_id)
            .join(Family, Family.id == Guardian.family_id)
            .where(Account.identifier != new.c.identifier)
            .order_by(Family.number, Guardian.rank)
        )
        for family, name, old_one, new_one in self._connection.execute(changed):
            self._headlines.add(
                Headline.IDENTIFIER, f"famille {family}\u00a0: {name}, {old_one} devient {new_one}"
            )

    def reopen(self) -> int:
        """Let the guardians of the files in again, when an earlier import had archived them.

        Not those whom the town hall itself closed.
        """
        return rows_of(
            self._connection,
            update(Account)
            .values(archived_at=None)
            .where(
                Account.archived_at.is_not(None),
                Account.closed_at.is_(None),
                Account.guardian_id.in_(self._listed()),
            ),
        )

    def archive_missing(self) -> tuple[int, int]:
        """Archive the families and the accounts that the files do not name any more."""
        self._tell_of_archived()
        families = rows_of(
            self._connection,
            update(Family).values(archived_at=datetime.now(UTC)).where(self._is_missing()),
        )
        unlisted = select(Account.id).where(Account.guardian_id.not_in(self._listed()))
        return families, accesses.close(self._connection, unlisted)

    def _tell_of_archived(self) -> None:
        leaving = (
            select(Family.number, Guardian.full_name)
            .outerjoin(Guardian, (Guardian.family_id == Family.id) & Guardian.rank.is_not(None))
            .where(self._is_missing())
            .order_by(Family.number, Family.id, Guardian.rank)
        )
        for number, name in self._connection.execute(leaving):
            said = f"famille {number}"
            told = f"{said}\u00a0: {name}" if name else said
            self._headlines.add(Headline.ARCHIVED, told)

    def opened(self) -> int:
        """Count the accounts that are open."""
        return self._count(select(Account.id).where(Account.archived_at.is_(None)))

    def missing_families(self) -> int:
        """Count the families that may still sign in though the files do not name them."""
        return self._count(select(Family.id).where(self._is_missing()))

    def _is_missing(self) -> ColumnElement[bool]:
        rows = self._staging[FAMILIES].table
        there = select(1).where(rows.c.source_id == Family.source_id)
        return Family.archived_at.is_(None) & ~there.exists()

    def missing_accounts(self) -> int:
        """Count the accounts that may still sign in though the files do not name them."""
        return self._count(
            select(Account.id).where(
                Account.archived_at.is_(None), Account.guardian_id.not_in(self._listed())
            )
        )

    def make_up_identifiers(self) -> None:
        """Give an identifiant to each guardian of the files who has none."""
        # With or without an address: a letter gives it as well as a mail.
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
                        NewIdentifier(row.number, row.full_name, identifier)
                    )
            last = chunk[-1].id

    def _without_account(self, after: int) -> Sequence[Any]:
        rows = self._staging[FAMILIES].table
        return self._connection.execute(
            select(Guardian.id, Family.number, Guardian.full_name.label("full_name"))
            .join(Family, Family.id == Guardian.family_id)
            .join(rows, rows.c.source_id == Family.source_id)
            .where(
                Guardian.id > after,
                Guardian.rank.is_not(None),
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
        """Select the guardians of the families that famille.csv names; who left has no rank."""
        rows = self._staging[FAMILIES].table
        return (
            select(Guardian.id)
            .join(Family, Family.id == Guardian.family_id)
            .join(rows, rows.c.source_id == Family.source_id)
            .where(Guardian.rank.is_not(None))
        )
