"""The rows of the files, copied into temporary tables of the import's transaction.

A row with a fault is copied too, without the cells at fault: what refers to it is not at fault.
"""

import secrets
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, case, false, func, null, select
from sqlalchemy.exc import IntegrityError

from app import db
from app.db.bulk import Take
from app.services.importing import decoding, temporary
from app.services.importing.faults import Fault, Faults, FieldRefused, Told, Unreadable, shown
from app.services.importing.fields import BETWEEN_NAMES
from app.services.importing.parsing import Columns, RowParser
from app.services.importing.sources import Source
from app.services.importing.storing import Copies
from app.services.importing.tables import ALL, FAMILIES, Attachments, SourceFile

Advance = Callable[[int], None]
PUBLIC_ID_CHARACTERS = 16
NO_FILE: tuple[str, None] = ("", None)
SHOWN_NAMES = 5
MISSING = "ce fichier manque à la racine ; lui seul est obligatoire."


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
    # Whether every row could be read: else nothing can be said of what refers to them.
    sound: bool = True
    doubled: bool = False
    # The fields of which some row's cell was set aside.
    set_aside: set[str] = field(default_factory=set)

    @property
    def absent(self) -> set[str]:
        """Return the fields whose column is not in the file: what the portal knows is kept."""
        return {column.field for column in self.file.columns} - self.fields

    @property
    def marks(self) -> list[ColumnElement[str]]:
        """Return the column that says which cells of a row were set aside, if any were."""
        return [self.table.c[temporary.SET_ASIDE]] if self.set_aside else []

    def said(self, field: str, column: str | None = None) -> ColumnElement[Any]:
        """Give what a cell says; NULL where the file has none, or where it was set aside."""
        if field not in self.fields:
            return null()
        said = self.table.c[column or field]
        return case((self.is_unread(field), null()), else_=said) if self.set_aside else said

    def is_unread(self, field: str) -> ColumnElement[bool]:
        """Tell of each row whether its cell of this field was set aside."""
        if field not in self.set_aside:
            return false()
        return func.coalesce(self.table.c[temporary.SET_ASIDE].contains(f" {field} "), false())


class Staging:
    """Every temporary table, by file name; a file that was not given has an empty one."""

    def __init__(self, connection: Connection) -> None:
        """Create the tables."""
        self._connection = connection
        self._files = {each.name: Staged(each, temporary.ROWS[each.name]) for each in ALL}
        temporary.create(connection)

    def __getitem__(self, file: SourceFile) -> Staged:
        """Return what was staged of this file."""
        return self._files[file.name]

    def __iter__(self) -> Iterator[Staged]:
        """Go through the files in their order of loading."""
        return iter(self._files.values())

    def survey(self, source: Source, faults: Faults) -> int:
        """Look at each file that was given; return how many lines there are in all."""
        for staged in self:
            name = staged.file.name
            try:
                if not source.has(name):
                    continue
                with source.open(name) as stream:
                    found = decoding.survey(stream)
            except Unreadable as unreadable:
                staged.sound = False
                faults.add(Fault(name, str(unreadable), unreadable.line))
            else:
                staged.given, staged.encoding, staged.lines = True, found.encoding, found.lines
        families = self[FAMILIES]
        if families.sound and not families.given:
            families.sound = False
            faults.add(Fault(FAMILIES.name, MISSING + _found_instead(source)))
        return sum(staged.lines for staged in self)

    def fill(self, copies: Copies, told: Told, advance: Advance) -> None:
        """Copy the rows of every file that was given."""
        for staged in self:
            if staged.given:
                Filling(self._connection, copies, staged, told).run(advance)

    def keep_attachments(self, copies: Copies) -> None:
        """Copy into the store the files that the rows name."""
        for staged in self:
            attachments, rows = staged.file.attachments, staged.table
            if attachments is None:
                continue
            if attachments.several:
                rows, title = temporary.ATTACHED, temporary.ATTACHED.c.title
            else:
                title = rows.c[attachments.field]
            named = select(title, rows.c[temporary.KEPT_AS]).distinct()
            for name, kept_as in self._connection.execute(
                named.where(title != "", rows.c[temporary.KEPT_AS] != "")
            ):
                copies.keep(attachments, name, kept_as)


