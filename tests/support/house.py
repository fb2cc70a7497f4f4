"""A family's children, and its account with the town hall."""

import secrets
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import (
    Account,
    Allocation,
    Child,
    FamilyChild,
    Folder,
    Invoice,
    InvoiceKind,
    InvoiceLine,
    Payment,
)
from app.services.billing import sharing
from app.services.files.stores import store
from tests.support.people import public_id

# What each file is said to weigh: nobody weighs them here.
WEIGHT = 12_345


class House:
    """Fills the tables for one guardian: children, and what was invoiced and paid."""

    def __init__(
        self, session: Session, account: Account, mark: str, year: int, count: int
    ) -> None:
        self.session = session
        self.account_id = account.id
        self.identifier = account.identifier
        self.family_id = account.guardian.family_id
        self.mark = mark
        self.year = year
        self.count = count
        self.now = datetime.now(UTC)

    @property
    def numbers(self) -> range:
        """Count from 1."""
        return range(1, self.count + 1)

    def key(self, what: str, number: int) -> str:
        """Name a thing for the town's software."""
        return f"{self.mark} {what} {number}"

    def day(self, number: int) -> date:
        """Return a day of the year."""
        return date(self.year, 1, 1) + timedelta(days=number)

    def file(self, folder: Folder, number: int, suffix: str = ".pdf") -> str:
        """Store a file; return its name."""
        name = f"{self.mark}-{secrets.token_hex(4)}{suffix}"
        words = f"Contenu {folder.folder} {self.mark} {number}"
        store().put(folder, name, (f"%PDF-1.7\n{words}\n%%EOF".encode(),))
        return name

    def children(self) -> list[Child]:
        """Give the family's eldest a photo, and brothers and sisters."""
        eldest = self.session.scalars(
            select(Child)
            .join(FamilyChild, FamilyChild.child_id == Child.id)
            .where(FamilyChild.family_id == self.family_id)
            .order_by(Child.id)
        ).first()
        assert eldest is not None
        eldest.photo = eldest.photo or self.file(Folder.PHOTOS, 1, ".jpg")
        others = [
            Child(
                source_id=self.key("enfant", number),
                first_name=f"Enfant {number}",
                last_name=self.mark,
                photo=self.file(Folder.PHOTOS, number, ".jpg"),
            )
            for number in self.numbers[1:]
        ]
        self.session.add_all(others)
        self.session.flush()
        self.session.add_all(
            FamilyChild(family_id=self.family_id, child_id=child.id) for child in others
        )
        return [eldest, *others]

    def ledger(self, child: Child) -> list[Invoice]:
        """Write invoices, of which each payment pays a part of the first; then what was used."""
        invoices = [
            self._invoice(number, Decimal(f"{self.year}.17") if number == 1 else Decimal("3.00"))
            for number in self.numbers
        ]
        payments = [
            Payment(
                source_id=self.key("règlement", number),
                family_id=self.family_id,
                paid_on=self.day(number),
                amount=Decimal("1.01"),
                mode="CHEQUE",
                reference=f"{self.mark}-R{number}",
            )
            for number in self.numbers
        ]
        self.session.add_all([*invoices, *payments])
        self.session.flush()
        self.session.add_all(
            Allocation(invoice_id=invoices[0].id, payment_id=payment.id, amount=payment.amount)
            for payment in payments
        )
        self.session.flush()
        sharing.add_up(self.session.connection())
        self.session.add_all(
            InvoiceLine(
                invoice_id=invoices[0].id,
                position=number,
                child_id=child.id,
                label=f"Garderie {self.mark} {number}",
                amount=Decimal("1.00"),
            )
            for number in self.numbers
        )
        return invoices

    def invoice_with_file(self) -> Invoice:
        """Write an invoice that the town printed itself."""
        invoice = self._invoice(0, Decimal("1.00"))
        invoice.file = self.file(Folder.INVOICES, 1)
        self.session.add(invoice)
        self.session.flush()
        return invoice

    def _invoice(self, number: int, amount: Decimal) -> Invoice:
        return Invoice(
            source_id=self.key("facture", number),
            public_id=public_id(self.key("facture", number)),
            family_id=self.family_id,
            kind=InvoiceKind.INVOICE,
            number=f"{self.mark}-F{number}",
            issued_on=self.day(number),
            due_on=self.day(number),
            amount=amount,
            label=f"Accueil {self.mark} {number}",
        )
