"""`groupe.csv`: the groups of a service, each with places of its own."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import String, select
from sqlalchemy.orm import Session

from app.formats import ended, fold
from app.models import ServiceGroup
from app.services.bookings.groups import service_groups
from app.services.bookings.groups.service_groups import Told
from app.services.importing import fields
from app.services.importing.custody_file import Fault
from app.services.importing.fields import Kind, text
from app.services.importing.service_tables import CAPACITY
from app.services.importing.tables import Column, SourceFile
from app.services.refusals import Refusal

# Names of schools have spaces and commas.
BETWEEN = "|"
Named = dict[tuple[int, str], int]


def _parse_names(value: str) -> tuple[str, ...]:
    return tuple(name for each in value.split(BETWEEN) if (name := " ".join(each.split())))


_NAMES = Kind(_parse_names, String(), None)
GROUPS = SourceFile(
    "groupe.csv",
    key=("service", "name"),
    columns=(
        Column("service_id", "service", fields.KEY, required=True),
        Column("nom", "name", text(service_groups.LONGEST_NAME), required=True),
        Column("capacite", "capacity", CAPACITY, required=True),
        Column("ecoles", "schools", _NAMES, counts=True),
        Column("classes", "classes", _NAMES, counts=True),
    ),
)


def write(
    session: Session,
    fault: Fault,
    offered: Mapping[str, int],
    rows: Iterable[Mapping[str, Any]],
) -> int:
    """Write what the rows say; return how many groups that is."""
    there = {
        (each.service_id, each.name): each
        for each in session.scalars(select(ServiceGroup).order_by(ServiceGroup.id))
    }
    count = 0
    for row in rows:
        service = offered.get(row["service"])
        if service is None:
            fault(GROUPS, row, "service", "ce service n’est pas dans service.csv.")
            continue
        told = Told(row["name"], row["capacity"], row["schools"] or (), row["classes"] or ())
        try:
            service_groups.put(session, there.get((service, row["name"])), service, told)
        except Refusal as refusal:
            fault(GROUPS, row, "name", ended(str(refusal)))
        count += 1
    return count


def named(session: Session) -> Named:
    """Number the groups, by service and by folded name."""
    found = session.execute(
        select(ServiceGroup.service_id, ServiceGroup.name, ServiceGroup.id).order_by(
            ServiceGroup.id
        )
    )
    return {(service, fold(name)): number for service, name, number in found}
