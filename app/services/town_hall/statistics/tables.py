"""A table of figures, as a page draws it and as a spreadsheet reads it."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from enum import StrEnum
from itertools import dropwhile
from typing import NamedTuple

from app import formats, spreadsheets
from app.formats import NBSP
from app.services.town_hall.measures import FEW

# Instead of a figure: there is none, or it would be one of few people.
NONE = "–"
SO_FEW = f"moins de {FEW}"
FULL = 100

# What a cell holds; words stand for a figure that is kept back.
Figure = int | Decimal | str | None


class Unit(StrEnum):
    """What a column counts in; the value is what a spreadsheet's heading adds."""

    COUNT = ""
    PERCENT = "%"
    DAYS = "jours"
    EUROS = "euros"


class Column(NamedTuple):
    """A column of figures."""

    heading: str
    unit: Unit = Unit.COUNT
    # Whether its figures are drawn as bars too.
    drawn: bool = False


class Row(NamedTuple):
    """What is said of a month, a school or a kind."""

    label: str
    figures: Sequence[Figure]


class Table(NamedTuple):
    """One subject of « Chiffres »."""

    # In the address of its file.
    key: str
    title: str
    # What is counted, in a sentence or two.
    about: str
    # What its rows are: « Mois ».
    label: str
    columns: Sequence[Column]
    rows: Sequence[Row]

    @property
    def headings(self) -> tuple[tuple[str, str], ...]:
        """Head its columns, as the macro of tables takes them."""
        return (self.label, ""), *((each.heading, "number") for each in self.columns)

    def cells(self, row: Row) -> Iterator[tuple[Column, str]]:
        """Write the figures of a row."""
        return (
            (column, words(figure, column.unit))
            for column, figure in zip(self.columns, row.figures, strict=True)
        )

    def bar(self, row: Row) -> int | None:
        """Measure its bar in hundredths of the longest that may be; None without a figure."""
        place = next(number for number, column in enumerate(self.columns) if column.drawn)
        figure = _length(row.figures[place])
        if figure is None or self.columns[place].unit is Unit.PERCENT:
            return figure
        most = max(_length(each.figures[place]) or 0 for each in self.rows)
        return figure * FULL // most if most else 0

    def file(self) -> bytes:
        """Write it for a spreadsheet, where numbers stay numbers."""
        units = (f" ({each.unit})" if each.unit else "" for each in self.columns)
        headings = (
            f"{c.heading.lower()}{unit}" for c, unit in zip(self.columns, units, strict=True)
        )
        rows = ((each.label, *map(_cell, each.figures)) for each in self.rows)
        return spreadsheets.table((self.label.lower(), *headings), rows)


def since_something(rows: Sequence[Row]) -> list[Row]:
    """Leave out what came before anything was counted."""
    return list(dropwhile(lambda row: not any(row.figures), rows))


def words(figure: Figure, unit: Unit) -> str:
    """Write a figure as people read it."""
    if figure is None:
        return NONE
    if isinstance(figure, str):
        return figure
    if unit is Unit.EUROS:
        return formats.euros(Decimal(figure))
    written = formats.number(Decimal(figure))
    if unit is Unit.PERCENT:
        return f"{written}{NBSP}%"
    if unit is Unit.DAYS:
        return f"{written}{NBSP}{'jour' if figure < 2 else 'jours'}"  # noqa: PLR2004
    return written


def _length(figure: Figure) -> int | None:
    return None if figure is None or isinstance(figure, str) else int(figure)


def _cell(figure: Figure) -> str | int:
    if figure is None:
        return ""
    return str(figure).replace(".", ",") if isinstance(figure, Decimal) else figure
