"""The list of a day for a spreadsheet."""

from app.services.bookings.morning.day_list import DayList, Line

HEADINGS = ("Service", "École", "Classe", "Nom", "Prénom", "Remarque")
GROUP, HEALTH = "Groupe", "Santé"


def of(found: DayList) -> list[tuple[str, ...]]:
    """Return it, its headings first; a column is there where there is something to say."""
    told: list[tuple[str, ...]] = [HEADINGS, *map(_cells, found.lines)]
    if any(line.group for line in found.lines):
        told = _beside(told, [GROUP, *(line.group for line in found.lines)])
    if found.health:
        told = _beside(told, [HEALTH, *(", ".join(found.said(each)) for each in found.lines)])
    return told


def _cells(line: Line) -> tuple[str, ...]:
    return (
        line.service, line.school, line.class_name, line.last_name, line.first_name, line.remark,
    )  # fmt: skip


def _beside(rows: list[tuple[str, ...]], cells: list[str]) -> list[tuple[str, ...]]:
    """Add a column at the right."""
    return [(*row, cell) for row, cell in zip(rows, cells, strict=True)]
