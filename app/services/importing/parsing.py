"""Rows of text into columns of values, and the faults of their cells.

Rows are parsed several thousand at a time, column by column, which is five times faster than one by
one. Only when something is wrong among them are they looked at one by one, to say what and where.
"""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from app.formats import plural
from app.services.importing.decoding import Chunk
from app.services.importing.faults import Fault, FieldRefused, Told
from app.services.importing.tables import FAMILIES, Column, SourceFile
from app.services.importing.temporary import SET_ASIDE
from app.typed_text import one_line

# By field name; the numbers of the lines are under "line".
Columns = dict[str, Sequence[Any]]
TOTAL = re.compile(r"\b(?:total|totaux|somme)\b", re.IGNORECASE)
A_TOTAL = "ligne de total ? retirez-la, ou remplissez ses cellules obligatoires."
FEWEST_FAULTS_OF_A_TOTAL = 2


@dataclass(slots=True)
class _Row:
    """A row that is looked at alone."""

    line: int
    values: list[Any] = field(default_factory=list)
    # By field.
    aside: dict[str, Fault] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    lacks_a_cell: bool = False

    @property
    def may_be_a_total(self) -> bool:
        """Tell whether this is no row of the table, but what a spreadsheet adds below it."""
        return self.lacks_a_cell and len(self.faults) >= FEWEST_FAULTS_OF_A_TOTAL

    @property
    def marks(self) -> str | None:
        """Write the fields that were set aside, as `merging` looks for them."""
        return f" {' '.join(self.aside)} " if self.aside else None


class RowParser:
    """Parses the rows of one file as its header orders them."""

    def __init__(self, file: SourceFile, told: Told) -> None:
        """Parse this file; what is wrong in it is noted in `told`."""
        self._file = file
        self._faults, self._set_aside = told.faults, told.set_aside
        self._indexes: list[int] = []
        self._width = 0
        # A row that may be a total, as long as it may be the last one.
        self._held: _Row | None = None
        self.columns: list[Column] = []

    def read_header(self, chunk: Chunk) -> bool:
        """Find the columns; tell whether every required one is there, once."""
        names = [one_line(name).casefold() for row in chunk.rows for name in row]
        line = chunk.lines[0] if chunk.lines else 1
        self._width = len(names)
        before = self._faults.count
        if len(names) <= 1 and len(self._file.columns) > 1:
            self._fault(line, "la première ligne doit nommer les colonnes, séparées par des « ; ».")
            return False
        for column in self._file.columns:
            name = column.name.casefold()
            if names.count(name) > 1:
                self._fault(line, "cette colonne est présente deux fois.", column)
            elif name in names:
                self._indexes.append(names.index(name))
                self.columns.append(column)
            elif column.required:
                self._fault(
                    line, "cette colonne obligatoire manque dans la première ligne.", column
                )
        return self._faults.count == before

    def parse(self, chunk: Chunk) -> Columns:
        """Return the columns of these rows; a cell at fault has the value of an empty one."""
        with suppress(ValueError):
            return self._parse_together(chunk)
        squared = self._squared(chunk)
        with suppress(ValueError):
            return self._parse_together(squared)
        return self._parse_one_by_one(squared)

    def finish(self) -> None:
        """Tell of the last row, now that it is known to be the last."""
        if self._held:
            self._fault(self._held.line, A_TOTAL)

    def _squared(self, chunk: Chunk) -> Chunk:
        """Give each row the width of the header, whatever a spreadsheet did to its end.

        Empty rows are left out, and so are those that hold more than the header names.
        """
        width = self._width
        lines, rows = [], []
        for line, row in zip(chunk.lines, chunk.rows, strict=True):
            if any(map(str.strip, row[width:])):
                self._told_too_wide(line, row)
            elif any(map(str.strip, row)):
                lines.append(line)
                rows.append(row[:width] + [""] * (width - len(row)))
        return Chunk(lines, rows)

    def _parse_together(self, chunk: Chunk) -> Columns:
        """Raise ValueError, of which FieldRefused is one, when anything is wrong."""
        texts = list(zip(*chunk.rows, strict=True))
        if len(texts) != self._width:
            raise ValueError(self._file.name)
        parsed: Columns = {"line": chunk.lines}
        for index, column in zip(self._indexes, self.columns, strict=True):
            cells = list(map(str.strip, texts[index]))
            if column.cells_required and not all(cells):
                raise ValueError(column.name)
            parsed[column.field] = column.kind.parse_all(cells)
        self._release()
        return parsed

    def _parse_one_by_one(self, chunk: Chunk) -> Columns:
        rows = [
            self._parse_row(line, row) for line, row in zip(chunk.lines, chunk.rows, strict=True)
        ]
        columns: Columns = {"line": [row.line for row in rows]}
        for position, column in enumerate(self.columns):
            columns[column.field] = [row.values[position] for row in rows]
        if any(row.aside for row in rows):
            columns[SET_ASIDE] = [row.marks for row in rows]
        return columns

    def _parse_row(self, line: int, cells: list[str]) -> _Row:
        row = _Row(line)
        for index, column in zip(self._indexes, self.columns, strict=True):
            row.values.append(self._parse_cell(row, column, cells[index].strip()))
        self._release()
        if row.may_be_a_total and any(map(TOTAL.search, cells)):
            self._fault(line, A_TOTAL)
        elif row.may_be_a_total:
            self._held = row
        else:
            self._tell(row)
        return row

    def _parse_cell(self, row: _Row, column: Column, cell: str) -> Any:
        if cell:
            try:
                return column.kind.parse(cell)
            except FieldRefused as refused:
                fault = Fault(self._file.name, str(refused), row.line, column.name, cell)
            if column.blocks:
                row.faults.append(fault)
            else:
                row.aside[column.field] = fault
        elif column.cells_required:
            row.lacks_a_cell = True
            remedy = "cette cellule est obligatoire."
            row.faults.append(Fault(self._file.name, remedy, row.line, column.name, ""))
        return column.kind.missing

    def _release(self) -> None:
        """Tell what is wrong with a row that was not the last."""
        if self._held:
            self._tell(self._held)
            self._held = None

    def _tell(self, row: _Row) -> None:
        for fault in row.faults:
            self._faults.add(fault)
        for fault in row.aside.values():
            self._set_aside.add(fault)

    def _told_too_wide(self, line: int, row: list[str]) -> None:
        remedy = (
            f"cette ligne compte {plural(len(row), 'cellule')} au lieu de {self._width} ; "
            "mettez entre guillemets les textes qui contiennent « ; »."
        )
        # Its cells may be in the wrong columns; `naming` knows whether this one names a family.
        key = self._key_of_family(row)
        self._faults.add(Fault(self._file.name, remedy, line, family=key))

    def _key_of_family(self, row: list[str]) -> str:
        fields = [column.field for column in self.columns]
        wanted = "source_id" if self._file is FAMILIES else "family"
        return row[self._indexes[fields.index(wanted)]].strip() if wanted in fields else ""

    def _fault(self, line: int, remedy: str, column: Column | None = None) -> None:
        name = column.name if column else ""
        self._faults.add(Fault(self._file.name, remedy, line, name))
