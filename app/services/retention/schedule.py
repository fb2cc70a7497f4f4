"""What is kept for a time only, and for how long: the schedule of docs/retention.md.

Every table has its rule, or is named among what is the town's to keep or to archive.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from app import db
from app.models import (
    AcceptedValue,
    Account,
    AccountSession,
    Allocation,
    CalendarSpan,
    Child,
    ClerkAccount,
    ClerkService,
    ClerkSession,
    ClerkWish,
    Closing,
    Custody,
    Document,
    DocumentRecipient,
    Draft,
    EmailChange,
    Family,
    FamilyChild,
    FamilyErasure,
    FamilyNote,
    FamilyRequest,
    FamilyWord,
    Guardian,
    ImportChange,
    ImportRun,
    ImportUpload,
    Invoice,
    InvoicedMonth,
    InvoiceLine,
    Job,
    JobState,
    JournalEntry,
    KeptOut,
    Message,
    MessageAttachment,
    MessageMark,
    MessageRecipient,
    MessageReply,
    MessageSending,
    OutboxMail,
    Payment,
    ReadyAnswer,
    RefusedAddress,
    RequestEvent,
    RequestFile,
    Service,
    ServiceDay,
    ServiceGroup,
    ServiceLink,
    Tariff,
    TemporaryPassword,
    Throttle,
    TypicalDay,
)  # fmt: skip
from app.services.mail.outbox import PENDING
from app.services.retention import of_bookings
from app.services.retention.rules import A_MONTH, Rule

A_DAY = timedelta(days=1)
# A mailbox that was full has room again by then; one that is gone has refused another mail.
A_SEASON = timedelta(days=90)
# Long enough for whoever asks what happened to their account, as the CNIL recommends for logs.
A_YEAR = timedelta(days=365)


class Kept(NamedTuple):
    """Rows that are not the portal's to remove: as the schedule names them, and why."""

    plural: str
    tables: tuple[type[db.Base], ...]
    reason: str


