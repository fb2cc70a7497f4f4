"""`facturation.csv`: the months that the town has invoiced, in which nothing changes any more."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import String

from app import formats
from app.calendar import months
from app.services.importing.custody_file import Fault
from app.services.importing.faults import FieldRefused
from app.services.importing.fields import Kind
from app.services.importing.tables import Column, SourceFile


def _parse_month(value: str) -> str:
    if months.parse(value) is None:
        raise FieldRefused("écrivez un mois, comme 2026-11.")
    return value


INVOICED = SourceFile(
    "facturation.csv",
    key=("month",),
    columns=(Column("mois", "month", Kind(_parse_month, String()), required=True),),
)


def read(fault: Fault, rows: Iterable[Mapping[str, Any]]) -> list[date]:
    """Read which months are over, in their order."""
    found = []
    for row in rows:
        first = months.parse(row["month"])
        if first is None or first > formats.today():
            fault(INVOICED, row, "month", "ce mois n’a pas commencé\u00a0: il se réserve encore.")
        else:
            found.append(first)
    return sorted(found)