class Filling:
    """The copy of one file into its temporary table."""

    def __init__(self, connection: Connection, copies: Copies, staged: Staged, told: Told) -> None:
        """Prepare to read this file."""
        self._connection = connection
        self._copies = copies
        self._staged = staged
        self._told = told

    def run(self, advance: Advance) -> None:
        """Read, parse and copy, a thousand rows at a time."""
        with self._telling(), self._copies.source.open(self._staged.file.name) as stream:
            self._read(decoding.chunks(stream, self._staged.encoding), advance)
        self._make_ready()

    @contextmanager
    def _telling(self) -> Iterator[None]:
        """Tell where the file cannot be read any further; what was read until there stays."""
        try:
            yield
        except Unreadable as unreadable:
            self._staged.sound = False
            name = self._staged.file.name
            self._told.faults.add(Fault(name, str(unreadable), unreadable.line))

    def _read(self, chunks: Iterator[decoding.Chunk], advance: Advance) -> None:
        staged = self._staged
        parser = RowParser(staged.file, self._told)
        staged.sound = parser.read_header(next(chunks, decoding.NOTHING))
        if not staged.sound:
            return
        staged.fields = {column.field for column in parser.columns}
        names = list(self._names(parser))
        with self._taking(names) as take, self._telling():
            for chunk in chunks:
                columns = self._completed(parser.parse(chunk))
                rows = list(zip(*(columns[name] for name in names), strict=True))
                take(rows)
                staged.rows += len(rows)
                advance(len(chunk.rows))
            parser.finish()

    def _taking(self, names: list[str]) -> AbstractContextManager[Take]:
        """Have the database work on rows while the next are read; not where it is asked meanwhile.

        It knows which of the files that rows name are there already.
        """
        into = self._connection, self._staged.table, names
        return nullcontext(partial(db.copy_rows, *into)) if self._attachments else db.copying(*into)

    @property
    def _attachments(self) -> Attachments | None:
        """Return how its rows name files, where their column is there."""
        named = self._staged.file.attachments
        return named if named and named.field in self._staged.fields else None

    def _names(self, parser: RowParser) -> Iterator[str]:
        """Name the columns that are filled; the others have what they have by default."""
        yield from (temporary.LINE, *(column.field for column in parser.columns))
        if self._attachments and not self._attachments.several:
            yield from (temporary.KEPT_AS, temporary.WEIGHT)
        further = (temporary.PUBLIC_ID, temporary.SET_ASIDE)
        yield from (name for name in further if name in self._staged.table.c)

    def _completed(self, columns: Columns) -> Columns:
        """Add what no cell says of these rows."""
        staged, count = self._staged, len(columns[temporary.LINE])
        if self._attachments:
            self._attach(self._attachments, columns)
        for marks in filter(None, columns.get(temporary.SET_ASIDE, ())):
            staged.set_aside.update(marks.split())
        columns.setdefault(temporary.SET_ASIDE, [None] * count)
        if staged.file.public:
            columns[temporary.PUBLIC_ID] = _public_ids(count)
        return columns

    def _attach(self, attachments: Attachments, columns: Columns) -> None:
        """Look at the files that the rows name, and note under which names they will be kept."""
        lines, cells = columns["line"], columns[attachments.field]
        if not attachments.several:
            kept = [
                self._look(attachments, line, name) if name else NO_FILE
                for line, name in zip(lines, cells, strict=True)
            ]
            self._mark_unread(attachments.field, columns, kept)
            columns[temporary.KEPT_AS] = [name for name, _ in kept]
            columns[temporary.WEIGHT] = [size for _, size in kept]
            return
        named = [
            (key, name, *self._look(attachments, line, name))
            for key, line, cell in zip(columns["source_id"], lines, cells, strict=True)
            if cell
            for name in cell.split(BETWEEN_NAMES)
        ]
        rows = [
            (*each, public) for each, public in zip(named, _public_ids(len(named)), strict=True)
        ]
        names = [column.name for column in temporary.ATTACHED.columns]
        db.copy_rows(self._connection, temporary.ATTACHED, names, rows)

    def _look(self, attachments: Attachments, line: int, name: str) -> tuple[str, int | None]:
        """Return the name under which a file will be kept, and its size."""
        try:
            return self._copies.look(attachments, name)
        except (FieldRefused, Unreadable) as refused:
            file = self._staged.file
            column = file.column(attachments.field)
            fault = Fault(file.name, str(refused), line, column.name, name)
            (self._told.faults if column.blocks else self._told.set_aside).add(fault)
            return NO_FILE

    def _mark_unread(
        self, field: str, columns: Columns, kept: list[tuple[str, int | None]]
    ) -> None:
        """Mark the rows whose file cannot be taken: the portal keeps the one that it has."""
        refused = [
            bool(cell) and not name for cell, (name, _) in zip(columns[field], kept, strict=True)
        ]
        if any(refused):
            marks = columns.get(temporary.SET_ASIDE) or [None] * len(kept)
            columns[temporary.SET_ASIDE] = [
                f"{mark or ' '}{field} " if is_refused else mark
                for mark, is_refused in zip(marks, refused, strict=True)
            ]

    def _make_ready(self) -> None:
        """Index the table by its key: that the database takes it as unique settles doubles."""
        table, file = self._staged.table, self._staged.file
        try:
            with self._connection.begin_nested():
                temporary.make_ready(self._connection, table, file.key, unique=not file.repeatable)
        except IntegrityError:
            self._staged.doubled = True
            temporary.make_ready(self._connection, table, file.key)


def _found_instead(source: Source) -> str:
    names = source.root()
    more = "…" if len(names) > SHOWN_NAMES else "."
    return (
        f" À la racine\u00a0: {', '.join(map(shown, names[:SHOWN_NAMES]))}{more}" if names else ""
    )


def _public_ids(count: int) -> list[str]:
    """Make many at once: asking for random bytes is what costs."""
    drawn = secrets.token_hex(count * PUBLIC_ID_CHARACTERS // 2)
    return [
        drawn[start : start + PUBLIC_ID_CHARACTERS]
        for start in range(0, len(drawn), PUBLIC_ID_CHARACTERS)
    ]
