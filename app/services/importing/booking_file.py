"""`reservation.csv`: days that the town's own software knows to be booked, or given back."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import String

from app.models import BookingState
from app.services.bookings.judge.worlds import Cell
from app.services.bookings.month_end.month_files import STATES
from app.services.bookings.taking_over import Said
from app.services.importing import fields, offered_services
from app.services.importing.child_homes import ChildHomes
from app.services.importing.custody_file import Fault
from app.services.importing.fields import choice
from app.services.importing.tables import Column, SourceFile

# An offer had an hour to be answered by; whoever has it waits again.
WORDS = {word.lower(): state for state, word in STATES.items()} | {"propose": BookingState.WAITING}
BOOKINGS = SourceFile(
    "reservation.csv",
    key=("child", "service", "day"),
    columns=(
        Column("enfant_id", "child", fields.KEY, required=True),
        Column("service_id", "service", fields.KEY, required=True),
        Column("date", "day", fields.DAY, required=True),
        Column(
            "etat", "state",
            choice(
                WORDS, "écrivez RESERVE, ATTENTE, ANNULE, ABSENT ou FERME.",
                String(), BookingState.BOOKED,
            ),
            counts=True,
        ),
        Column("famille_id", "family", fields.KEY, counts=True),
        Column("horsDelai", "is_late", fields.YES_OR_NO, counts=True),
    ),
)  # fmt: skip


def read(
    fault: Fault,
    children: Mapping[str, ChildHomes],
    offered: Mapping[str, int],
    rows: Iterable[Mapping[str, Any]],
) -> dict[Cell, Said]:
    """Read what the rows say of each day."""
    said: dict[Cell, Said] = {}
    for row in rows:
        child, service = children.get(row["child"]), offered.get(row["service"])
        if service is None:
            fault(BOOKINGS, row, "service", offered_services.unknown(offered))
        elif child is None:
            fault(BOOKINGS, row, "child", "cet enfant n’est d’aucune famille du portail.")
        elif row["family"] and row["family"] not in child.families:
            fault(BOOKINGS, row, "family", "cet enfant n’est pas de cette famille.")
        elif not row["family"] and len(child.families) > 1:
            fault(BOOKINGS, row, "family", "cet enfant a deux familles : dites laquelle réserve.")
        else:
            cell = Cell(child.number, service, date.fromisoformat(row["day"]))
            if cell in said:
                fault(BOOKINGS, row, "day", "ce jour est déjà dit plus haut dans le fichier.")
            family = child.families[row["family"] or next(iter(child.families))]
            said[cell] = Said(family, row["state"], row["is_late"])
    return said
