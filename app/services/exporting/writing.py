"""Cells, rows and tables, written so that an import reads the very same again."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

from app.models import Sex
from app.services.importing import fields
from app.services.importing.fields import ENTITY, Kind
from app.services.importing.tables import Column

ENCODING = "utf-8-sig"
_SEXES = {Sex.MALE: "MASCULIN", Sex.FEMALE: "FEMININ"}
_YES_OR_NO: dict[bool, str] = {True: "OUI", False: "NON"}
_BY_DEBIT: dict[bool, str] = {True: "PRELEVEMENT", False: ""}


def write_table(out: IO[bytes], headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write a table."""
    text = io.TextIOWrapper(out, ENCODING, newline="", write_through=True)
    lines = csv.writer(text, delimiter=";", lineterminator="\r\n")
    lines.writerow(headings)
    lines.writerows(rows)
    text.detach()


def cells(columns: Sequence[Column], rows: Iterable[Any]) -> Iterator[list[str]]:
    """Write the cells of rows whose fields are those of the columns."""
    made: list[tuple[str, Callable[[Any], str]]] = [
        (column.field, _writer(column.kind)) for column in columns
    ]
    for row in rows:
        yield [write(getattr(row, field)) for field, write in made]


def plain(value: Any) -> str:
    """Write a value that needs no word of the format."""
    match value:
        case None:
            return ""
        case Decimal():
            return format(value.normalize(), "f").replace(".", ",")
        case datetime():
            return value.isoformat(timespec="seconds")
        case date():
            return value.isoformat()
        case _:
            return _literally(str(value))


def _writer(kind: Kind) -> Callable[[Any], str]:
    if kind is fields.DIRECT_DEBIT:
        return _BY_DEBIT.__getitem__
    if kind is fields.YES_OR_NO:
        return _YES_OR_NO.__getitem__
    if kind is fields.SEX:
        return lambda value: _SEXES.get(value, "")
    return plain


def _literally(text: str) -> str:
    """An import reads the entities of HTML: those that were typed as such stay so."""
    return text.replace("&", "&amp;") if "&" in text and ENTITY.search(text) else text
