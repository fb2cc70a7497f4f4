"""What an attestation says was paid for each child."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import db
from app.models import Allocation, Child, Family, Invoice, InvoiceKind, InvoiceLine, Payment
from app.services.billing import certificates
from app.services.billing.certificates import Certificate
from app.services.billing.child_parts import split
from tests.support.people import People, public_id

ADAM, SOFIA, NOBODY = "e3", "e4", None
amounts = st.integers(-100_000, 100_000).map(lambda cents: Decimal(cents).scaleb(-2))
names = st.none() | st.sampled_from(["Adam", "Sofia", "Jules"])


class Town:
    """Invoices the GARNIERs, and takes their money."""

    def __init__(self, session: Session, people: People) -> None:
        """Find them."""
        self.session = session
        wanted = select(Family.id).where(Family.number == people.karim.family_number)
        self.family_id = session.scalars(wanted).one()

    def invoices(self, number: str, *lines: tuple[str | None, str]) -> Invoice:
        """Invoice so much for each child."""
        day = date(2025, 12, 1)
        invoice = Invoice(
            source_id=number, public_id=public_id(number), family_id=self.family_id,
            kind=InvoiceKind.INVOICE, number=number, issued_on=day, due_on=day,
            amount=sum((Decimal(amount) for _, amount in lines), Decimal(0)), label="",
        )  # fmt: skip
        self.session.add(invoice)
        self.session.flush()
        for position, (child, amount) in enumerate(lines):
            whose = select(Child.id).where(Child.source_id == child)
            self.session.add(
                InvoiceLine(
                    invoice_id=invoice.id, position=position, label="Cantine",
                    amount=Decimal(amount), child_id=self.session.scalars(whose).one_or_none(),
                )
            )  # fmt: skip
        return invoice

    def receives(self, day: date, amount: str, *, of: Invoice | None) -> None:
        """Take money, for an invoice or for none."""
        payment = Payment(
            source_id=f"{day}", family_id=self.family_id, paid_on=day, amount=Decimal(amount)
        )
        self.session.add(payment)
        self.session.flush()
        if of is not None:
            self.session.add(
                Allocation(invoice_id=of.id, payment_id=payment.id, amount=payment.amount)
            )

    def attests(self, year: int) -> Certificate:
        """Attest what was paid in a year."""
        self.session.commit()
        certificate = certificates.read(self.family_id, str(year))
        assert certificate is not None
        return certificate


@pytest.fixture
def town(app: Flask, people: People, clock: datetime) -> Iterator[Town]:
    """The town hall, in November 2026."""
    with app.app_context():
        yield Town(db.session(), people)


def told(certificate: Certificate) -> list[tuple[str, str]]:
    return [(part.name, str(part.amount)) for part in certificate.by_child]


def test_each_child_has_the_part_of_its_lines(town: Town) -> None:
    """A third of the invoice was paid: a third of each child's, and the cent left to the eldest."""
    invoice = town.invoices("G1", (ADAM, "20.00"), (SOFIA, "8.00"), (NOBODY, "2.00"))
    town.receives(date(2026, 1, 5), "10.00", of=invoice)
    certificate = town.attests(2026)
    assert told(certificate) == [("Adam GARNIER", "6.67"), ("Sofia GARNIER", "2.67")]
    assert certificate.not_by_child == Decimal("0.66")


def test_a_year_counts_what_was_paid_in_it(town: Town) -> None:
    """One invoice, paid in two years; what paid no invoice is for no child."""
    invoice = town.invoices("G1", (ADAM, "20.00"), (SOFIA, "20.00"))
    town.receives(date(2025, 12, 20), "30.00", of=invoice)
    town.receives(date(2026, 1, 5), "10.00", of=invoice)
    town.receives(date(2026, 2, 5), "7.00", of=None)
    assert told(town.attests(2025)) == [("Adam GARNIER", "15.00"), ("Sofia GARNIER", "15.00")]
    assert told(town.attests(2026)) == [("Adam GARNIER", "5.00"), ("Sofia GARNIER", "5.00")]
    assert town.attests(2026).not_by_child == Decimal("7.00")


def test_a_rebate_is_taken_off_the_child_s_part(town: Town) -> None:
    invoice = town.invoices("G1", (ADAM, "20.00"), (SOFIA, "20.00"), (SOFIA, "-10.00"))
    town.receives(date(2026, 1, 5), "30.00", of=invoice)
    assert told(town.attests(2026)) == [("Adam GARNIER", "20.00"), ("Sofia GARNIER", "10.00")]


@given(amounts, st.dictionaries(names, amounts))
def test_no_cent_is_lost_nor_made(amount: Decimal, weights: dict[str | None, Decimal]) -> None:
    parts = split(amount, weights)
    if sum(weights.values()):
        assert sum(parts.values()) == amount
        assert all(part.as_tuple().exponent == -2 for part in parts.values())
    else:
        assert parts == {}
