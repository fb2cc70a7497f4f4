"""Every table, by name, and what statements say alike."""

from app.models.accounts import Account, AccountSession, Draft, EmailChange, TemporaryPassword
from app.models.billing import Allocation, Invoice, InvoiceKind, InvoiceLine, Payment
from app.models.clerks import ClerkAccount, ClerkSession, SecondFactor
from app.models.families import (
    AcceptedValue,
    Child,
    Family,
    FamilyChild,
    FamilyErasure,
    FamilyNote,
    FamilyWord,
    Guardian,
    KeptOut,
    Sex,
)
from app.models.imports import ImportRun, ImportState, ImportUpload
from app.models.messages import (
    Document,
    Message,
    MessageAttachment,
    MessageMark,
    MessageReply,
)
from app.models.operations import (
    Job,
    JobState,
    JournalEntry,
    MailState,
    OutboxMail,
    RefusedAddress,
    Throttle,
)
from app.models.parameters import FAMILY, MAY_SIGN_IN
from app.models.requests import (
    FamilyRequest,
    ReadyAnswer,
    RequestEvent,
    RequestEventKind,
    RequestFile,
    RequestState,
)
from app.models.stored_files import (
    Folder,
    StoredName,
    kind_of,
    kind_that_begins,
)

__all__ = [
    "FAMILY",
    "MAY_SIGN_IN",
    "AcceptedValue",
    "Account",
    "AccountSession",
    "Allocation",
    "Child",
    "ClerkAccount",
    "ClerkSession",
    "Document",
    "Draft",
    "EmailChange",
    "Family",
    "FamilyChild",
    "FamilyErasure",
    "FamilyNote",
    "FamilyRequest",
    "FamilyWord",
    "Folder",
    "Guardian",
    "ImportRun",
    "ImportState",
    "ImportUpload",
    "Invoice",
    "InvoiceKind",
    "InvoiceLine",
    "Job",
    "JobState",
    "JournalEntry",
    "KeptOut",
    "MailState",
    "Message",
    "MessageAttachment",
    "MessageMark",
    "MessageReply",
    "OutboxMail",
    "Payment",
    "ReadyAnswer",
    "RefusedAddress",
    "RequestEvent",
    "RequestEventKind",
    "RequestFile",
    "RequestState",
    "SecondFactor",
    "Sex",
    "StoredName",
    "TemporaryPassword",
    "Throttle",
    "kind_of",
    "kind_that_begins",
]
