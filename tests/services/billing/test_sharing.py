"""Money is shared again in the families that are named, and in no other."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select

from app import db
from app.models import Allocation, Family, Invoice, Payment
from app.services.billing import sharing
from tests.support.people import People, Person


@pytest.fixture(autouse=True)
def app_context(app: Flask, people: People) -> Iterator[None]:
    """The cast is settled."""
    with app.app_context():
        yield


def family_id(person: Person) -> int:
    found = select(Family.id).where(Family.number == person.family_number)
    return db.session().scalars(found).one()


def pay(person: Person, amount: str) -> None:
    """Receive money, as something other than an import would."""
    with db.transaction() as session:
        session.add(
            Payment(
                source_id=f"p{person.identifier}{amount}",
                family_id=family_id(person),
                paid_on=date(2026, 11, 20),
                amount=Decimal(amount),
                mode="CB",
            )
        )


def share(*families: Person) -> None:
    with db.transaction() as session:
        sharing.share_anew(session.connection(), [family_id(each) for each in families])


def paid() -> dict[str, Decimal]:
    """Read what each invoice got, which the invoice says too."""
    rows = db.session().execute(
        select(Invoice.number, Allocation.amount).join(
            Allocation, Allocation.invoice_id == Invoice.id
        )
    )
    shares: dict[str, Decimal] = {}
    for number, amount in rows:
        shares[number] = shares.get(number, Decimal(0)) + amount
    said = select(Invoice.number, Invoice.allocated).where(Invoice.allocated != Decimal(0))
    assert {row.number: row.allocated for row in db.session().execute(said)} == shares
    return shares


def test_a_payment_reaches_the_invoice_of_its_family(people: People) -> None:
    pay(people.zest, "100.00")
    share(people.zest)
    assert paid() == {"59": Decimal("100.00"), "60": Decimal("84.20")}


def test_the_other_families_are_left_alone(people: People) -> None:
    """Two families got money; one is shared anew."""
    pay(people.zest, "100.00")
    pay(people.claire, "10.00")
    share(people.claire)
    assert paid() == {"60": Decimal("84.20"), "62": Decimal("10.00")}


def test_sharing_twice_changes_nothing(people: People) -> None:
    before = paid()
    share(people.moreau, people.zest, people.claire, people.marc)
    share(people.moreau, people.zest, people.claire, people.marc)
    assert paid() == before


def test_what_a_payment_paid_is_due_again_without_it(people: People) -> None:
    """A payment that goes takes its shares along, those of a credit note stay."""
    with db.transaction() as session:
        payment = session.scalars(select(Payment).where(Payment.source_id == "r60")).one()
        session.query(Allocation).filter_by(payment_id=payment.id).delete()
        session.delete(payment)
    share(people.moreau)
    assert paid() == {"60": Decimal("4.20")}
