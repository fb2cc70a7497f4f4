"""`garde.csv`: which weeks each home has a child for whom its parents take turns."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Session

from app.booking_kinds import CustodyPattern
from app.formats import WEEKDAYS, today
from app.services.bookings import homes
from app.services.bookings.judge.custody import Turns
from app.services.importing import fields
from app.services.importing.child_homes import ChildHomes
from app.services.importing.fields import choice
from app.services.importing.tables import Column, SourceFile

# Whom a row speaks of: what is wrong there, and what to write instead.
Fault = Callable[[SourceFile, Mapping[str, Any], str, str], None]
EVERY = "toutes"
PATTERNS = {
    "paires": CustodyPattern.ISO_EVEN,
    "impaires": CustodyPattern.ISO_ODD,
    "alternees": CustodyPattern.ALTERNATE,
    "alternées": CustodyPattern.ALTERNATE,
    EVERY: EVERY,
}
CUSTODY = SourceFile(
    "garde.csv",
    key=("child", "family"),
    columns=(
        Column("enfant_id", "child", fields.KEY, required=True),
        Column("famille_id", "family", fields.KEY, required=True),
        Column(
            "rythme", "pattern",
            choice(PATTERNS, "écrivez PAIRES, IMPAIRES, ALTERNEES ou TOUTES.", String()),
            required=True,
        ),
        Column(
            "passage", "handover",
            choice(
                {name: number for number, name in enumerate(WEEKDAYS)},
                "écrivez un jour de la semaine, comme VENDREDI.", String(), 0,
            ),
            counts=True,
        ),
        Column("ancre", "anchor", fields.DAY, counts=True),
    ),
)  # fmt: skip


def write(
    session: Session,
    fault: Fault,
    children: Mapping[str, ChildHomes],
    rows: Iterable[Mapping[str, Any]],
) -> int:
    """Write what the rows say; return of how many homes they spoke."""
    count = 0
    for row in rows:
        child = found(CUSTODY, row, fault, children)
        if child is not None and has_anchor(CUSTODY, row, fault):
            homes.write(session, child.families[row["family"]], child.number, turns(row))
            count += 1
    return count


def found(
    file: SourceFile, row: Mapping[str, Any], fault: Fault, children: Mapping[str, ChildHomes]
) -> ChildHomes | None:
    """Find the child of a row, which its family has; say what is wrong where there is none."""
    child = children.get(row["child"])
    if child is None:
        fault(file, row, "child", "cet enfant n’est d’aucune famille du portail.")
        return None
    if row["family"] not in child.families:
        fault(file, row, "family", "cet enfant n’est pas de cette famille.")
        return None
    return child


def has_anchor(file: SourceFile, row: Mapping[str, Any], fault: Fault) -> bool:
    """Tell whether a row says from when every other week is counted; say so where it does not."""
    if row["pattern"] is not CustodyPattern.ALTERNATE or row["anchor"]:
        return True
    fault(file, row, "anchor", "donnez un jour d’une semaine de ce foyer.")
    return False


def turns(row: Mapping[str, Any]) -> Turns | None:
    """Read the weeks that a row says; None for all of them."""
    if row["pattern"] == EVERY:
        return None
    anchor = date.fromisoformat(row["anchor"]) if row["anchor"] else today()
    return Turns(row["pattern"], row["handover"], anchor)
