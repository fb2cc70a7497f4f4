"""What the town offers, who may come, what is booked: files that are read apart from families.

Read at once, all or nothing: a town sets its services up once a year. What the files do not name
stays as it is.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import db
from app.booking_kinds import LinkKind
from app.formats import ended, plural
from app.models import Child, Service
from app.services import journal
from app.services.actors import Actor
from app.services.bookings import invoicing, taking_over
from app.services.bookings.groups import group_work
from app.services.bookings.judge.worlds import Cell
from app.services.bookings.setting_up import services
from app.services.bookings.setting_up.services import Described
from app.services.bookings.taking_over import Said, Taken
from app.services.importing import (
    booking_file,
    calendar_file,
    child_homes,
    closing_file,
    closing_rows,
    custody_days_file,
    custody_file,
    enrolment_file,
    group_file,
    invoiced_file,
    offered_services,
    service_images,
    service_recording,
    tariff_files,
)
from app.services.importing.booking_file import BOOKINGS
from app.services.importing.calendar_file import CALENDAR
from app.services.importing.closing_file import CLOSINGS, Closing
from app.services.importing.custody_days_file import DAYS, PROPOSALS
from app.services.importing.custody_file import CUSTODY
from app.services.importing.faults import Fault
from app.services.importing.group_file import GROUPS
from app.services.importing.invoiced_file import INVOICED
from app.services.importing.read_at_once import Reading
from app.services.importing.service_tables import ENROLMENTS, PERIODS, SERVICES
from app.services.importing.sources import opened
from app.services.importing.tariff_files import QUOTIENTS, TARIFFS
from app.services.importing.unread import nothing_to_read
from app.services.refusals import Reason, Refusal

FILES = (
    SERVICES, CALENDAR, TARIFFS, GROUPS, ENROLMENTS, CUSTODY, DAYS, PROPOSALS, QUOTIENTS,
    BOOKINGS, CLOSINGS, INVOICED,
)  # fmt: skip
_LINKS = {
    "brings": LinkKind.BRINGS, "needs": LinkKind.NEEDS, "excludes": LinkKind.EXCLUDES,
}  # fmt: skip
_NOT_DESCRIBED = {"source_id", "period", *_LINKS}
TOO_MANY = (
    "Ces fichiers ont plus de {}\u00a0: coupez-les en plusieurs, par mois par exemple, ou "
    "demandez à la personne du serveur\u00a0: flask services importer."
)
Rows = Mapping[str, list[dict[str, Any]]]


class _Rehearsed(Exception):  # noqa: N818 (the end of a rehearsal, not a bug)
    """All was written, to be taken back."""


@dataclass(slots=True)
class Done:
    """What came of the files."""

    services: int = 0
    # Of services, that have places of their own.
    groups: int = 0
    enrolments: int = 0
    # Of a child, whose weeks are told.
    homes: int = 0
    # Of a child, left by a home to another; weeks that one proposes.
    left_days: int = 0
    proposals: int = 0
    # Of those, how many are new.
    new_services: int = 0
    new_enrolments: int = 0
    # Lines of the calendar, and days booked, that were not so before.
    calendar: int = 0
    bookings: int = 0
    # What days cost, and by what families pay, that was not so before.
    tariffs: int = 0
    quotients: int = 0
    # Days of services that close.
    closings: int = 0
    # Months that change no more.
    invoiced: int = 0
    # Days that stay as they are in the portal, told in French.
    left: list[str] = field(default_factory=list)
    # Of the history; none of a rehearsal.
    number: int = 0
    # No day was booked, closed or invoiced by them.
    is_undoable: bool = False

    @property
    def words(self) -> list[str]:
        """Count them in French."""
        told = [
            f"{plural(self.services, 'service')} (dont {self.new_services} de plus)",
            f"{plural(self.enrolments, 'inscription')} (dont {self.new_enrolments} de plus)",
        ]
        others = (
            (self.groups, "groupe", "groupes"),
            (self.homes, "foyer à semaines dites", "foyers à semaines dites"),
            (self.left_days, "jour laissé à un foyer", "jours laissés à un foyer"),
            (self.proposals, "proposition de semaines", "propositions de semaines"),
            (self.calendar, "ligne de calendrier de plus", "lignes de calendrier de plus"),
            (self.tariffs, "ligne de tarif changée", "lignes de tarif changées"),
            (self.quotients, "quotient changé", "quotients changés"),
            (self.bookings, "jour réservé ou rendu", "jours réservés ou rendus"),
            (self.closings, "jour de service fermé", "jours de service fermés"),
            (self.invoiced, "mois facturé de plus", "mois facturés de plus"),
        )
        return told + [plural(count, one, many) for count, one, many in others if count]


@dataclass(slots=True)
class _Later:
    """What is written once services are: whoever books locks in an order of their own."""

    bookings: dict[Cell, Said] = field(default_factory=dict)
    closings: list[Closing] = field(default_factory=list)
    invoiced: list[date] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.bookings or self.closings or self.invoiced)


def run(path: Path, by: Actor, *, rehearses: bool = False, most_rows: int | None = None) -> Done:
    """Write what the files say, all or nothing; or write nothing, and tell what would be.

    Raises ImportRefused with all that is to be put right, and Refusal where there are more than
    `most_rows`.
    """
    reading = Reading()
    with opened(path) as source:
        found = {file.name: reading.rows(source, file) for file in FILES if source.has(file.name)}
        given = source.root()
    if not found:
        for fault in nothing_to_read(given, [file.name for file in FILES]):
            reading.told.faults.add(fault)
    reading.refuse()
    if most_rows is not None and sum(map(len, found.values())) > most_rows:
        raise Refusal(Reason.TOO_MANY, TOO_MANY.format(plural(most_rows, "ligne")))
    done = Done()
    with suppress(_Rehearsed):
        with db.transaction() as session:
            if not rehearses:
                service_images.keep_aside(session.connection())
            later = _write(session, reading, found, done)
            if rehearses:
                taken = Taken()
                for week in taking_over.weeks(later.bookings):
                    taking_over.write(session, week, by, taken)
                _tell(taken, done)
                left = closing_rows.still_open(session, later.closings)
                done.closings = sum(closing_rows.marks(each) for each in left)
                done.invoiced = len(later.invoiced)
                raise _Rehearsed
            names, done.is_undoable = ", ".join(found), not later
            done.number = service_recording.record(
                session, names, by, done.words, is_whole=done.is_undoable
            )
            journal.record(
                session, "services_imported", by,
                rows_created=str(done.new_services + done.new_enrolments),
                source=names, run=str(done.number),
            )  # fmt: skip
        group_work.follow_all()
        _book_by_weeks(later, by, done)
        to_close = closing_rows.still_open(db.session(), later.closings)
        done.closings = closing_rows.close(to_close, by)
        group_work.share_out_all()
        # Last: nothing of these months changes from then on.
        done.invoiced = invoicing.take_over(later.invoiced, by)
        if later:
            with db.transaction() as session:
                service_recording.tell(session, done.number, done.words, done.left, is_whole=False)
    return done


def _write(session: Session, reading: Reading, found: Rows, done: Done) -> _Later:
    """Write the services and who may come; return what is booked of them, and when they close."""
    _write_services(session, reading, found.get(SERVICES.name, []), done)
    done.calendar = calendar_file.write(session, reading.fault, found.get(CALENDAR.name, []))
    reading.refuse()
    homes, offered = child_homes.read(session), offered_services.read(session)
    done.groups = group_file.write(session, reading.fault, offered, found.get(GROUPS.name, []))
    reading.refuse()
    done.enrolments, done.new_enrolments = enrolment_file.write(
        session,
        reading.fault,
        homes,
        offered,
        group_file.named(session),
        found.get(ENROLMENTS.name, []),
    )
    done.homes = custody_file.write(session, reading.fault, homes, found.get(CUSTODY.name, []))
    done.left_days = custody_days_file.write_days(
        session, reading.fault, homes, found.get(DAYS.name, [])
    )
    done.proposals = custody_days_file.write_proposals(
        session, reading.fault, homes, found.get(PROPOSALS.name, [])
    )
    done.tariffs = tariff_files.write_tariffs(
        session, reading.fault, offered, found.get(TARIFFS.name, [])
    )
    quotients = found.get(QUOTIENTS.name, [])
    done.quotients = tariff_files.write_quotients(session, reading.fault, quotients)
    booked = found.get(BOOKINGS.name, [])
    later = _Later(
        booking_file.read(reading.fault, homes, offered, booked),
        closing_file.read(reading.fault, offered, found.get(CLOSINGS.name, [])),
        invoiced_file.read(reading.fault, found.get(INVOICED.name, [])),
    )
    reading.refuse()
    session.flush()
    return later


def _book_by_weeks(later: _Later, by: Actor, done: Done) -> None:
    """Write a week at once, so that nobody waits for a year; sent again, it goes on."""
    taken = Taken()
    for week in taking_over.weeks(later.bookings):
        with db.transaction() as session:
            taking_over.write(session, week, by, taken)
    _tell(taken, done)


def _tell(taken: Taken, done: Done) -> None:
    done.bookings = taken.changed
    children = {each.cell.child for each in taken.left}
    found = db.session().scalars(
        select(Child).where(Child.id.in_(sorted(children))).order_by(Child.id)
    )
    names = {each.id: f"{each.first_name} {each.last_name}" for each in found}
    done.left = [taking_over.told(each, names[each.cell.child]) for each in taken.left]


def _write_services(
    session: Session, reading: Reading, rows: list[dict[str, Any]], done: Done
) -> None:
    known = {each.source_id: each for each in session.scalars(select(Service).order_by(Service.id))}
    on_screen = offered_services.added_on_screen(session, {row["source_id"] for row in rows})
    numbers = offered_services.read(session) | {key: each.id for key, each in known.items()}
    for row in rows:
        described = {
            name: value for name, value in row.items() if name not in _NOT_DESCRIBED | {"line"}
        }
        described["in_terms"], described["in_holidays"] = PERIODS[row["period"]]
        service = known.get(row["source_id"]) or on_screen.pop(row["name"], None)
        if service is not None:
            # What was added on screen has the name that the software gives it from now on.
            service.source_id = row["source_id"]
        # What the screen said stays where the file says nothing of it.
        described["opens_at"] = row["opens_at"] or (service and service.opens_at)
        done.services += 1
        done.new_services += service is None
        try:
            number = services.write(session, service, Described(**described), row["source_id"])
        except Refusal as refusal:
            reading.fault(SERVICES, row, "name", ended(str(refusal)))
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
        reading.told.faults.add(Fault(SERVICES.name, ended(str(refusal))))


def _numbers(
    reading: Reading, row: Mapping[str, Any], column: str, numbers: Mapping[str, int]
) -> frozenset[int]:
    keys = row[column] or ()
    for key in keys:
        if key not in numbers:
            reading.fault(SERVICES, row, column, f"aucun service ne s’appelle «\u00a0{key}\u00a0».")
    return frozenset(numbers[key] for key in keys if key in numbers)
