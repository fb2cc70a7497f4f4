"""The list of a day for a spreadsheet."""

from collections.abc import Sequence

from app.services.bookings.morning.beside import Unbooked
from app.services.bookings.morning.day_list import DayList, Line

HEADINGS = ("Service", "École", "Classe", "Nom", "Prénom", "Remarque")
GROUP, HEALTH = "Groupe", "Santé"
USUALLY = "Attendu d’après la semaine type, non réservé"


def of(found: DayList, unbooked: Sequence[Unbooked]) -> list[tuple[str, ...]]:
    """Return it, its headings first; a column is there where there is something to say.

    Who usually comes and has not booked is at the end, and not in the columns that may be there.
    """
    told: list[tuple[str, ...]] = [HEADINGS, *map(_cells, found.lines)]
    if any(line.group for line in found.lines):
        told = _beside(told, [GROUP, *(line.group for line in found.lines)])
    if found.health:
        told = _beside(told, [HEALTH, *(", ".join(found.said(each)) for each in found.lines)])
    more = len(told[0]) - len(HEADINGS)
    return [*told, *((*row, *[""] * more) for each in unbooked for row in _usual(each))]


def _usual(child: Unbooked) -> list[tuple[str, ...]]:
    return [
        (each, child.school, child.class_name, child.last_name, child.first_name, USUALLY)
        for each in child.services
    ]


def _cells(line: Line) -> tuple[str, ...]:
    return (
        line.service, line.school, line.class_name, line.last_name, line.first_name, line.remark,
    )  # fmt: skip


def _beside(rows: list[tuple[str, ...]], cells: list[str]) -> list[tuple[str, ...]]:
    """Add a column at the right."""
    return [(*row, cell) for row, cell in zip(rows, cells, strict=True)]
