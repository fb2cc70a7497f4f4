"""What each file of the import format holds: a statement whose columns are those of the file.

Of families that are here, or of those that left: an import of these would let them in again.
"""

from typing import Any

from sqlalchemy import ColumnElement, Select, literal, select
from sqlalchemy.orm import aliased

from app.models import (
    Account,
    Child,
    Document,
    Family,
    FamilyChild,
    Guardian,
    Invoice,
    InvoiceLine,
    Message,
    Payment,
)
from app.services.importing import tables
from app.services.importing.tables import SourceFile

Statement = Select[*tuple[Any, ...]]

_HERE = Family.erased_at.is_(None) & Family.archived_at.is_(None)
_GONE = Family.erased_at.is_(None) & Family.archived_at.is_not(None)
_OF_GUARDIAN = (
    "last_name", "first_name", "sex", "title", "birth_date",
    "phone", "mobile", "work_phone", "email",
)  # fmt: skip
_FIRST, _SECOND = aliased(Guardian), aliased(Guardian)
_TO_ALL_OR_ONE = ~Message.for_some & ~Message.unsent & Message.withdrawn_at.is_(None)
_GIVEN = ~Document.for_some & Document.withdrawn_at.is_(None)


def of_those_who_are_here() -> list[tuple[SourceFile, Statement]]:
    """Ask for the whole set, in the order in which it is read again."""
    return [*_of_families(_HERE), *_published(Family.id.is_(None) | _HERE)]


def of_those_who_left() -> list[tuple[SourceFile, Statement]]:
    """The same of families that left; of what was published, what was for one of them alone."""
    return [*_of_families(_GONE), *_published(_GONE)]


def _of_families(wanted: ColumnElement[bool]) -> list[tuple[SourceFile, Statement]]:
    return [
        (tables.FAMILIES, _families().where(wanted)),
        (tables.CHILDREN, _children(wanted)),
        (tables.LINKS, _links().where(wanted)),
        (tables.ACCOUNTS, _accounts().where(wanted)),
        (tables.INVOICES, _invoices().where(wanted)),
        (tables.LINES, _lines().where(wanted)),
        (tables.PAYMENTS, _payments().where(wanted)),
    ]


def _families() -> Statement:
    guardians = (
        getattr(guardian, name).label(f"{name}_{rank}")
        for rank, guardian in enumerate((_FIRST, _SECOND), 1)
        for name in _OF_GUARDIAN
    )
    return (
        select(
            Family.source_id,
            Family.number,
            Family.street,
            Family.postcode,
            Family.city,
            Family.direct_debit,
            *guardians,
        )
        .join(_FIRST, (_FIRST.family_id == Family.id) & (_FIRST.rank == 1))
        .outerjoin(_SECOND, (_SECOND.family_id == Family.id) & (_SECOND.rank == 2))  # noqa: PLR2004
        .order_by(Family.id)
    )


def _children(wanted: ColumnElement[bool]) -> Statement:
    theirs = select(FamilyChild.child_id).join(Family, Family.id == FamilyChild.family_id)
    return (
        select(
            Child.source_id,
            Child.last_name,
            Child.first_name,
            Child.sex,
            Child.birth_date,
            Child.school,
            Child.class_name,
            Child.photo,
        )
        .where(Child.erased_at.is_(None), Child.id.in_(theirs.where(wanted)))
        .order_by(Child.id)
    )


def _links() -> Statement:
    return (
        select(Family.source_id.label("family"), Child.source_id.label("child"))
        .join(FamilyChild, FamilyChild.family_id == Family.id)
        .join(Child, Child.id == FamilyChild.child_id)
        .where(Child.erased_at.is_(None))
        .order_by(Family.id, Child.id)
    )


def _accounts() -> Statement:
    return (
        select(
            Family.source_id.label("family"),
            Guardian.rank,
            Account.identifier,
            literal("").label("email"),
        )
        .join(Guardian, Guardian.family_id == Family.id)
        .join(Account, Account.guardian_id == Guardian.id)
        .where(Guardian.rank.is_not(None))
        .order_by(Account.id)
    )


def _invoices() -> Statement:
    return (
        select(
            Invoice.source_id,
            Family.source_id.label("family"),
            Invoice.number,
            Invoice.issued_on,
            Invoice.due_on,
            Invoice.amount,
            Invoice.kind,
            Invoice.label,
            Invoice.file,
        )
        .join(Family, Family.id == Invoice.family_id)
        .order_by(Invoice.id)
    )


def _lines() -> Statement:
    return (
        select(
            Invoice.source_id.label("invoice"),
            InvoiceLine.label,
            InvoiceLine.amount,
            Child.source_id.label("child"),
            InvoiceLine.quantity,
            InvoiceLine.unit_price,
        )
        .join(Invoice, Invoice.id == InvoiceLine.invoice_id)
        .join(Family, Family.id == Invoice.family_id)
        .outerjoin(Child, (Child.id == InvoiceLine.child_id) & Child.erased_at.is_(None))
        .order_by(Invoice.id, InvoiceLine.position)
    )


def _payments() -> Statement:
    return (
        select(
            Payment.source_id,
            Family.source_id.label("family"),
            Payment.paid_on,
            Payment.amount,
            Payment.mode,
            Payment.reference,
            Invoice.source_id.label("invoice"),
        )
        .join(Family, Family.id == Payment.family_id)
        .outerjoin(Invoice, Invoice.id == Payment.invoice_id)
        .order_by(Payment.id)
    )


def _published(wanted: ColumnElement[bool]) -> list[tuple[SourceFile, Statement]]:
    messages = (
        select(
            Message.source_id,
            Message.sent_on,
            Message.subject,
            Message.body,
            Family.source_id.label("family"),
            Message.sender,
            Message.answerable,
            # Their titles, which stand in a table of their own.
            Message.id.label("files"),
        )
        .outerjoin(Family, Family.id == Message.family_id)
        .where(_TO_ALL_OR_ONE, wanted)
        .order_by(Message.id)
    )
    documents = (
        select(
            Document.source_id,
            Document.title,
            Document.file,
            Document.category,
            Document.published_on,
            Family.source_id.label("family"),
        )
        .outerjoin(Family, Family.id == Document.family_id)
        .where(_GIVEN, wanted)
        .order_by(Document.id)
    )
    return [(tables.MESSAGES, messages), (tables.DOCUMENTS, documents)]
