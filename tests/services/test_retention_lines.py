"""Each line of docs/retention.md, by the clock: kept to the second, gone the second after."""

import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import db
from app.models import (
    AbsenceProof,
    AcceptedValue,
    Account,
    AccountSession,
    Attendance,
    AttendanceState,
    BookingBatch,
    BookingRefusal,
    BookingState,
    ClerkAccount,
    ClerkSession,
    CustodyDay,
    CustodyPattern,
    CustodyProposal,
    Draft,
    EmailChange,
    Feed,
    Guardian,
    HealthKind,
    HealthMark,
    ImportChange,
    ImportRun,
    ImportState,
    ImportUpload,
    Job,
    JobState,
    JournalEntry,
    MailState,
    MealOrder,
    OutboxMail,
    ProofVerdict,
    QuietWeek,
    Quotient,
    RefusedAddress,
    ReminderKind,
    ReminderSent,
    TemporaryPassword,
    Throttle,
)
from app.services import retention
from app.services.actors import PORTAL
from app.services.jobs.kinds import JobKind
from app.services.mail.kinds import MailKind
from app.services.town_hall import tonight
from tests.support.people import People
from tests.support.services import booked_by

DOCUMENT = Path(__file__).parents[2] / "docs" / "retention.md"
LINE = re.compile(r"^\| (.+?) \| (\d+) jours? \|", re.MULTILINE)
# The last second of a day: what is kept by days is kept to its end.
END = datetime(2026, 11, 22, 23, 59, 59, tzinfo=UTC)
LATER = END + timedelta(days=3_000)
SECOND = timedelta(seconds=1)
# How many of what ended then go: of some the last one stays, whose number serves nobody else.
GO = {
    "Mots de passe temporaires": 2,
    "Sessions": 2,
    "Sessions de la mairie": 2,
    "Changements d’adresse": 2,
    "Courriels de la file": 2,
    "Adresses refusées": 1,
    "Changements reportés": 1,
    "Fichiers d’import": 2,
    "Lignes d’avant l’import": 2,
    "Imports de la mairie": 1,
    "Travaux de fond": 2,
    "Compteurs d’essais": 1,
    "Brouillons": 1,
    "Fichiers des justificatifs d’absence": 1,
    "Justificatifs d’absence": 1,
    "Suites des réservations": 2,
    "Réservations": 2,
    "Envois de réservations": 1,
    "Jours refusés": 1,
    "Comptes de places": 1,
    "Inscriptions aux services": 2,
    "Rappels de semaines à réserver": 1,
    "Adresses d’agenda retirées": 1,
    "Semaines sans rappel": 1,
    "Propositions de semaines de garde": 1,
    "Jours laissés à un autre foyer": 1,
    "Quotients familiaux": 1,
    "Commandes de repas": 1,
    "Présences": 1,
    "Mentions de santé": 1,
    "Lignes du journal": 1,
    "Fichiers abandonnés": 1,
}


def written() -> dict[str, timedelta]:
    """Read the schedule as the town's register does."""
    lines = LINE.findall(DOCUMENT.read_text("utf-8"))
    return {name: timedelta(days=int(days)) for name, days in lines}


def gone(at: datetime) -> dict[str, int]:
    """Let the night come; name what went, but for the lines that other nights wrote."""
    with time_machine.travel(at, tick=False):
        return {each.plural.capitalize(): each.count for each in retention.purge(PORTAL)}


def secrets_of(account: int) -> Iterator[db.Base]:
    """One that was used, one that nobody used, one more; the same of sessions and addresses."""
    for number, used in enumerate((END, None, END)):
        yield TemporaryPassword(
            account_id=account, secret_hash=f"{number}", created_at=END,
            expires_at=LATER if used else END, used_at=used,
        )  # fmt: skip
        yield AccountSession(
            account_id=account, key_hash=f"{number}", created_at=END, last_seen_at=END
        )
        yield EmailChange(
            account_id=account, address="z@exemple.fr", created_at=END,
            expires_at=LATER if used else END, ended_at=used,
        )  # fmt: skip


def clerk_sessions(clerk: int) -> Iterator[db.Base]:
    for number in range(2):
        yield ClerkSession(
            clerk_id=clerk, key_hash=f"{number}", created_at=END, last_seen_at=END, proved_at=END
        )


def queues() -> Iterator[db.Base]:
    for state in (MailState.SENT, MailState.REFUSED, MailState.SENT):
        yield OutboxMail(
            kind=MailKind.CREDENTIALS, identifier="1", created_at=END, due_at=END,
            state=state, settled_at=END,
        )  # fmt: skip
    for done in (JobState.DONE, JobState.FAILED, JobState.DONE):
        yield Job(kind=JobKind.PURGE, state=done, created_at=END, due_at=END, settled_at=END)


def imports(session: Session, number: int) -> None:
    """One that was abandoned, of which the files go first."""
    run = ImportRun(
        source="export.zip", acted_by="Aline", received_at=END, settled_at=END,
        state=ImportState.DROPPED,
    )  # fmt: skip
    session.add(run)
    session.flush()
    session.add(ImportUpload(run_id=run.id, received_at=END, file=f"{number}.zip"))
    session.add(ImportChange(run_id=run.id, table_name="family", first=1, last=2))


