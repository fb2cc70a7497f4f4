"""Every table, by name."""

from app.models.accounts import Account, AccountSession, TemporaryPassword
from app.models.billing import Allocation, Invoice, InvoiceKind, InvoiceLine, Payment
from app.models.families import Child, Family, FamilyChild, Guardian, Sex
from app.models.messages import Document, Message, MessageRead
from app.models.operations import JournalEntry, MailState, OutboxMail, Throttle

__all__ = [
    "Account",
    "AccountSession",
    "Allocation",
    "Child",
    "Document",
    "Family",
    "FamilyChild",
    "Guardian",
    "Invoice",
    "InvoiceKind",
    "InvoiceLine",
    "JournalEntry",
    "MailState",
    "Message",
    "MessageRead",
    "OutboxMail",
    "Payment",
    "Sex",
    "TemporaryPassword",
    "Throttle",
]
