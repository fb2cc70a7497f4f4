"""The ledger: invoices, credit notes, payments, and which paid which."""

from datetime import date
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Hundredths, TenThousandths, Thousandths, new_public_id, only
from app.models.families import choice
from app.models.stored_files import Folder, StoredName


class InvoiceKind(StrEnum):
    """A credit note (« avoir ») is an invoice the other way round; its amount stays positive.

    One that was cancelled stays to be seen, and counts for nothing.
    """

    INVOICE = "FACTURE"
    CREDIT_NOTE = "AVOIR"
    CANCELLED = "ANNULEE"


_UNPAID = only("kind = 'FACTURE' AND amount > allocated")
_PAID = only("kind = 'FACTURE' AND amount <= allocated")
_OTHER = only("kind <> 'FACTURE'")


class Invoice(Base):
    """An invoice or a credit note of a family; amounts are positive euros."""

    __tablename__ = "invoice"
    __table_args__ = (
        Index(None, "family_id", "issued_on"),
        Index(None, "issued_on", "id"),
        # What is left to pay is little of all: what looks for it says `amount > allocated`.
        Index("ix_invoice_unpaid_due_on", "due_on", "id", **_UNPAID),
        Index("ix_invoice_unpaid_family_id", "family_id", "due_on", "id", **_UNPAID),
        Index("ix_invoice_paid", "issued_on", "id", **_PAID),
        Index("ix_invoice_other", "kind", "issued_on", "id", **_OTHER),
        CheckConstraint("amount >= 0", name="amount"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=new_public_id)
    source_id: Mapped[str] = mapped_column(String(40), unique=True)
    family_id: Mapped[int] = mapped_column(ForeignKey("family.id"))
    kind: Mapped[InvoiceKind] = mapped_column(choice(InvoiceKind, "kind"))
    number: Mapped[str] = mapped_column(String(40), index=True)
    issued_on: Mapped[date]
    due_on: Mapped[date]
    amount: Mapped[Decimal] = mapped_column(Hundredths)
    # The sum of its allocations, kept by whatever shares money: what is left to pay is found by it.
    allocated: Mapped[Decimal] = mapped_column(
        Hundredths, default=Decimal("0.00"), server_default=text("0")
    )
    label: Mapped[str] = mapped_column(String(200), default="")
    # The PDF, when the town gave one.
    file: Mapped[str] = mapped_column(StoredName(Folder.INVOICES), default="")


class InvoiceLine(Base):
    """A line of an invoice; the lines of an invoice, when given, add up to its amount."""

    __tablename__ = "invoice_line"
    __table_args__ = (UniqueConstraint("invoice_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"))
    position: Mapped[int]
    child_id: Mapped[int | None] = mapped_column(ForeignKey("child.id"))
    label: Mapped[str] = mapped_column(String(200))
    quantity: Mapped[Decimal | None] = mapped_column(Thousandths)
    unit_price: Mapped[Decimal | None] = mapped_column(TenThousandths)
    amount: Mapped[Decimal] = mapped_column(Hundredths)


class Payment(Base):
    """Money received from a family (« règlement »); negative, it goes back to it."""

    __tablename__ = "payment"
    __table_args__ = (
        Index(None, "family_id", "paid_on"),
        Index(None, "paid_on", "id"),
        Index("ix_payment_going_back", "paid_on", "id", **only("amount < 0")),
        CheckConstraint("amount <> 0", name="amount"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[str] = mapped_column(String(40), unique=True)
    family_id: Mapped[int] = mapped_column(ForeignKey("family.id"))
    # The invoice it was meant for, or is taken back from; without one it pays the oldest unpaid.
    invoice_id: Mapped[int | None] = mapped_column(ForeignKey("invoice.id"))
    paid_on: Mapped[date]
    amount: Mapped[Decimal] = mapped_column(Hundredths)
    mode: Mapped[str] = mapped_column(String(40), default="")
    reference: Mapped[str] = mapped_column(String(100), default="")


class Allocation(Base):
    """How much of a payment, or of a credit note, went to an invoice (« ventilation »).

    Negative of a payment that goes back: the invoice is due again.
    """

    __tablename__ = "allocation"
    __table_args__ = (
        CheckConstraint("amount <> 0", name="amount"),
        CheckConstraint("(payment_id IS NULL) <> (credit_note_id IS NULL)", name="one_source"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"), index=True)
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"), index=True)
    credit_note_id: Mapped[int | None] = mapped_column(ForeignKey("invoice.id"), index=True)
    amount: Mapped[Decimal] = mapped_column(Hundredths)
