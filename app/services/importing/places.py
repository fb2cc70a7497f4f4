"""Who sits where in a family's file: it names a first and a second place, and people change places.

Whoever takes a place must not inherit the account of whoever had it: after a separation, that
would be the other parent's password. So an account follows its person, and ends when they leave.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, bindparam, delete, false, func, or_, select, union_all, update
from sqlalchemy.sql import ColumnElement

from app.models import AcceptedValue, Account, Family, Guardian
from app.services.importing import accesses
from app.services.importing.headlines import Headline, Headlines
from app.services.importing.identities import Known, Person, new_places
from app.services.importing.merging import GivenRows
from app.services.importing.staging import Staging
from app.services.importing.tables import ACCOUNTS, FAMILIES

RANKS = (1, 2)
CHUNK = 1_000
FORGOTTEN = (
    ", avec une autre adresse\u00a0: celle qui était confirmée et le mot de passe sont retirés"
)
_PLACE = (
    update(Guardian).where(Guardian.id == bindparam("guardian")).values(rank=bindparam("place"))
)


class Places:
    """Gives the guardians that the portal knows the places that the files name them in."""

    def __init__(self, connection: Connection, staging: Staging, headlines: Headlines) -> None:
        """Compare with these temporary tables."""
        self._connection = connection
        self._families = staging[FAMILIES].table
        self._accounts = staging[ACCOUNTS].table
        self._headlines = headlines
        # A file without the column says nothing of who is second.
        self._spoken_of = RANKS if "last_name_2" in staging[FAMILIES].fields else RANKS[:1]
        # The accounts that are closed, and those that lose what their new name does not bear out.
        self.closed: list[int] = []
        self.forgotten: list[int] = []

    def settle(self) -> None:
        """Move who moved, and close the access of whoever was replaced or left."""
        last = 0
        while families := self._in_question(last):
            self._settle(families)
            last = max(families)

    def _settle(self, families: dict[int, str]) -> None:
        known, named = self._known(families), self._named(families)
        shared = self._shared_between_families(known, named)
        moves: dict[int, int | None] = {}
        doubted: list[int] = []
        for family_id, number in families.items():
            here, wanted = known[family_id], named[family_id]
            moved = new_places(here, wanted, self._spoken_of, shared)
            doubted += self._tell(number, here, wanted, moved)
            moves |= moved
        # In two steps: two people may change places with each other.
        self._place(dict.fromkeys(moves))
        self._place({guardian: rank for guardian, rank in moves.items() if rank})
        self._close([guardian for guardian, rank in moves.items() if rank is None])
        self._forget(doubted)

    def _place(self, places: Mapping[int, int | None]) -> None:
        rows = [{"guardian": guardian, "place": place} for guardian, place in places.items()]
        if rows:
            self._connection.execute(_PLACE, rows)

    def _close(self, guardians: Sequence[int]) -> None:
        accounts = select(Account.id).where(Account.guardian_id.in_(guardians))
        self.closed += self._connection.scalars(accounts.where(Account.archived_at.is_(None)))
        accesses.close(self._connection, accounts)

    def _forget(self, guardians: Sequence[int]) -> None:
        """Let the file say the address again, and let them choose a password by it."""
        self._connection.execute(
            update(Guardian).where(Guardian.id.in_(guardians)).values(email_confirmed_at=None)
        )
        self._connection.execute(
            delete(AcceptedValue).where(
                AcceptedValue.guardian_id.in_(guardians), AcceptedValue.field == "email"
            )
        )
        accounts = select(Account.id).where(Account.guardian_id.in_(guardians))
        self.forgotten += self._connection.scalars(accounts)
        accesses.forget(self._connection, accounts)

    def _tell(
        self,
        family: str,
        known: Sequence[Known],
        named: Mapping[int, Person],
        moved: Mapping[int, int | None],
    ) -> list[int]:
        """Name who left and who changes names; return whose address the file contradicts."""
        doubted: list[int] = []
        for each in known:
            place = moved.get(each.guardian_id, each.rank)
            said = f"famille {family}\u00a0: {each.person.full_name}"
            person = named.get(place) if place else None
            if person is not None and not each.person.is_named_as(person):
                said = f"{said} devient {person.full_name}"
                if each.confirmed and person.email not in {"", each.person.email}:
                    doubted.append(each.guardian_id)
                    said += FORGOTTEN
                self._headlines.add(Headline.RENAMED, said)
            elif each.rank is None or place is not None:
                continue
            elif each.rank in named:
                came = named[each.rank].full_name
                self._headlines.add(Headline.REPLACED, f"{said} laisse sa place à {came}")
            else:
                self._headlines.add(Headline.LEFT, said)
        return doubted

    def _in_question(self, after: int) -> dict[int, str]:
        """Return some families that have guardians, but not those that the files name."""
        rows = self._families
        somebody = select(1).where(Guardian.family_id == Family.id)
        found = self._connection.execute(
            select(Family.id, Family.number)
            .join(rows, rows.c.source_id == Family.source_id)
            .where(
                Family.id > after,
                somebody.exists(),
                or_(*(self._is_new(rank) for rank in RANKS), self._second_left()),
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

    def _second_left(self) -> ColumnElement[bool]:
        second = select(1).where(Guardian.family_id == Family.id, Guardian.rank == RANKS[1])
        is_empty = self._cell("last_name", RANKS[1]) == ""
        return is_empty & second.exists() if RANKS[1] in self._spoken_of else false()

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
                Guardian.email_confirmed_at.is_not(None),
            )
            .where(Guardian.family_id.in_(families))
            # Those who have a place are asked first, then who left last.
            .order_by(Guardian.rank.nulls_last(), Guardian.id.desc())
        )
        known: defaultdict[int, list[Known]] = defaultdict(list)
        for family_id, guardian_id, rank, *person, confirmed in self._connection.execute(people):
            known[family_id].append(Known(guardian_id, rank, Person(*person), confirmed))
        return known

    def _named(self, families: Mapping[int, str]) -> Mapping[int, dict[int, Person]]:
        named: defaultdict[int, dict[int, Person]] = defaultdict(dict)
        for rank in RANKS:
            for family_id, *person in self._connection.execute(self._people(rank, families)):
                named[family_id][rank] = Person(*person)
        return named

    def _shared_between_families(
        self, known: Mapping[int, Sequence[Known]], named: Mapping[int, Mapping[int, Person]]
    ) -> set[str]:
        """Find the addresses that somebody of another name has in another family."""
        names: defaultdict[str, list[list[str]]] = defaultdict(list)
        for family_id, people in named.items():
            for each in (*people.values(), *(each.person for each in known[family_id])):
                names[each.email].append(each.words)
        names.pop("", None)
        rows = self._families
        owners = union_all(
            select(Guardian.email, Guardian.last_name, Guardian.first_name).where(
                Guardian.email.in_(names), Guardian.family_id.not_in(named)
            ),
            *(
                select(
                    self._cell("email", rank),
                    self._cell("last_name", rank),
                    self._cell("first_name", rank),
                )
                .join(Family, Family.source_id == rows.c.source_id, isouter=True)
                .where(
                    self._cell("email", rank).in_(names),
                    Family.id.not_in(named) | Family.id.is_(None),
                )
                for rank in RANKS
            ),
        )
        return {
            email
            for email, last_name, first_name in self._connection.execute(owners)
            if Person(last_name, first_name).words not in names[email]
        }

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
