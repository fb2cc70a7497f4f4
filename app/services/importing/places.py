"""Who sits where in a family's file: it names a first and a second place, and people change places.

Whoever takes a place must not inherit the account of whoever had it: after a separation, that
would be the other parent's password. So an account follows its person.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, func, or_, select, update
from sqlalchemy.sql import ColumnElement

from app.models import Account, Family, Guardian
from app.services.importing import accesses
from app.services.importing.identities import Known, Person, new_places
from app.services.importing.merging import GivenRows
from app.services.importing.staging import Staging
from app.services.importing.tables import ACCOUNTS, FAMILIES

RANKS = (1, 2)
CHUNK = 1_000
KEPT_REPLACED = 1_000
_PLACE = (
    update(Guardian).where(Guardian.id == bindparam("guardian")).values(rank=bindparam("place"))
)


@dataclass(frozen=True, slots=True)
class Replaced:
    """Somebody whose place another person takes, for the report."""

    family: str
    left: str
    came: str


class Places:
    """Gives the guardians that the portal knows the places that the files name them in."""

    def __init__(self, connection: Connection, staging: Staging) -> None:
        """Compare with these temporary tables."""
        self._connection = connection
        self._families = staging[FAMILIES].table
        self._accounts = staging[ACCOUNTS].table
        self.replaced: list[Replaced] = []
        self.count = 0
        self.closed: list[int] = []

    def settle(self) -> None:
        """Move who moved, and close the access of whoever was replaced."""
        last = 0
        while families := self._in_question(last):
            self._settle(families)
            last = max(families)

    def _settle(self, families: dict[int, str]) -> None:
        known, named = self._known(families), self._named(families)
        moves: dict[int, int | None] = {}
        for family_id, number in families.items():
            here, wanted = known[family_id], named[family_id]
            moved = new_places(here, wanted)
            self._note(number, here, wanted, moved)
            moves |= moved
        if not moves:
            return
        # In two steps: two people may change places with each other.
        self._place(dict.fromkeys(moves))
        self._place({guardian: rank for guardian, rank in moves.items() if rank})
        out = [guardian for guardian, rank in moves.items() if rank is None]
        accounts = select(Account.id).where(Account.guardian_id.in_(out))
        self.closed += self._connection.scalars(accounts.where(Account.archived_at.is_(None)))
        accesses.close(self._connection, accounts)

    def _place(self, places: Mapping[int, int | None]) -> None:
        rows = [{"guardian": guardian, "place": place} for guardian, place in places.items()]
        if rows:
            self._connection.execute(_PLACE, rows)

    def _note(
        self,
        family: str,
        known: Sequence[Known],
        named: Mapping[int, Person],
        moved: Mapping[int, int | None],
    ) -> None:
        for each in known:
            if each.rank is None or moved.get(each.guardian_id, each.rank) is not None:
                continue
            self.count += 1
            if len(self.replaced) < KEPT_REPLACED:
                came = named[each.rank].full_name
                self.replaced.append(Replaced(family, each.person.full_name, came))

    def _in_question(self, after: int) -> dict[int, str]:
        """Return some families that have guardians, but not those that the files name."""
        rows = self._families
        somebody = select(1).where(Guardian.family_id == Family.id)
        found = self._connection.execute(
            select(Family.id, Family.number)
            .join(rows, rows.c.source_id == Family.source_id)
            .where(
                Family.id > after, somebody.exists(), or_(*(self._is_new(rank) for rank in RANKS))
            )
            .order_by(Family.id)
            .limit(CHUNK)
        )
        return {row.id: row.number for row in found}

    def _is_new(self, rank: int) -> ColumnElement[bool]:
        last_name, first_name = self._cell("last_name", rank), self._cell("first_name", rank)
        there = select(1).where(
            Guardian.family_id == Family.id,
            Guardian.rank == rank,
            Guardian.last_name == last_name,
            Guardian.first_name == first_name,
        )
        return (last_name != "") & ~there.exists()

    def _known(self, families: Mapping[int, str]) -> Mapping[int, list[Known]]:
        people: GivenRows = (
            select(
                Guardian.family_id,
                Guardian.id,
                Guardian.rank,
                Guardian.last_name,
                Guardian.first_name,
                Guardian.birth_date,
                Guardian.email,
            )
            .where(Guardian.family_id.in_(families))
            # Those who have a place are asked first, then who left last.
            .order_by(Guardian.rank.nulls_last(), Guardian.id.desc())
        )
        known: defaultdict[int, list[Known]] = defaultdict(list)
        for family_id, guardian_id, rank, *person in self._connection.execute(people):
            known[family_id].append(Known(guardian_id, rank, Person(*person)))
        return known

    def _named(self, families: Mapping[int, str]) -> Mapping[int, dict[int, Person]]:
        named: defaultdict[int, dict[int, Person]] = defaultdict(dict)
        for rank in RANKS:
            for family_id, *person in self._connection.execute(self._people(rank, families)):
                named[family_id][rank] = Person(*person)
        return named

    def _people(self, rank: int, families: Mapping[int, str]) -> GivenRows:
        rows, accounts = self._families, self._accounts
        # compte.csv goes before famille.csv.
        email = func.coalesce(func.nullif(accounts.c.email, ""), self._cell("email", rank))
        columns = (self._cell(name, rank) for name in ("last_name", "first_name", "birth_date"))
        return (
            select(Family.id, *columns, email)
            .select_from(rows)
            .join(Family, Family.source_id == rows.c.source_id)
            .outerjoin(
                accounts, (accounts.c.family == rows.c.source_id) & (accounts.c.rank == rank)
            )
            .where(Family.id.in_(families), self._cell("last_name", rank) != "")
        )

    def _cell(self, name: str, rank: int) -> ColumnElement[str]:
        return self._families.c[f"{name}_{rank}"]
