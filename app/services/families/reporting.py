"""« À reporter »: what the town hall accepted, and its software does not say yet."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, func, select

from app import db
from app.formats import phone
from app.models import AcceptedValue, Child, Family, FamilyChild, Guardian
from app.services.families.accepted import IN_FRENCH, PHONES

# Whoever left the files has nothing to be changed there.
_COLUMNS = (
    AcceptedValue.id,
    Family.number,
    AcceptedValue.field,
    AcceptedValue.file_value,
    AcceptedValue.value,
    AcceptedValue.accepted_at,
    AcceptedValue.acted_by,
    AcceptedValue.request_id,
    AcceptedValue.settled_at,
)
_IS_HERE = Family.archived_at.is_(None)
_OF_GUARDIANS = (
    select(*_COLUMNS, Guardian.full_name.label("whose"))
    .join(Guardian, Guardian.id == AcceptedValue.guardian_id)
    .join(Family, Family.id == Guardian.family_id)
    .where(_IS_HERE, Guardian.rank.is_not(None))
)
_OF_FAMILIES = (
    select(*_COLUMNS, func.coalesce(Guardian.last_name, "").label("whose"))
    .join(Family, Family.id == AcceptedValue.family_id)
    .outerjoin(Guardian, (Guardian.family_id == Family.id) & (Guardian.rank == 1))
    .where(_IS_HERE)
)
_OF_CHILDREN = (
    select(*_COLUMNS, (Child.first_name + " " + Child.last_name).label("whose"))
    .join(Child, Child.id == AcceptedValue.child_id)
    .join(FamilyChild, FamilyChild.child_id == Child.id)
    .join(Family, Family.id == FamilyChild.family_id)
    .where(_IS_HERE)
)
_ALL = (_OF_GUARDIANS, _OF_FAMILIES, _OF_CHILDREN)
_TO_REPORT = AcceptedValue.settled_at.is_(None)
_OVERRULED = AcceptedValue.settled_at.is_not(None) & (
    AcceptedValue.file_value != AcceptedValue.value
)


class Accepted(NamedTuple):
    """A value that the town hall accepted, or that a parent proved."""

    # Of each family, when the child has two.
    families: tuple[str, ...]
    whose: str
    field: str
    # None when nobody remembers.
    file_value: str | None
    value: str
    accepted_at: datetime
    acted_by: str
    request: int | None
    settled_at: datetime | None

    @property
    def label(self) -> str:
        """Say what it is of them."""
        return IN_FRENCH[self.field]

    @property
    def said(self) -> str:
        """Write what the files said last."""
        return "(inconnu)" if self.file_value is None else self._written(self.file_value)

    @property
    def wanted(self) -> str:
        """Write what was accepted."""
        return self._written(self.value)

    @property
    def why(self) -> str:
        """Say by which request, or by whom."""
        if self.request is not None:
            return f"demande n°\u00a0{self.request}"
        return f"mairie ({self.acted_by})" if self.acted_by else "confirmée par le parent"

    def _written(self, value: str) -> str:
        """Write a value; a photo goes without its name, which says nothing."""
        if not value:
            return "(rien)"
        if self.field == "photo":
            return "une photo"
        return phone(value) if self.field in PHONES else value


def to_report() -> list[Accepted]:
    """List what is to be changed in the town's software, the oldest first."""
    found = (row for each in _ALL for row in db.rows(each.where(_TO_REPORT)))
    return _together(sorted(found, key=lambda row: (row.accepted_at, row.id, row.number)))


def overruled() -> list[Accepted]:
    """List what the files replaced by something new of late, the latest first."""
    found = (row for each in _ALL for row in db.rows(each.where(_OVERRULED)))
    return _together(
        sorted(found, key=lambda row: (row.settled_at, row.id, row.number), reverse=True)
    )


def _together(rows: Iterable[Row[*tuple[Any, ...]]]) -> list[Accepted]:
    """Tell of a child of two families once."""
    found: dict[int, Accepted] = {}
    for number, family, *said, whose in rows:
        named = (*found[number].families, family) if number in found else (family,)
        found[number] = Accepted(named, whose, *said)
    return list(found.values())
