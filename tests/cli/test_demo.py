"""Someone tries the portal on an invented town."""

from datetime import date
from decimal import Decimal

from flask import Flask
from sqlalchemy import func, or_, select

from app import db
from app.models import Account, Child, Family, FamilyChild, Guardian, Invoice, Message

GUIDES_FAMILY = "3816231"


def launch(app: Flask, *arguments: str) -> str:
    """Run `flask demo` and return what it prints."""
    result = app.test_cli_runner().invoke(args=["demo", *arguments])
    assert result.exit_code == 0, result.output
    return result.output


def test_the_family_of_the_guides_is_there(app: Flask) -> None:
    """The town holds, to the letter, the family that the printed guides show."""
    launch(app)
    with app.app_context():
        family = db.session().scalars(select(Family).where(Family.number == GUIDES_FAMILY)).one()
        account = (
            db.session()
            .scalars(select(Account).join(Guardian).where(Guardian.family_id == family.id))
            .one()
        )
        guardian = account.guardian
        child = (
            db.session()
            .scalars(select(Child).join(FamilyChild).where(FamilyChild.family_id == family.id))
            .one()
        )
        invoice = db.session().scalars(select(Invoice).where(Invoice.family_id == family.id)).one()
        messages = db.session().scalar(
            select(func.count(Message.id)).where(
                or_(Message.family_id.is_(None), Message.family_id == family.id)
            )
        )
    assert (guardian.title, guardian.first_name, guardian.last_name) == ("Madame", "PAYS", "ZEST")
    assert account.identifier == "38162386"
    assert (child.first_name, child.sex, child.birth_date) == ("PAYS", "M", date(2016, 11, 8))
    assert (invoice.number, invoice.amount) == ("59", Decimal("891.35"))
    assert (invoice.issued_on, invoice.due_on) == (date(2016, 11, 8), date(2016, 11, 8))
    assert messages == 2
