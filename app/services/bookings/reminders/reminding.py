"""Parents are reminded of a week that they have not spoken of, before it is too late to book it.

Asked every ten minutes, by any number of processes: who was told is written in the transaction that
queues the mail.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app import db, formats
from app.booking_kinds import ServiceMode
from app.db import UtcDateTime
from app.models import ReminderKind, ReminderSent, Service
from app.services.bookings import catalogue, reading, weeks
from app.services.bookings.catalogue import Catalogue
from app.services.bookings.judge import spoken
from app.services.bookings.judge.judging import judge
from app.services.bookings.judge.verdicts import Act, RemedyKind
from app.services.bookings.judge.worlds import Cell
from app.services.bookings.reminders import expecting
from app.services.mail import notices

FIRST, LAST = timedelta(hours=48), timedelta(hours=6)
# Nobody reads a mail at night, and whoever does sleeps badly.
MORNING, EVENING = time(7), time(21)
# Some towns want to know a month before.
AHEAD = timedelta(weeks=9)
AT_A_TIME = 50

_ANY = (
    select(Service.id)
    .where(Service.archived_at.is_(None), Service.mode == ServiceMode.DAYS)
    .limit(1)
)
_TOLD = select(
    ReminderSent.account_id, ReminderSent.service_id, ReminderSent.monday, ReminderSent.kind
)
_TOLD_TODAY = (
    select(ReminderSent.account_id)
    .distinct()
    .where(ReminderSent.sent_at >= bindparam("since", type_=UtcDateTime))
)


@dataclass(frozen=True, slots=True)
class _Lacking:
    """What a family lacks of a week whose limit is near."""

    monday: date
    cells: Sequence[Cell]
    # Of what is near, until when each service may be booked.
    near: dict[int, datetime]

    def kind(self, now: datetime) -> ReminderKind:
        """Tell how near the first limit is."""
        is_last = min(self.near.values()) <= now + LAST
        return ReminderKind.LAST if is_last else ReminderKind.FIRST


@dataclass(frozen=True, slots=True)
class _Reminder:
    """A mail to a parent."""

    account_id: int
    identifier: str
    kind: ReminderKind
    lacking: _Lacking
    missing: int

    @property
    def rows(self) -> list[dict[str, object]]:
        """Name what it reminds of."""
        return [
            {
                "account_id": self.account_id,
                "service_id": service_id,
                "monday": self.lacking.monday,
                "kind": self.kind,
            }
            for service_id in sorted(self.lacking.near)
        ]


def remind(now: datetime | None = None) -> int:
    """Tell those who want to be told, once; return how many mails that made."""
    now = now or datetime.now(UTC)
    if not MORNING <= now.astimezone(formats.town_zone()).time() < EVENING or not db.rows(_ANY):
        return 0
    today = formats.day_of(now)
    town = catalogue.read(today, today + AHEAD)
    near = _near(town, today, now)
    if not near:
        return 0
    reminders = iter(list(_reminders(town, near, now)))
    sent = 0
    while some := list(islice(reminders, AT_A_TIME)):
        with db.transaction() as session:
            sent += sum(_send(session, town, each, now) for each in some)
    return sent


def _near(town: Catalogue, today: date, now: datetime) -> dict[date, dict[Cell, datetime]]:
    """Find the days whose limit is near, by the Monday of their week; a cell of no child."""
    found: dict[date, dict[Cell, datetime]] = {}
    for service_id, service in town.bookable.items():
        if service.mode is not ServiceMode.DAYS:
            continue
        for day in reading.days_between(today, today + AHEAD):
            until = expecting.until_of(town, service_id, day)
            if until and now < until <= now + FIRST:
                monday = day - timedelta(days=day.weekday())
                found.setdefault(monday, {})[Cell(0, service_id, day)] = until
    return found


def _reminders(
    town: Catalogue, near: dict[date, dict[Cell, datetime]], now: datetime
) -> Iterator[_Reminder]:
    """Go through the mails to write: one for an account and day, of the first of several weeks."""
    told = {tuple(row) for row in db.rows(_TOLD.where(ReminderSent.monday.in_(sorted(near))))}
    accounts = _accounts(now)
    for family_id, lacking in _lacking(town, near, now):
        kind = lacking.kind(now)
        to_tell = [
            each
            for each in accounts.get(family_id, ())
            if not told >= {(each[0], service, lacking.monday, kind) for service in lacking.near}
        ]
        missing = _really_missing(family_id, lacking, now) if to_tell else 0
        if missing:
            del accounts[family_id]
            for account_id, identifier in to_tell:
                yield _Reminder(account_id, identifier, kind, lacking, missing)


def _accounts(now: datetime) -> dict[int, list[tuple[int, str]]]:
    """List by family who wants to be told and was not today."""
    midnight = datetime.combine(formats.day_of(now), time(), formats.town_zone())
    told_today = {account for (account,) in db.rows(_TOLD_TODAY, since=midnight.astimezone(UTC))}
    accounts: dict[int, list[tuple[int, str]]] = {}
    for account_id, identifier, family_id in db.rows(notices.who_wants_reminders()):
        if account_id not in told_today:
            accounts.setdefault(family_id, []).append((account_id, identifier))
    return accounts


def _lacking(
    town: Catalogue, near: dict[date, dict[Cell, datetime]], now: datetime
) -> Iterator[tuple[int, _Lacking]]:
    """Go through the families that lack something of what is near, the first week first."""
    for monday, limits in sorted(near.items()):
        for family_id, cells in expecting.missing(town, monday, now).items():
            of_service: dict[int, datetime] = {}
            for cell in cells:
                until = limits.get(cell._replace(child=0))
                if until:
                    known = of_service.get(cell.service, until)
                    of_service[cell.service] = min(known, until)
            if of_service:
                yield family_id, _Lacking(monday, cells, of_service)


def _really_missing(family_id: int, lacking: _Lacking, now: datetime) -> int:
    """Count what the judge would let them book, or wait for."""
    known = reading.known(family_id, *weeks.both_ends(lacking.monday))
    verdicts = [judge(Act.BOOK, cell, known.world, now) for cell in lacking.cells]
    return sum(
        each.ok or (each.remedy is not None and each.remedy.kind is RemedyKind.WAIT)
        for each in verdicts
    )


def _send(session: Session, town: Catalogue, reminder: _Reminder, now: datetime) -> bool:
    """Queue it, unless another process has."""
    rows = [{**row, "sent_at": now} for row in reminder.rows]
    written = (
        db.insert(ReminderSent)
        .values(rows)
        .on_conflict_do_nothing()
        .returning(ReminderSent.service_id)
    )
    if not session.scalars(written).all():
        return False
    service_id, until = min(reminder.lacking.near.items(), key=lambda each: each[1])
    zone = town.bookable[service_id].agenda.zone
    notices.remind_of_week(
        session,
        reminder.identifier,
        week=weeks.name_of_week(reminder.lacking.monday),
        monday=formats.bare_day(reminder.lacking.monday),
        missing=str(reminder.missing),
        until=spoken.limit(until, zone),
        short=spoken.short_limit(until, zone),
    )
    return True
