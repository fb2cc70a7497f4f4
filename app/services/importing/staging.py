"""The rows of the files, copied into temporary tables of the import's transaction.

A row with a fault is copied too, without the cells at fault: what refers to it is not at fault.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from sqlalchemy import Column as SqlColumn
from sqlalchemy import Connection, Index, Integer, MetaData, String, Table, literal

from app.db import new_public_id
from app.formats import plural
from app.services.importing import decoding, storing
from app.services.importing.faults import Fault, Faults, FieldRefused
from app.services.importing.sources import UNREADABLE, Source
from app.services.importing.tables import ALL, FAMILIES, Column, SourceFile

CHUNK = 5_000
REQUIRED = object()
Advance = Callable[[int], None]
Row = tuple[Any, ...]
NumberedRows = Iterator[tuple[int, list[str]]]
KEPT_AS = "kept_as"
DAMAGED = "ce fichier est abîmé ; donnez-le de nouveau."


@dataclass(slots=True)
class Staged:
    """A file's rows in their temporary table, and what its header and its bytes told."""

    file: SourceFile
    table: Table
    given: bool = False
    fields: set[str] = field(default_factory=set)
    rows: int = 0
    lines: int = 0
    encoding: str = decoding.UTF_8

    @property
    def absent(self) -> set[str]:
        """Return the fields whose column is not in the file: what the portal knows is kept."""
        return {column.field for column in self.file.columns} - self.fields


class Staging:
    """Every temporary table, by file name; a file that was not given has an empty one."""

    def __init__(self, connection: Connection) -> None:
        """Create the tables."""
        self._connection = connection
        self.metadata = MetaData()
        self._files = {each.name: Staged(each, _table(each, self.metadata)) for each in ALL}
        self.metadata.create_all(connection, checkfirst=False)

    def __getitem__(self, file: SourceFile) -> Staged:
        """Return what was staged of this file."""
        return self._files[file.name]

    def __iter__(self) -> Iterator[Staged]:
        """Go through the files in their order of loading."""
        return iter(self._files.values())

    def drop(self) -> None:
        """Remove the tables: on SQLite they would outlive the transaction."""
        self.metadata.drop_all(self._connection, checkfirst=False)

    def survey(self, source: Source, faults: Faults) -> int:
        """Look at each file that was given; return how many lines there are in all."""
        for staged in self:
            name = staged.file.name
            if not source.has(name):
                continue
            try:
                with source.open(name) as stream:
                    found = decoding.survey(stream)
            except decoding.Unreadable as unreadable:
                faults.add(Fault(name, str(unreadable), unreadable.line))
            except UNREADABLE:
                faults.add(Fault(name, DAMAGED))
            else:
                staged.given, staged.encoding, staged.lines = True, found.encoding, found.lines
        if not source.has(FAMILIES.name):
            faults.add(
                Fault(FAMILIES.name, "ce fichier manque à la racine ; lui seul est obligatoire.")
            )
        return sum(staged.lines for staged in self)

    def fill(self, source: Source, faults: Faults, advance: Advance) -> None:
        """Copy the rows of every file that was given."""
        for staged in self:
            if staged.given:
                Filling(self._connection, source, staged, faults).run(advance)