def bookings(session: Session, people: People) -> None:
    """A day at the canteen, with its midday; its saving goes with the last of its days."""
    booked, child = booked_by(session, people.zest)
    booked.enrol(child, END.date(), END.date())
    session.add(Quotient(family_id=booked.family_id, first=END.date(), last=END.date()))
    booked.book(child, [END.date()], END)
    service_id, day = booked.services[0].id, END.date()
    of_service = {"service_id": service_id, "monday": day, "sent_at": END}
    session.add_all([
        Feed(account_id=booked.account_id, token_hash="x", made_at=END, ended_at=END),
        QuietWeek(family_id=booked.family_id, monday=END.date(), said_at=END),
        ReminderSent(account_id=booked.account_id, kind=ReminderKind.LAST, **of_service),
        BookingRefusal(
            batch_id=session.scalars(select(BookingBatch.id)).one(), family_id=booked.family_id,
            child_id=child.id, service_id=service_id, day=day, asked=BookingState.BOOKED,
            sentence="Trop tard.",
        ),
        MealOrder(
            service_id=service_id, day=day, at=END, acted_by="Aline", address="a@exemple.fr",
            total=1, schools={}, needs={},
        ),
        AbsenceProof(
            batch_id=session.scalars(select(BookingBatch.id)).one(), child_id=child.id,
            title="Certificat", file="x.pdf", file_size=1, received_at=END, judged_at=END,
            verdict=ProofVerdict.ACCEPTED,
        ),
        CustodyDay(child_id=child.id, day=day, family_id=booked.family_id),
        CustodyProposal(
            child_id=child.id, family_id=booked.family_id, pattern=CustodyPattern.ISO_ODD,
            handover=0, anchor=day, proposed_at=END,
        ),
        Attendance(
            child_id=child.id, service_id=service_id, day=day, state=AttendanceState.PRESENT,
            at=END, client_key="",
        ),
        HealthMark(
            child_id=child.id, kind=HealthKind.DIET, words="sans porc", until=day, written_at=END,
            acted_by="Aline",
        ),
    ])  # fmt: skip


def live(session: Session, people: People, folder: Path) -> None:
    """Write what ends then, of every line."""
    of_zest = select(Account).where(Account.identifier == people.zest.identifier)
    account = session.scalars(of_zest).one()
    guardian = session.scalars(select(Guardian).order_by(Guardian.id).limit(1)).one()
    session.add_all([*secrets_of(account.id), *queues()])
    clerk = ClerkAccount(
        public_id="1", email="a@mairie.fr", name="Aline", link_salt="x", created_at=END,
        invited_at=END,
    )  # fmt: skip
    session.add(clerk)
    session.flush()
    session.add_all(
        [
            RefusedAddress(address="z@exemple.fr", refused_at=END, reason="550"),
            *(
                AcceptedValue(
                    guardian_id=guardian.id, field=field, value="x", accepted_at=END,
                    settled_at=settled,
                )
                for field, settled in (("phone", END), ("street", None))
            ),
            *clerk_sessions(clerk.id),
            Throttle(key="somebody", count=1, expires_at=END),
            Draft(account_id=account.id, key="k", page="/demandes", expires_at=END),
            JournalEntry(at=END, event="signed_in", details={}),
        ]
    )  # fmt: skip
    bookings(session, people)
    imports(session, 1)
    imports(session, 2)
    (folder / "requests").mkdir(parents=True, exist_ok=True)
    cut = folder / "requests" / "cut.partial"
    cut.touch()
    os.utime(cut, (END.timestamp(), END.timestamp()))


def test_each_line_is_kept_to_the_second(app: Flask, people: People) -> None:
    """From the shortest to the longest; a line that is added here has no row yet, and says so."""
    schedule = written()
    assert schedule.keys() == GO.keys()
    with app.app_context():
        with db.transaction() as session:
            live(session, people, Path(app.instance_path))
        for days in sorted(set(schedule.values())):
            lines = {name for name, kept in schedule.items() if kept == days}
            before, after = gone(END + days), gone(END + days + SECOND)
            assert {name: before[name] for name in lines} == dict.fromkeys(lines, 0)
            assert {name: after[name] for name in lines} == {name: GO[name] for name in lines}
            assert not any(count for name, count in after.items() if name not in lines), days


def test_the_coming_night_is_counted_by_the_same_rules(app: Flask, people: People) -> None:
    """What « Réglages » tells is what the purge of that night removes, and it removes nothing."""
    with app.app_context():
        with db.transaction() as session:
            live(session, people, Path(app.instance_path))
        seen = 0
        for days in sorted(set(written().values())):
            with time_machine.travel(END + days, tick=False):
                told = tonight.read()
                assert tonight.read() == told
            counted = {each.plural.capitalize(): each.rows for each in told.lines}
            assert counted.items() <= gone(told.at).items()
            seen += sum(counted.values())
        assert seen >= sum(GO.values()) - GO["Fichiers abandonnés"]
