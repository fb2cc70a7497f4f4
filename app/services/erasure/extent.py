"""What goes with a family, table by table, in the order that the database allows.

Rows whose numbers stand in links, or that invoices need, are emptied: no number serves twice.
"""

from datetime import datetime

from sqlalchemy import (
    Select,
    String,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    true,
)  # fmt: skip

from app.db import UtcDateTime
from app.models import (
    AcceptedValue,
    Account,
    AccountSession,
    Attendance,
    Child,
    Document,
    DocumentRecipient,
    Draft,
    EmailChange,
    Family,
    FamilyChild,
    FamilyNote,
    FamilyRequest,
    FamilyWord,
    Folder,
    Guardian,
    HealthMark,
    ImportChange,
    Invoice,
    InvoiceLine,
    JournalEntry,
    KeptOut,
    MailState,
    Message,
    MessageAttachment,
    MessageMark,
    MessageRecipient,
    MessageReply,
    MessageSending,
    OutboxMail,
    RefusedAddress,
    RequestEvent,
    RequestFile,
    TemporaryPassword,
)
from app.services.erasure import of_bookings
from app.services.erasure.steps import Emptied, Gone, Step, Untied
from app.services.mail.outbox import PENDING
from app.services.requests.kinds import ACCOUNT_DELETION

_IS_THE_REASON = FamilyRequest.kind == ACCOUNT_DELETION


