"""Whose money it is, as lists of invoices and payments name a family."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, bindparam, func, select

from app import db
from app.models import Child, Family, FamilyChild, Guardian
from app.services.town_hall import searching

FAMILIES: BindParameter[Any] = bindparam("families", expanding=True)
# The families of a school, to be put in other statements.
OF_SCHOOL = (
    select(FamilyChild.family_id)
    .join(Child, Child.id == FamilyChild.child_id)
    .where(Child.school == bindparam("school"))
)
_PAYERS = (
    select(
        Family.id,
        Family.number,
        Family.archived_at,
        Family.direct_debit,
        func.coalesce(Guardian.last_name, ""),
        Guardian.mobile,
        Guardian.phone,
        Guardian.work_phone,
    )
    .outerjoin(Guardian, (Guardian.family_id == Family.id) & Guardian.rank.is_not(None))
    .where(Family.id.in_(FAMILIES))
    .order_by(Family.id, Guardian.rank)
)


class Payer(NamedTuple):
    """A family that is invoiced."""

    id: int
    number: str
    # By the names of its guardians, each once; empty once its data are erased.
    name: str
    # One of each guardian.
    phones: Sequence[str]
    has_left: bool
    direct_debit: bool


def read(families: Iterable[int]) -> dict[int, Payer]:
    """Read some of them."""
    of_family: defaultdict[int, list[Any]] = defaultdict(list)
    for row in db.rows(_PAYERS, families=sorted(set(families))):
        of_family[row[0]].append(row)
    return {family: _payer(rows) for family, rows in of_family.items()}


def asked(filters: Mapping[str, str]) -> dict[str, Any]:
    """Give the values of what filters ask: « famille », « ecole », « du », « au »."""
    values: dict[str, Any] = {}
    if "famille" in filters:
        values["families"] = searching.families(filters["famille"])
    if "ecole" in filters:
        values["school"] = filters["ecole"]
    if "du" in filters:
        values["since"] = date.fromisoformat(filters["du"])
    if "au" in filters:
        values["until"] = date.fromisoformat(filters["au"])
    return values


def _payer(rows: Sequence[Any]) -> Payer:
    family, number, archived_at, direct_debit, *_ = rows[0]
    phones = (next(filter(None, row[5:]), "") for row in rows)
    return Payer(
        family,
        number,
        " et ".join(filter(None, dict.fromkeys(row[4] for row in rows))),
        list(dict.fromkeys(filter(None, phones))),
        archived_at is not None,
        direct_debit,
    )
