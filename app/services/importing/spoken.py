"""What the files say of what the town hall accepted: each value beside its cell."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    func,
    literal,
    null,
    or_,
    select,
)  # fmt: skip

from app.models import AcceptedValue, Child, Family, FamilyChild, Guardian
from app.services.families.accepted import OF_FAMILY, OF_GUARDIAN
from app.services.importing.merging import GivenRows
from app.services.importing.places import RANKS
from app.services.importing.staging import Staging
from app.services.importing.tables import ACCOUNTS, CHILDREN, FAMILIES
from app.services.importing.temporary import KEPT_AS

AnyRow = Row[*tuple[Any, ...]]

NAMES = ("last_name", "first_name")
# How many columns come before the cells, one of which is what the files say now.
ALL_BUT_NOW = 11
_WAITS = AcceptedValue.settled_at.is_(None)
_ACCEPTED = (
    AcceptedValue.id,
    AcceptedValue.field,
    AcceptedValue.file_value.label("before"),
    AcceptedValue.value,
    AcceptedValue.accepted_at,
    func.coalesce(AcceptedValue.guardian_id, AcceptedValue.family_id, AcceptedValue.child_id).label(
        "holder"
    ),
)


@dataclass(frozen=True, slots=True)
class Spoken:
    """An accepted value beside what the files say of it."""

    now: str
    id: int
    field: str
    # What they said before; None when nobody remembers.
    before: str | None
    value: str
    accepted_at: datetime
    # The row of whose it is: which table that is in, the field says.
    holder: int
    family: str
    whose: str
    # Which row of the files speaks, and of which of its guardians.
    key: str
    rank: int | None
    # Whether it is an address that the parent proved.
    proven: bool


@dataclass(frozen=True, slots=True)
class Called:
    """Somebody whose name was accepted, and the names in their family's row, by rank."""

    before: dict[str, Any]
    accepted: list[AnyRow]
    named: dict[int, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Contradicted:
    """An address that a parent proved, where the files say another one."""

    guardian_id: int
    address: str
    confirmed_at: datetime
    family: str
    whose: str
    now: str
    # The settled row that speaks of it, if there is one.
    row_id: int | None


class SpokenOf:
    """Reads what was accepted beside the rows of the files."""

    def __init__(self, connection: Connection, staging: Staging) -> None:
        """Read these temporary tables."""
        self._connection = connection
        self._staging = staging
        self._families = staging[FAMILIES].table
        self._accounts = staging[ACCOUNTS].table
        self._children = staging[CHILDREN].table

    def values(self) -> Iterator[Spoken]:
        """Go through the accepted values that the files speak of."""
        for asked in (*map(self._of_guardians, RANKS), self._of_families(), self._of_children()):
            for row in self._rows(asked):
                now = getattr(row, row.field)
                if now is not None:
                    yield Spoken(now, *row[:ALL_BUT_NOW])

    def names(self) -> Iterator[Called]:
        """Go through the people whose names were accepted and whose families are in the files."""
        rows = self._families
        asked = (
            select(
                *_ACCEPTED,
                Family.source_id.label("key"),
                AcceptedValue.guardian_id,
                *(getattr(Guardian, name).label(f"known_{name}") for name in NAMES),
                *(rows.c[f"{name}_{rank}"] for name in NAMES for rank in RANKS),
            )
            .join(Guardian, Guardian.id == AcceptedValue.guardian_id)
            .join(Family, Family.id == Guardian.family_id)
            .join(rows, rows.c.source_id == Family.source_id)
            .where(_WAITS, AcceptedValue.field.in_(NAMES))
        )
        people: defaultdict[int, list[AnyRow]] = defaultdict(list)
        for row in self._rows(asked):
            people[row.guardian_id].append(row)
        for accepted in people.values():
            one = accepted[0]
            known = {name: getattr(one, f"known_{name}") for name in NAMES}
            yield Called(
                before=known | {row.field: row.before for row in accepted},
                accepted=accepted,
                named={
                    rank: {name: getattr(one, f"{name}_{rank}") for name in NAMES}
                    for rank in RANKS
                    if getattr(one, f"last_name_{rank}")
                },
            )

    def contradicted(self) -> Iterator[Contradicted]:
        """Go through the proven addresses that the files contradict, and nobody noted so."""
        for rank in RANKS:
            said = self._address(rank)
            known = (AcceptedValue.guardian_id == Guardian.id) & (AcceptedValue.field == "email")
            asked = (
                select(
                    Guardian.id,
                    Guardian.email,
                    Guardian.email_confirmed_at,
                    Family.number,
                    Guardian.full_name,
                    said,
                    AcceptedValue.id,
                )
                .join(Family, Family.id == Guardian.family_id)
                .outerjoin(AcceptedValue, known)
                .where(
                    Guardian.email_confirmed_at.is_not(None),
                    said != Guardian.email,
                    or_(AcceptedValue.id.is_(None), ~_WAITS),
                )
            )
            for row in self._rows(self._beside(asked, rank)):
                yield Contradicted(*row)

    def _rows(self, asked: GivenRows) -> list[AnyRow]:
        return list(self._connection.execute(asked))

    def _of_guardians(self, rank: int) -> GivenRows:
        cells = {field: self._cell(f"{field}_{rank}") for field in OF_GUARDIAN}
        cells["email"] = self._address(rank)
        asked = (
            select(
                *_ACCEPTED,
                Family.number,
                Guardian.full_name,
                Family.source_id,
                literal(rank),
                Guardian.email_confirmed_at.is_not(None) & (AcceptedValue.field == "email"),
                *(cell.label(field) for field, cell in cells.items()),
            )
            .join(Guardian, Guardian.id == AcceptedValue.guardian_id)
            .join(Family, Family.id == Guardian.family_id)
            .where(_WAITS)
        )
        return self._beside(asked, rank)

    def _beside(self, asked: GivenRows, rank: int) -> GivenRows:
        """Put guardians beside what both files say of them; either may not name them."""
        rows, accounts = self._families, self._accounts
        named = rows.c[f"last_name_{rank}"]
        speaks = (accounts.c.family == Family.source_id) & (accounts.c.rank == rank)
        return (
            asked.outerjoin(rows, rows.c.source_id == Family.source_id)
            .outerjoin(accounts, speaks)
            .where(Guardian.rank == rank, or_(named.is_(None), named != ""))
        )

    def _of_families(self) -> GivenRows:
        rows = self._families
        return (
            select(
                *_ACCEPTED,
                Family.number,
                literal(""),
                Family.source_id,
                null(),
                literal(value=False),
                *(self._cell(field).label(field) for field in OF_FAMILY),
            )
            .join(Family, Family.id == AcceptedValue.family_id)
            .join(rows, rows.c.source_id == Family.source_id)
            .where(_WAITS)
        )

    def _of_children(self) -> GivenRows:
        rows = self._children
        number = (
            select(func.min(Family.number))
            .join(FamilyChild, FamilyChild.family_id == Family.id)
            .where(FamilyChild.child_id == Child.id)
            .scalar_subquery()
        )
        return (
            select(
                *_ACCEPTED,
                func.coalesce(number, ""),
                Child.first_name + " " + Child.last_name,
                Child.source_id,
                null(),
                literal(value=False),
                self._staging[CHILDREN].said("photo", KEPT_AS).label("photo"),
            )
            .join(Child, Child.id == AcceptedValue.child_id)
            .join(rows, rows.c.source_id == Child.source_id)
            .where(_WAITS)
        )

    def _cell(self, field: str) -> ColumnElement[Any]:
        """Return a column of famille.csv; where it has no cell, it says nothing."""
        return self._staging[FAMILIES].said(field)

    def _address(self, rank: int) -> ColumnElement[Any]:
        """Say which address the files give: compte.csv's goes before famille.csv's."""
        return func.coalesce(func.nullif(self._accounts.c.email, ""), self._cell(f"email_{rank}"))
