"""The ledger says what a family owes, to the cent, on both databases."""

from decimal import Decimal

from flask import Flask
from sqlalchemy import select

from app import db
from app.models import Family
from app.services.billing import ledger, statement
from tests.support.people import People, Person


def family_id(person: Person) -> int:
    found = select(Family.id).where(Family.number == person.family_number)
    return db.session().scalars(found).one()


def balance(person: Person) -> Decimal:
    found = db.session().scalar(select(ledger.BALANCE), {"family_id": family_id(person)})
    assert isinstance(found, Decimal)
    return found


def test_the_balance_is_in_euros(app: Flask, people: People) -> None:
    """Owed is negative, paid up is nothing, paid ahead is positive."""
    with app.app_context():
        assert balance(people.zest) == Decimal("-891.35")
        assert balance(people.moreau) == Decimal("0.00")
        assert balance(people.marc) == Decimal("12.00")


def test_what_is_left_to_pay_is_in_euros(app: Flask, people: People) -> None:
    with app.app_context():
        (unpaid,) = ledger.unpaid_invoices(family_id(people.zest))
        assert (unpaid.number, unpaid.amount_due) == ("59", Decimal("891.35"))
        assert isinstance(unpaid.amount_due, Decimal)
        assert ledger.unpaid_invoices(family_id(people.moreau)) == []


def test_the_statement_ends_on_the_balance(app: Flask, people: People) -> None:
    with app.app_context():
        for person in (people.zest, people.moreau, people.claire, people.marc):
            lines = statement.whole(family_id(person), "").lines
            assert lines[-1].balance == balance(person)
