"""`fermeture.csv`: days on which services do not open, known long before."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from app.formats import today
from app.services.importing import fields, offered_services
from app.services.importing.custody_file import Fault
from app.services.importing.fields import text
from app.services.importing.tables import Column, SourceFile

LONGEST = timedelta(days=200)
CLOSINGS = SourceFile(
    "fermeture.csv",
    key=("first", "last", "service", "school"),
    columns=(
        Column("du", "first", fields.DAY, required=True),
        Column("au", "last", fields.DAY, required=True),
        Column("motif", "reason", text(200), required=True),
        Column("service_id", "service", fields.KEY, counts=True),
        Column("ecole", "school", text(100), counts=True),
    ),
)


class Closing(NamedTuple):
    """A day on which a service is closed, and why."""

    day: date
    service: int
    reason: str
    # Empty for all of them.
    school: str
    # Which says so.
    line: int


def read(
    fault: Fault, offered: Mapping[str, int], rows: Iterable[Mapping[str, Any]]
) -> list[Closing]:
    """Read which days to come the rows close; of two that say one day, the last one does."""
    found: dict[tuple[date, int, str], Closing] = {}
    for row in rows:
        first, last = date.fromisoformat(row["first"]), date.fromisoformat(row["last"])
        if row["service"] and row["service"] not in offered:
            fault(CLOSINGS, row, "service", offered_services.unknown(offered))
        elif not first <= last <= first + LONGEST:
            fault(CLOSINGS, row, "last", "la fin vient avant le début, ou plus de six mois après.")
        else:
            services = (
                [offered[row["service"]]] if row["service"] else sorted(set(offered.values()))
            )
            for each in _days(first, last, services, row):
                found[each.day, each.service, each.school] = each
    return list(found.values())


def _days(
    first: date, last: date, services: Collection[int], row: Mapping[str, Any]
) -> Iterator[Closing]:
    day = max(first, today())
    while day <= last:
        for service in services:
            yield Closing(day, service, row["reason"], row["school"] or "", row["line"])
        day += timedelta(days=1)
