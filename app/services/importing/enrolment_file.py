"""`inscription.csv`: which child may book what, from when to when, and which family does."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.formats import fold
from app.models import Enrolment
from app.services.importing import offered_services
from app.services.importing.child_homes import ChildHomes
from app.services.importing.custody_file import Fault
from app.services.importing.group_file import Named
from app.services.importing.service_tables import ENROLMENTS


def write(
    session: Session,
    fault: Fault,
    homes: Mapping[str, ChildHomes],
    offered: Mapping[str, int],
    groups: Named,
    rows: Iterable[Mapping[str, Any]],
) -> tuple[int, int]:
    """Write what the rows say; return how many enrolments that is, and how many are new."""
    there = {
        (each.child_id, each.service_id, each.family_id, each.first): each
        for each in session.scalars(select(Enrolment).order_by(Enrolment.id))
    }
    count = new = 0
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
                    key = (child.number, service, family, first)
                    new += key not in there
                    _enrol(session, there, key, last, group)
    return count, new


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


def _enrol(
    session: Session,
    there: dict[tuple[int, int, int, date], Enrolment],
    key: tuple[int, int, int, date],
    last: date | None,
    group: int | None,
) -> None:
    if key not in there:
        child, service, family, first = key
        there[key] = Enrolment(child_id=child, service_id=service, family_id=family, first=first)
        session.add(there[key])
    there[key].last, there[key].group_id = last, group