class Extent:
    """What of the tables is a family's, and what becomes of it."""

    def __init__(self, family_id: int, now: datetime) -> None:
        """Erase this family at this instant."""
        self.family_id = family_id
        self.now = literal(now, UtcDateTime())
        self.guardians = select(Guardian.id).where(Guardian.family_id == family_id)
        self.accounts = select(Account.id).where(Account.guardian_id.in_(self.guardians))
        self.identifiers = select(Account.identifier).where(Account.guardian_id.in_(self.guardians))
        self.addresses = select(Guardian.email).where(Guardian.family_id == family_id)
        self.messages = select(Message.id).where(Message.family_id == family_id)
        self.requests = select(FamilyRequest.id).where(FamilyRequest.family_id == family_id)
        # What asked for it stays, emptied: the town hall answered.
        self.reasons = self.requests.where(_IS_THE_REASON)
        self.children = _only_children(family_id)

    def steps(self) -> tuple[Step, ...]:
        """Say what to do, in order."""
        # It holds what they were, and keeps their photo: nothing is undone after an erasure anyway.
        return (
            Gone(ImportChange, true()),
            *self._access(),
            *self._words(),
            *of_bookings.steps(self.family_id),
            *self._people(),
        )

    def files(self) -> tuple[tuple[Folder, Select[str]], ...]:
        """Select the stored files that nothing is to name afterwards."""
        return (
            (Folder.PHOTOS, select(Child.photo).where(Child.id.in_(self.children))),
            (
                Folder.REQUESTS,
                select(RequestFile.file).where(RequestFile.request_id.in_(self.requests)),
            ),
            (
                Folder.MESSAGES,
                select(MessageAttachment.file).where(
                    MessageAttachment.message_id.in_(self.messages)
                ),
            ),
            (Folder.PROOFS, of_bookings.proof_files(self.family_id)),
            (Folder.DOCUMENTS, select(Document.file).where(Document.family_id == self.family_id)),
        )

    def _access(self) -> tuple[Step, ...]:
        """How they come in, and what they are written."""
        return (
            Gone(AccountSession, AccountSession.account_id.in_(self.accounts)),
            Gone(Draft, Draft.account_id.in_(self.accounts)),
            Gone(RefusedAddress, RefusedAddress.address.in_(self.addresses)),
            Emptied(
                TemporaryPassword,
                TemporaryPassword.account_id.in_(self.accounts),
                {"used_at": func.coalesce(TemporaryPassword.used_at, self.now)},
            ),
            Emptied(
                EmailChange,
                EmailChange.account_id.in_(self.accounts),
                {"address": "", "ended_at": func.coalesce(EmailChange.ended_at, self.now)},
            ),
            Emptied(
                OutboxMail,
                OutboxMail.identifier.in_(self.identifiers),
                {
                    "identifier": "",
                    "address": "",
                    "context": {},
                    "last_error": "",
                    "state": case(
                        (
                            OutboxMail.state.in_(PENDING),
                            literal(MailState.ARCHIVED, OutboxMail.state.type),
                        ),
                        else_=OutboxMail.state,
                    ),
                    "settled_at": func.coalesce(OutboxMail.settled_at, self.now),
                },
            ),
            Emptied(
                JournalEntry,
                or_(
                    JournalEntry.account_id.in_(self.accounts),
                    JournalEntry.details["identifier"].as_string().in_(self.identifiers),
                ),
                {"account_id": None, "address": "", "request_id": "", "details": {}},
            ),
        )

    def _words(self) -> tuple[Step, ...]:
        """What they asked, wrote and were given to read."""
        return (
            Gone(
                AcceptedValue,
                or_(
                    AcceptedValue.guardian_id.in_(self.guardians),
                    AcceptedValue.family_id == self.family_id,
                    AcceptedValue.child_id.in_(self.children),
                ),
            ),
            Untied(AcceptedValue.request_id, AcceptedValue.request_id.in_(self.requests)),
            Gone(RequestFile, RequestFile.request_id.in_(self.requests)),
            Gone(
                RequestEvent,
                RequestEvent.request_id.in_(self.requests)
                & RequestEvent.request_id.not_in(self.reasons),
            ),
            Emptied(
                RequestEvent,
                RequestEvent.request_id.in_(self.reasons),
                {"text": "", "before": None},
            ),
            Gone(FamilyRequest, (FamilyRequest.family_id == self.family_id) & ~_IS_THE_REASON),
            Emptied(FamilyRequest, FamilyRequest.id.in_(self.reasons), {"details": {}}),
            Gone(
                MessageMark,
                MessageMark.account_id.in_(self.accounts)
                | MessageMark.message_id.in_(self.messages),
            ),
            Gone(
                MessageReply,
                (MessageReply.family_id == self.family_id)
                | MessageReply.message_id.in_(self.messages),
            ),
            Gone(
                MessageRecipient,
                (MessageRecipient.family_id == self.family_id)
                | MessageRecipient.message_id.in_(self.messages),
            ),
            Gone(MessageSending, MessageSending.message_id.in_(self.messages)),
            Gone(MessageAttachment, MessageAttachment.message_id.in_(self.messages)),
            Gone(Message, Message.family_id == self.family_id),
            Gone(DocumentRecipient, DocumentRecipient.family_id == self.family_id),
            Gone(Document, Document.family_id == self.family_id),
        )

    def _people(self) -> tuple[Step, ...]:
        """Who they are."""
        return (
            Emptied(
                Child,
                Child.id.in_(self.children),
                {
                    "first_name": "Enfant",
                    "last_name": "effacé",
                    "sex": None,
                    "birth_date": None,
                    "school": "",
                    "class_name": "",
                    "photo": "",
                    "erased_at": self.now,
                },
            ),
            Gone(Attendance, Attendance.child_id.in_(self.children)),
            Gone(HealthMark, HealthMark.child_id.in_(self.children)),
            Gone(FamilyChild, FamilyChild.family_id == self.family_id),
            Gone(KeptOut, KeptOut.family_id == self.family_id),
            Gone(FamilyNote, FamilyNote.family_id == self.family_id),
            Gone(FamilyWord, FamilyWord.family_id == self.family_id),
            Emptied(
                Account,
                Account.guardian_id.in_(self.guardians),
                {
                    # No digits alone: nobody types it.
                    "identifier": literal("effacé ") + cast(Account.id, String),
                    "password_hash": None,
                    "password_changed_at": None,
                    "archived_at": self.now,
                    "invited_at": None,
                    "invitations": 0,
                    "closed_at": None,
                    "mail_messages": False,
                    "mail_invoices": False,
                    "mail_requests": False,
                    "mail_reminders": False,
                },
            ),
            Emptied(
                Guardian,
                Guardian.family_id == self.family_id,
                {
                    # The first one stays in place: papers begin with a name.
                    "rank": case((Guardian.rank == 1, 1), else_=null()),
                    "title": "",
                    "first_name": "Famille",
                    "last_name": "effacée",
                    "sex": None,
                    "birth_date": None,
                    "phone": "",
                    "mobile": "",
                    "work_phone": "",
                    "email": "",
                    "email_confirmed_at": None,
                },
            ),
            Emptied(
                Family,
                Family.id == self.family_id,
                {
                    "street": "",
                    "postcode": "",
                    "city": "",
                    "direct_debit": False,
                    "folded_name": "",
                    "archived_at": func.coalesce(Family.archived_at, self.now),
                    "erased_at": self.now,
                },
            ),
        )


def _only_children(family_id: int) -> Select[int]:
    """Select those that no other family has, nor was ever invoiced for."""
    theirs = select(FamilyChild.child_id).where(FamilyChild.family_id == family_id)
    taken_out = select(KeptOut.child_id).where(KeptOut.family_id == family_id)
    elsewhere = select(FamilyChild.child_id).where(FamilyChild.family_id != family_id)
    invoiced = (
        select(InvoiceLine.child_id)
        .join(Invoice, Invoice.id == InvoiceLine.invoice_id)
        .where(Invoice.family_id != family_id, InvoiceLine.child_id.is_not(None))
    )
    return select(Child.id).where(
        or_(Child.id.in_(theirs), Child.id.in_(taken_out)),
        Child.id.not_in(elsewhere),
        Child.id.not_in(invoiced),
    )