class Filling:
    """The copy of one file into its temporary table."""

    def __init__(
        self, connection: Connection, source: Source, staged: Staged, faults: Faults
    ) -> None:
        """Prepare to read this file."""
        self._connection = connection
        self._source = source
        self._staged = staged
        self._file = staged.file
        self._faults = faults
        self._columns: list[tuple[int, Column]] = []
        self._width = 0

    def run(self, advance: Advance) -> None:
        """Read, parse and copy, a few thousand rows at a time."""
        try:
            with self._source.open(self._file.name) as stream:
                numbered = decoding.rows(stream, self._staged.encoding)
                if self._read_header(numbered):
                    self._copy(self._complete(self._parsed(numbered)), advance)
        except decoding.Unreadable as unreadable:
            self._fault(unreadable.line, str(unreadable))
        except UNREADABLE:
            self._fault(None, DAMAGED)
        make_ready(self._connection, self._staged.table, self._file.key)

    def _copy(self, rows: Iterator[Row], advance: Advance) -> None:
        names = ["line", *(column.field for _, column in self._columns)]
        if self._has_attachments():
            names.append(KEPT_AS)
        if self._file.public:
            names.append("public_id")
        while chunk := list(islice(rows, CHUNK)):
            _copy_rows(self._connection, self._staged.table, names, chunk)
            self._staged.rows += len(chunk)
            advance(len(chunk))

    def _read_header(self, numbered: NumberedRows) -> bool:
        line, header = next(numbered, (1, []))
        names = [name.strip().casefold() for name in header]
        self._width = len(names)
        missing = [
            column
            for column in self._file.columns
            if column.required and column.name.casefold() not in names
        ]
        if missing and len(names) <= 1:
            self._fault(line, "la première ligne doit nommer les colonnes, séparées par des « ; ».")
            return False
        for column in missing:
            self._fault(line, "cette colonne obligatoire manque dans la première ligne.", column)
        for column in self._file.columns:
            name = column.name.casefold()
            if names.count(name) > 1:
                self._fault(line, "cette colonne est présente deux fois.", column)
            if name in names:
                self._columns.append((names.index(name), column))
                self._staged.fields.add(column.field)
        return not missing

    def _parsed(self, numbered: NumberedRows) -> Iterator[Row]:
        plan = [
            (index, column.kind.parse, REQUIRED if column.required else column.kind.missing)
            for index, column in self._columns
        ]
        for line, row in numbered:
            if len(row) != self._width:
                self._refuse_width(line, row)
                continue
            try:
                values = [
                    parse(cell) if (cell := row[index].strip()) else missing
                    for index, parse, missing in plan
                ]
            except FieldRefused:
                values = self._parsed_with_faults(line, row)
            if REQUIRED in values:
                if not any(cell.strip() for cell in row):
                    continue
                values = self._parsed_with_faults(line, row)
            yield (line, *values)

    def _parsed_with_faults(self, line: int, row: list[str]) -> list[Any]:
        values = []
        for index, column in self._columns:
            cell = row[index].strip()
            value = column.kind.missing
            if cell:
                try:
                    value = column.kind.parse(cell)
                except FieldRefused as refused:
                    self._fault(line, str(refused), column, cell)
            elif column.required:
                self._fault(line, "cette cellule est obligatoire.", column, "")
            values.append(value)
        return values

    def _refuse_width(self, line: int, row: list[str]) -> None:
        if any(cell.strip() for cell in row):
            self._fault(
                line,
                f"cette ligne compte {plural(len(row), 'cellule')} au lieu de {self._width} ; "
                "mettez entre guillemets les textes qui contiennent « ; ».",
            )

    def _complete(self, rows: Iterator[Row]) -> Iterator[Row]:
        """Add to each row what no cell holds."""
        if self._has_attachments():
            rows = self._with_kept_names(rows)
        if self._file.public:
            rows = ((*row, new_public_id()) for row in rows)
        return rows

    def _has_attachments(self) -> bool:
        attachments = self._file.attachments
        return attachments is not None and attachments.field in self._staged.fields

    def _with_kept_names(self, rows: Iterator[Row]) -> Iterator[Row]:
        assert self._file.attachments is not None
        column = self._file.column(self._file.attachments.field)
        position = 1 + [each for _, each in self._columns].index(column)
        for row in rows:
            name = row[position]
            yield (*row, self._kept_as(row[0], column, name) if name else "")

    def _kept_as(self, line: int, column: Column, name: str) -> str:
        assert self._file.attachments is not None
        try:
            return storing.name_for(self._source, self._file.attachments, name)
        except FieldRefused as refused:
            self._fault(line, str(refused), column, name)
        except UNREADABLE:
            self._fault(line, DAMAGED, column, name)
        return ""

    def _fault(
        self, line: int | None, remedy: str, column: Column | None = None, value: str | None = None
    ) -> None:
        name = column.name if column else ""
        self._faults.add(Fault(self._file.name, remedy, line, name, value))


def _table(file: SourceFile, metadata: MetaData) -> Table:
    columns: list[SqlColumn[Any]] = [SqlColumn("line", Integer)]
    for column in file.columns:
        default = column.kind.missing
        columns.append(
            SqlColumn(
                column.field,
                column.kind.stored,
                server_default=None if default is None else literal(default, column.kind.stored),
            )
        )
    if file.attachments:
        columns.append(SqlColumn(KEPT_AS, String(), server_default=""))
    if file.public:
        columns.append(SqlColumn("public_id", String()))
    return Table(
        file.table, metadata, *columns, prefixes=["TEMPORARY"], postgresql_on_commit="DROP"
    )


def _copy_rows(connection: Connection, table: Table, names: list[str], rows: list[Row]) -> None:
    """Insert rows as fast as each database can."""
    if connection.dialect.name == "postgresql":
        driver = connection.connection.driver_connection
        assert driver is not None
        with driver.cursor().copy(f"COPY {table.name} ({', '.join(names)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    else:
        marks = ", ".join("?" * len(names))
        connection.exec_driver_sql(
            f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({marks})",  # noqa: S608
            rows,
        )


def make_ready(connection: Connection, table: Table, key: Collection[str]) -> None:
    """Index and analyse a temporary table, now that it is full."""
    if key:
        Index(f"{table.name}_key", *(table.c[name] for name in key)).create(connection)
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"ANALYZE {table.name}")
