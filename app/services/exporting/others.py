"""What the import format has no file for, as tables to read: an import leaves them alone."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import select

from app.formats import WEEKDAYS
from app.models import (
    AbsenceProof,
    Account,
    Booking,
    BookingBatch,
    BookingEvent,
    BookingRefusal,
    Child,
    Custody,
    Document,
    DocumentRecipient,
    Enrolment,
    Family,
    FamilyNote,
    FamilyRequest,
    Folder,
    Guardian,
    Invoice,
    Message,
    MessageRecipient,
    MessageReply,
    RequestEvent,
    RequestFile,
    Service,
    TypicalDay,
)
from app.services.bookings import words
from app.services.exporting.statements import Statement
from app.services.exporting.writing import plain
from app.services.requests import moving
from app.services.requests.kinds import BY_KEY

FOLDER = "autres"


class Other(NamedTuple):
    """A table: the name of its file, its headings, the statement that its rows come from."""

    name: str
    headings: Sequence[str]
    statement: Statement
    # What is to be read of a row, when it is not the row itself.
    told: Callable[[Any], Sequence[Any]] = list
    # Where the files lie that its rows name.
    folder: Folder | None = None

    def rows(self, found: Iterable[Any]) -> Iterator[list[str]]:
        """Write them."""
        for row in found:
            yield [plain(value) for value in self.told(row)]


def _request(row: Any) -> Sequence[Any]:
    kind, state = BY_KEY[row.kind], moving.state_words(row.kind, row.state)
    answers = json.dumps(row.details, ensure_ascii=False)
    return (row.id, kind.label, *row[2:6], state, row.sent_at, row.expected_on, answers)


def _event(row: Any) -> Sequence[Any]:
    return (row.request_id, row.at, moving.event_words(row.of, row.kind), row.acted_by, row.text)


def _custody(row: Any) -> Sequence[Any]:
    return (*row[:2], words.WEEKS[row.pattern], WEEKDAYS[row.handover], row.anchor)


def _typical_day(row: Any) -> Sequence[Any]:
    return (*row[:2], words.PARITIES[row.parity], WEEKDAYS[row.weekday], row.name)


def _booking(row: Any) -> Sequence[Any]:
    late = "oui" if row.late else "non"
    return (*row[:4], words.STATES[row.state], words.ORIGINS[row.origin], late)


def _booking_event(row: Any) -> Sequence[Any]:
    before = words.STATES.get(row.old, "")
    what = words.EVENTS[row.kind]
    late = "oui" if row.late else "non"
    return (*row[:5], what, before, words.STATES[row.new], row.acted_by, row.sentence, late)


def _refusal(row: Any) -> Sequence[Any]:
    return (*row[:5], words.STATES[row.asked], row.sentence)


def _proof(row: Any) -> Sequence[Any]:
    return (*row[:4], words.VERDICTS.get(row.verdict, ""), *row[5:])


_KEPT = Family.erased_at.is_(None)
_CHILD = (Child.first_name + " " + Child.last_name).label("child")
_REQUESTS = Other(
    "demandes.csv",
    (
        "n°", "sorte", "famille", "de", "enfant", "facture", "état", "envoyée", "promise",
        "réponses du formulaire",
    ),
    select(
        FamilyRequest.id, FamilyRequest.kind, Family.number, Guardian.full_name, _CHILD,
        Invoice.number.label("invoice"), FamilyRequest.state, FamilyRequest.sent_at,
        FamilyRequest.expected_on, FamilyRequest.details,
    )
    .join(Family, Family.id == FamilyRequest.family_id)
    .join(Account, Account.id == FamilyRequest.account_id)
    .join(Guardian, Guardian.id == Account.guardian_id)
    .outerjoin(Child, Child.id == FamilyRequest.child_id)
    .outerjoin(Invoice, Invoice.id == FamilyRequest.invoice_id)
    .where(_KEPT)
    .order_by(FamilyRequest.id),
    _request,
)  # fmt: skip
_EVENTS = Other(
    "suites-des-demandes.csv",
    ("demande", "quand", "quoi", "par la mairie", "texte"),
    select(
        RequestEvent.request_id, RequestEvent.at, RequestEvent.kind, RequestEvent.acted_by,
        RequestEvent.text, FamilyRequest.kind.label("of"),
    )
    .join(FamilyRequest, FamilyRequest.id == RequestEvent.request_id)
    .join(Family, Family.id == FamilyRequest.family_id)
    .where(_KEPT, RequestEvent.undone_at.is_(None))
    .order_by(RequestEvent.request_id, RequestEvent.id),
    _event,
)  # fmt: skip
_PIECES = Other(
    "pieces.csv",
    ("demande", "titre", "fichier", "ajoutée"),
    select(RequestFile.request_id, RequestFile.title, RequestFile.file, RequestFile.added_at)
    .join(FamilyRequest, FamilyRequest.id == RequestFile.request_id)
    .join(Family, Family.id == FamilyRequest.family_id)
    .where(_KEPT)
    .order_by(RequestFile.id),
    folder=Folder.REQUESTS,
)
_REPLIES = Other(
    "reponses.csv",
    ("message", "famille", "quand", "de", "par la mairie", "texte"),
    select(
        Message.source_id, Family.number, MessageReply.written_at, Guardian.full_name,
        MessageReply.acted_by, MessageReply.body,
    )
    .join(Message, Message.id == MessageReply.message_id)
    .join(Family, Family.id == MessageReply.family_id)
    .outerjoin(Account, Account.id == MessageReply.account_id)
    .outerjoin(Guardian, Guardian.id == Account.guardian_id)
    .where(_KEPT)
    .order_by(MessageReply.id),
)  # fmt: skip
_NOTES = Other(
    "notes.csv",
    ("famille", "quand", "par", "texte"),
    select(Family.number, FamilyNote.written_at, FamilyNote.acted_by, FamilyNote.body)
    .join(Family, Family.id == FamilyNote.family_id)
    .where(_KEPT)
    .order_by(FamilyNote.id),
)
_MESSAGES = Other(
    "messages-a-quelques-familles.csv",
    ("message", "date", "objet", "texte", "famille"),
    select(Message.source_id, Message.sent_on, Message.subject, Message.body, Family.number)
    .join(MessageRecipient, MessageRecipient.message_id == Message.id)
    .join(Family, Family.id == MessageRecipient.family_id)
    .where(_KEPT, ~Message.unsent, Message.withdrawn_at.is_(None))
    .order_by(Message.id, Family.id),
)
_DOCUMENTS = Other(
    "documents-a-quelques-familles.csv",
    ("titre", "fichier", "rubrique", "date", "famille"),
    select(Document.title, Document.file, Document.category, Document.published_on, Family.number)
    .join(DocumentRecipient, DocumentRecipient.document_id == Document.id)
    .join(Family, Family.id == DocumentRecipient.family_id)
    .where(_KEPT, Document.withdrawn_at.is_(None))
    .order_by(Document.id, Family.id),
    folder=Folder.DOCUMENTS,
)
_ENROLMENTS = Other(
    "inscriptions.csv",
    ("service", "enfant", "famille", "du", "au"),
    select(Service.name, _CHILD, Family.number, Enrolment.first, Enrolment.last)
    .join(Service, Service.id == Enrolment.service_id)
    .join(Child, Child.id == Enrolment.child_id)
    .join(Family, Family.id == Enrolment.family_id)
    .where(_KEPT)
    .order_by(Enrolment.id),
)
_CUSTODY = Other(
    "gardes.csv",
    ("enfant", "famille", "semaines", "jour de passage", "comptées depuis"),
    select(_CHILD, Family.number, Custody.pattern, Custody.handover, Custody.anchor)
    .join(Child, Child.id == Custody.child_id)
    .join(Family, Family.id == Custody.family_id)
    .where(_KEPT)
    .order_by(Custody.child_id, Custody.family_id),
    _custody,
)
_TYPICAL_WEEKS = Other(
    "semaines-types.csv",
    ("enfant", "famille", "semaines", "jour", "service"),
    select(_CHILD, Family.number, TypicalDay.parity, TypicalDay.weekday, Service.name)
    .join(Service, Service.id == TypicalDay.service_id)
    .join(Child, Child.id == TypicalDay.child_id)
    .join(Family, Family.id == TypicalDay.family_id)
    .where(_KEPT)
    .order_by(
        TypicalDay.child_id, TypicalDay.family_id, TypicalDay.parity, TypicalDay.weekday,
        Service.position, Service.id,
    ),
    _typical_day,
)  # fmt: skip
_BOOKINGS = Other(
    "reservations.csv",
    ("jour", "service", "enfant", "famille", "état", "origine", "hors délai"),
    select(
        Booking.day, Service.name, _CHILD, Family.number, Booking.state, Booking.origin,
        Booking.late,
    )
    .join(Service, Service.id == Booking.service_id)
    .join(Child, Child.id == Booking.child_id)
    .join(Family, Family.id == Booking.family_id)
    .where(_KEPT)
    .order_by(Booking.day, Service.position, Booking.service_id, Booking.child_id),
    _booking,
)  # fmt: skip
_BOOKING_EVENTS = Other(
    "suites-des-reservations.csv",
    (
        "quand", "jour", "service", "enfant", "famille", "quoi", "avant", "après",
        "par la mairie", "texte", "hors délai",
    ),
    select(
        BookingEvent.at, Booking.day, Service.name, _CHILD, Family.number, BookingEvent.kind,
        BookingEvent.old, BookingEvent.new, BookingBatch.acted_by, BookingEvent.sentence,
        BookingEvent.late,
    )
    .join(Booking, Booking.id == BookingEvent.booking_id)
    .join(Service, Service.id == Booking.service_id)
    .join(Child, Child.id == Booking.child_id)
    .join(Family, Family.id == BookingEvent.family_id)
    .outerjoin(BookingBatch, BookingBatch.id == BookingEvent.batch_id)
    .where(_KEPT)
    .order_by(BookingEvent.at, BookingEvent.id),
    _booking_event,
)  # fmt: skip
_REFUSALS = Other(
    "jours-refuses.csv",
    ("quand", "jour", "service", "enfant", "famille", "demandé", "texte"),
    select(
        BookingBatch.at, BookingRefusal.day, Service.name, _CHILD, Family.number,
        BookingRefusal.asked, BookingRefusal.sentence,
    )
    .join(BookingBatch, BookingBatch.id == BookingRefusal.batch_id)
    .join(Service, Service.id == BookingRefusal.service_id)
    .join(Child, Child.id == BookingRefusal.child_id)
    .join(Family, Family.id == BookingRefusal.family_id)
    .where(_KEPT)
    .order_by(BookingRefusal.id),
    _refusal,
)  # fmt: skip
# Without the papers, which speak of health and go two months after the answer.
_PROOFS = Other(
    "justificatifs-d-absence.csv",
    ("reçu", "absence déclarée", "enfant", "famille", "réponse", "motif", "quand", "par la mairie"),
    select(
        AbsenceProof.received_at, BookingBatch.at, _CHILD, Family.number, AbsenceProof.verdict,
        AbsenceProof.reason, AbsenceProof.judged_at, AbsenceProof.acted_by,
    )
    .join(BookingBatch, BookingBatch.id == AbsenceProof.batch_id)
    .join(Child, Child.id == AbsenceProof.child_id)
    .join(Family, Family.id == BookingBatch.family_id)
    .where(_KEPT)
    .order_by(AbsenceProof.id),
    _proof,
)  # fmt: skip
ALL = (
    _REQUESTS, _EVENTS, _PIECES, _REPLIES, _NOTES, _MESSAGES, _DOCUMENTS, _ENROLMENTS, _CUSTODY,
    _TYPICAL_WEEKS, _BOOKINGS, _BOOKING_EVENTS, _REFUSALS, _PROOFS,
)  # fmt: skip
