"""`inscription.csv`: which child may book what, from when to when, and which family does."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from app.formats import fold
from app.models import Enrolment
from app.services.importing import offered_services
from app.services.importing.child_homes import ChildHomes
from app.services.importing.custody_file import Fault
from app.services.importing.group_file import Named
from app.services.importing.service_tables import ENROLMENTS


class _Key(NamedTuple):
    """Which enrolment it is."""

    child_id: int
    service_id: int
    family_id: int
    first: date


_KEY = (Enrolment.child_id, Enrolment.service_id, Enrolment.family_id, Enrolment.first)


class _Said(NamedTuple):
    """What is said of it."""

    last: date | None
    group_id: int | None


# With its number before.
_Row = tuple[int, _Said]


def write(
    session: Session,
    fault: Fault,
    homes: Mapping[str, ChildHomes],
    offered: Mapping[str, int],
    groups: Named,
    rows: Iterable[Mapping[str, Any]],
) -> tuple[int, int]:
    """Write what the rows say; return how many enrolments that is, and how many are new."""
    standing = session.execute(select(*_KEY, Enrolment.id, Enrolment.last, Enrolment.group_id))
    there = {_Key(*row[:4]): (row.id, _Said(row.last, row.group_id)) for row in standing}
    said: dict[_Key, _Said] = {}
    count = 0
    for row in rows:
        service, child = offered.get(row["service"]), homes.get(row["child"])
        first = date.fromisoformat(row["first"])
        last = date.fromisoformat(row["last"]) if row["last"] else None
        if service is None:
            fault(ENROLMENTS, row, "service", offered_services.unknown(offered))
        elif child is None:
            fault(ENROLMENTS, row, "child", "cet enfant n’est d’aucune famille du portail.")
        elif (found := _fault(row, child, (first, last))) is not None:
            fault(ENROLMENTS, row, *found)
        elif row["group"] and (service, fold(row["group"])) not in groups:
            fault(ENROLMENTS, row, "group", "ce groupe n’est pas de ce service.")
        else:
            group = groups.get((service, fold(row["group"] or "")))
            for source_id, family in child.families.items():
                if row["family"] in {None, source_id}:
                    count += 1
                    said[_Key(child.number, service, family, first)] = _Said(last, group)
    return count, _enrol(session, there, said)


def _fault(
    row: Mapping[str, Any], child: ChildHomes, days: tuple[date, date | None]
) -> tuple[str, str] | None:
    """Name the field that cannot be, and why."""
    first, last = days
    if row["family"] and row["family"] not in child.families:
        return "family", "cet enfant n’est pas de cette famille."
    if last and last < first:
        return "last", "la fin vient avant le début."
    return None


def _enrol(session: Session, there: Mapping[_Key, _Row], said: Mapping[_Key, _Said]) -> int:
    """Write them row by row, as SQLite's lock is held meanwhile; return how many are new."""
    new = [key for key in said if key not in there]
    if new:
        rows = [key._asdict() | said[key]._asdict() for key in new]
        session.execute(insert(Enrolment), rows)
    changed = [
        {"id": there[key][0]} | told._asdict()
        for key, told in said.items()
        if key in there and there[key][1] != told
    ]
    if changed:
        session.execute(update(Enrolment), changed)
    return len(new)
