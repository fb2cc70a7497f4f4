"""The rows of a file that is read at once, and what is wrong in them: a town has few of those."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.services.importing import decoding
from app.services.importing.faults import Fault, ImportRefused, Told, Unreadable
from app.services.importing.parsing import RowParser
from app.services.importing.sources import Source
from app.services.importing.tables import SourceFile


@dataclass(slots=True)
class Reading:
    """What is read, and what is wrong."""

    told: Told = field(default_factory=Told)

    def rows(self, source: Source, file: SourceFile) -> list[dict[str, Any]]:
        """Read a file that is there."""
        try:
            return list(self._rows(source, file))
        except Unreadable as fault:
            self.told.faults.add(Fault(file.name, str(fault), fault.line))
            return []

    def fault(self, file: SourceFile, row: Mapping[str, Any], column: str, remedy: str) -> None:
        """Note what no cell can tell alone."""
        name, value = file.column(column).name, row[column]
        written = value if isinstance(value, str) else None
        self.told.faults.add(Fault(file.name, remedy, row["line"], name, written))

    def refuse(self) -> None:
        """Raise ImportRefused when anything is wrong."""
        if self.told.faults:
            raise ImportRefused(self.told)

    def _rows(self, source: Source, file: SourceFile) -> Iterator[dict[str, Any]]:
        with source.open(file.name) as stream:
            survey = decoding.survey(stream)
        parser = RowParser(file, self.told)
        with source.open(file.name) as stream:
            chunks = decoding.chunks(stream, survey.encoding)
            header = next(chunks, decoding.NOTHING)
            if not parser.read_header(header):
                return
            given = {column.field for column in file.columns} - {
                column.field for column in parser.columns
            }
            missing = {each: file.column(each).kind.missing for each in given}
            for chunk in chunks:
                columns = parser.parse(chunk)
                for cells in zip(*columns.values(), strict=True):
                    yield missing | dict(zip(columns, cells, strict=True))
            parser.finish()