def _not_the_newest(number: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Spare the last row: SQLite would give its number again, and cookies or links hold it."""
    return number < select(func.max(number)).scalar_subquery()


def _temporary_passwords(limit: datetime) -> ColumnElement[bool]:
    row = TemporaryPassword
    return or_(row.used_at < limit, row.expires_at < limit) & _not_the_newest(row.id)


def _email_changes(limit: datetime) -> ColumnElement[bool]:
    row = EmailChange
    return or_(row.ended_at < limit, row.expires_at < limit) & _not_the_newest(row.id)


def _clerk_sessions(limit: datetime) -> ColumnElement[bool]:
    return ClerkSession.last_seen_at < limit


def _accepted(limit: datetime) -> ColumnElement[bool]:
    return AcceptedValue.settled_at < limit


def _refused(limit: datetime) -> ColumnElement[bool]:
    return RefusedAddress.refused_at < limit


def _uploads(limit: datetime) -> ColumnElement[bool]:
    return ImportUpload.received_at < limit


def _images(limit: datetime) -> ColumnElement[bool]:
    ended = select(ImportRun.id).where(ImportRun.settled_at < limit)
    return ImportChange.run_id.in_(ended)


def _mails(limit: datetime) -> ColumnElement[bool]:
    over = OutboxMail.state.not_in(PENDING) & (OutboxMail.settled_at < limit)
    return over & _not_the_newest(OutboxMail.id)


def _jobs(limit: datetime) -> ColumnElement[bool]:
    over = Job.state.in_((JobState.DONE, JobState.FAILED)) & (Job.settled_at < limit)
    return over & _not_the_newest(Job.id)


def _sessions(limit: datetime) -> ColumnElement[bool]:
    """Select sessions that ended by then, but for each account's last visit.

    What came since then is shown as new.
    """
    later = aliased(AccountSession)
    another_visit = select(1).where(
        later.account_id == AccountSession.account_id,
        later.id > AccountSession.id,
        later.last_seen_at < limit,
    )
    return (AccountSession.last_seen_at < limit) & another_visit.exists()


RULES = (
    Rule(
        "mot de passe temporaire",
        "mots de passe temporaires",
        TemporaryPassword,
        A_MONTH,
        _temporary_passwords,
    ),
    Rule("session", "sessions", AccountSession, A_MONTH, _sessions),
    Rule("session de la mairie", "sessions de la mairie", ClerkSession, A_MONTH, _clerk_sessions),
    Rule("changement d’adresse", "changements d’adresse", EmailChange, A_MONTH, _email_changes),
    Rule("courriel de la file", "courriels de la file", OutboxMail, A_MONTH, _mails),
    Rule("changement reporté", "changements reportés", AcceptedValue, A_MONTH, _accepted),
    Rule("adresse refusée", "adresses refusées", RefusedAddress, A_SEASON, _refused),
    Rule("fichier d’import", "fichiers d’import", ImportUpload, A_MONTH, _uploads),
    Rule("ligne d’avant l’import", "lignes d’avant l’import", ImportChange, A_MONTH, _images),
    Rule(
        "import de la mairie",
        "imports de la mairie",
        ImportRun,
        A_YEAR,
        lambda limit: (ImportRun.received_at < limit) & _not_the_newest(ImportRun.id),
    ),
    Rule("travail de fond", "travaux de fond", Job, A_MONTH, _jobs),
    Rule(
        "compteur d’essais",
        "compteurs d’essais",
        Throttle,
        timedelta(),
        lambda limit: Throttle.expires_at < limit,
    ),
    Rule("brouillon", "brouillons", Draft, timedelta(), lambda limit: Draft.expires_at < limit),
    *of_bookings.RULES,
    Rule(
        "ligne du journal",
        "lignes du journal",
        JournalEntry,
        A_YEAR,
        lambda limit: JournalEntry.at < limit,
    ),
)

KEPT = (
    Kept(
        "Familles, responsables et enfants",
        (Family, FamilyWord, Guardian, Child, FamilyChild, KeptOut),
        "ils suivent les fichiers de la mairie",
    ),
    Kept(
        "Semaines de garde, semaines types",
        (Custody, TypicalDay),
        "la mairie ou la famille les dit\u00a0; elles partent avec la famille que l’on efface",
    ),
    Kept("Comptes", (Account,), "ils ferment quand leur responsable quitte les fichiers"),
    Kept(
        "Notes de la mairie sur une famille",
        (FamilyNote,),
        "la mairie les écrit et les retire\u00a0; elles partent avec la famille que l’on efface",
    ),
    Kept(
        "Accès de la mairie",
        (ClerkAccount, ClerkService, ClerkWish),
        "ils signent ce que la mairie a fait",
    ),
    Kept(
        "Factures, avoirs et règlements",
        (Invoice, InvoiceLine, Payment, Allocation),
        "ils suivent les fichiers de la mairie, et les règles de la comptabilité publique",
    ),
    Kept(
        "Messages et réponses",
        (Message, MessageAttachment, MessageRecipient, MessageSending, MessageReply, MessageMark),
        "la mairie écrit aux familles et les lit\u00a0: ce sont ses archives",
    ),
    Kept(
        "Demandes et leurs pièces",
        (FamilyRequest, RequestEvent, RequestFile),
        "la mairie y répond\u00a0: ce sont ses archives",
    ),
    Kept("Modèles de réponse", (ReadyAnswer,), "ils ne disent rien d’une famille"),
    Kept(
        "Services, tarifs et calendrier",
        (
            Service,
            ServiceGroup,
            ServiceLink,
            ServiceDay,
            CalendarSpan,
            Closing,
            Tariff,
            InvoicedMonth,
        ),
        "la mairie les règle, et ils ne disent rien d’une famille",
    ),
    Kept(
        "Effacements de familles",
        (FamilyErasure,),
        "la preuve qu’ils ont été demandés et faits, sans rien de la famille",
    ),
    Kept("Documents", (Document, DocumentRecipient), "ils suivent les fichiers de la mairie"),
)
