"""`service.csv`, `inscription.csv`, `garde.csv`: what the town offers, who may come, whose week.

Read and written at once, apart from families: a town sets its services up once a year. What the
files do not name stays as it is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import db
from app.booking_kinds import LinkKind
from app.models import Enrolment, Service
from app.services import journal
from app.services.actors import Actor
from app.services.bookings import waiting
from app.services.bookings.setting_up import services
from app.services.bookings.setting_up.services import Described
from app.services.importing import child_homes, custody_file, decoding
from app.services.importing.child_homes import ChildHomes
from app.services.importing.custody_file import CUSTODY
from app.services.importing.faults import Fault, ImportRefused, Told, Unreadable
from app.services.importing.parsing import RowParser
from app.services.importing.service_tables import ENROLMENTS, PERIODS, SERVICES
from app.services.importing.sources import Source, opened
from app.services.importing.tables import SourceFile
from app.services.refusals import Refusal

_LINKS = {
    "brings": LinkKind.BRINGS, "needs": LinkKind.NEEDS, "excludes": LinkKind.EXCLUDES,
}  # fmt: skip
_NOT_DESCRIBED = {"source_id", "period", *_LINKS}


@dataclass(slots=True)
class Done:
    """What came of the files."""

    services: int = 0
    enrolments: int = 0
    # Of a child, whose weeks are told.
    homes: int = 0
    # Of those, how many are new.
    new_services: int = 0
    new_enrolments: int = 0


@dataclass(slots=True)
class _Reading:
    """The rows of the files, and what is wrong in them."""

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
        name = file.column(column).name
        self.told.faults.add(Fault(file.name, remedy, row["line"], name))

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


def run(path: Path, by: Actor) -> Done:
    """Write what the files say, all or nothing.

    Raises ImportRefused with all that is to be put right.
    """
    reading = _Reading()
    with opened(path) as source:
        found = {
            file.name: reading.rows(source, file)
            for file in (SERVICES, ENROLMENTS, CUSTODY)
            if source.has(file.name)
        }
    if not found:
        reading.told.faults.add(Fault(SERVICES.name, "ce fichier manque."))
    _refuse(reading)
    done = Done()
    with db.transaction() as session:
        _write_services(session, reading, found.get(SERVICES.name, []), done)
        _refuse(reading)
        homes = child_homes.read(session)
        _write_enrolments(session, reading, homes, found.get(ENROLMENTS.name, []), done)
        done.homes = custody_file.write(session, reading.fault, homes, found.get(CUSTODY.name, []))
        _refuse(reading)
        journal.record(
            session, "services_imported", by,
            rows_created=str(done.new_services + done.new_enrolments),
            source=", ".join(found),
        )  # fmt: skip
    waiting.share_out_all()
    return done


def _refuse(reading: _Reading) -> None:
    if reading.told.faults:
        raise ImportRefused(reading.told)


def _write_services(
    session: Session, reading: _Reading, rows: list[dict[str, Any]], done: Done
) -> None:
    known = {each.source_id: each for each in session.scalars(select(Service).order_by(Service.id))}
    numbers = {each.source_id: each.id for each in known.values()}
    for row in rows:
        described = {
            name: value for name, value in row.items() if name not in _NOT_DESCRIBED | {"line"}
        }
        described["in_terms"], described["in_holidays"] = PERIODS[row["period"]]
        service = known.get(row["source_id"])
        done.services += 1
        done.new_services += service is None
        try:
            number = services.write(session, service, Described(**described), row["source_id"])
        except Refusal as refusal:
            reading.fault(SERVICES, row, "name", f"{refusal}.")
        else:
            numbers[row["source_id"]] = number
    said = {}
    for row in rows:
        others = {kind: _numbers(reading, row, name, numbers) for name, kind in _LINKS.items()}
        if row["source_id"] in numbers:
            said[numbers[row["source_id"]]] = others
    try:
        services.link(session, said)
    except Refusal as refusal:
        reading.told.faults.add(Fault(SERVICES.name, f"{refusal}."))


def _numbers(
    reading: _Reading, row: Mapping[str, Any], column: str, numbers: Mapping[str, int]
) -> frozenset[int]:
    keys = row[column] or ()
    for key in keys:
        if key not in numbers:
            reading.fault(SERVICES, row, column, f"aucun service ne s’appelle «\u00a0{key}\u00a0».")
    return frozenset(numbers[key] for key in keys if key in numbers)


def _write_enrolments(
    session: Session,
    reading: _Reading,
    homes: Mapping[str, ChildHomes],
    rows: list[dict[str, Any]],
    done: Done,
) -> None:
    found = session.execute(select(Service.source_id, Service.id).order_by(Service.id))
    offered = {source_id: number for source_id, number in found}  # noqa: C416 (rows are no pairs to mypy)
    there = {
        (each.child_id, each.service_id, each.family_id, each.first): each
        for each in session.scalars(select(Enrolment).order_by(Enrolment.id))
    }
    for row in rows:
        service, child = offered.get(row["service"]), homes.get(row["child"])
        first = date.fromisoformat(row["first"])
        last = date.fromisoformat(row["last"]) if row["last"] else None
        if service is None:
            reading.fault(ENROLMENTS, row, "service", "ce service n’est pas dans service.csv.")
        elif child is None:
            reading.fault(ENROLMENTS, row, "child", "cet enfant n’est d’aucune famille du portail.")
        elif row["family"] and row["family"] not in child.families:
            reading.fault(ENROLMENTS, row, "family", "cet enfant n’est pas de cette famille.")
        elif last and last < first:
            reading.fault(ENROLMENTS, row, "last", "la fin vient avant le début.")
        else:
            for source_id, family in child.families.items():
                if row["family"] in {None, source_id}:
                    done.enrolments += 1
                    key = (child.number, service, family, first)
                    done.new_enrolments += key not in there
                    _enrol(session, there, key, last)


def _enrol(
    session: Session,
    there: dict[tuple[int, int, int, date], Enrolment],
    key: tuple[int, int, int, date],
    last: date | None,
) -> None:
    if key not in there:
        child, service, family, first = key
        there[key] = Enrolment(child_id=child, service_id=service, family_id=family, first=first)
        session.add(there[key])
    there[key].last = last
