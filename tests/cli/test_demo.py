"""Someone tries the portal on an invented town."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from flask import Flask
from sqlalchemy import func, or_, select

import config
from app import create_app, db
from app.cli.demo import RECENT_INVOICES
from app.formats import today
from app.models import (
    Account,
    Child,
    Family,
    FamilyChild,
    Guardian,
    Invoice,
    InvoiceKind,
    Message,
    Payment,
)

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


def test_the_town_is_as_varied_as_a_real_one(app: Flask) -> None:
    """One family for each thing that a screen must be able to show."""
    launch(app)
    with app.app_context():
        session = db.session()
        families = session.scalars(select(Family)).all()
        balances = {family.number: balance(family.id) for family in families}
        guardians = session.scalars(select(Guardian)).all()
        shared = session.scalars(
            select(FamilyChild.child_id).group_by(FamilyChild.child_id).having(func.count() > 1)
        ).all()
        invoices = session.scalars(select(func.count(Invoice.id)).group_by(Invoice.family_id)).all()
        overdue = session.scalars(
            select(Invoice).where(
                Invoice.due_on.between(today() - timedelta(days=60), today() - timedelta(days=1)),
                Invoice.number.in_([number for number, *_ in RECENT_INVOICES]),
            )
        ).all()
    assert len(families) == 12
    assert sum(guardian.rank == 2 for guardian in guardians) >= 2
    assert len(shared) == 1
    assert 60 in invoices
    assert balances[GUIDES_FAMILY] == Decimal("-891.35")
    assert any(balance > 0 for balance in balances.values())
    assert any(balance == 0 for balance in balances.values())
    assert any(guardian.email == "" for guardian in guardians)
    assert any(family.direct_debit for family in families)
    assert len(overdue) == 1


def balance(family_id: int) -> Decimal:
    """What the ledger says: negative when the family owes."""
    session, zero = db.session(), Decimal(0)
    of_family = Invoice.family_id == family_id
    paid = session.scalar(select(func.sum(Payment.amount)).where(Payment.family_id == family_id))
    credit = session.scalar(
        select(func.sum(Invoice.amount)).where(of_family, Invoice.kind == InvoiceKind.CREDIT_NOTE)
    )
    due = session.scalar(
        select(func.sum(Invoice.amount)).where(of_family, Invoice.kind == InvoiceKind.INVOICE)
    )
    return (paid or zero) + (credit or zero) - (due or zero)


def test_every_address_of_the_town_is_invented(app: Flask) -> None:
    """No real mailbox will ever receive anything from a demonstration."""
    launch(app)
    with app.app_context():
        emails = db.session().scalars(select(Guardian.email).where(Guardian.email != "")).all()
    assert {email.rpartition("@")[2] for email in emails} == {"exemple.fr", "example.org"}


def test_the_banner_says_what_to_type(app: Flask) -> None:
    """Address, identifiant, the button, and where the mail will be."""
    printed = launch(app)
    for told in ("http://localhost", "38162386", "Mot de passe oublié", "dans ce terminal"):
        assert told in printed


def test_a_town_is_never_loaded_over_another(app: Flask) -> None:
    """Somebody's real families are left alone."""
    launch(app)
    again = app.test_cli_runner().invoke(args=["demo"])
    assert again.exit_code == 1
    assert "rien n’a été changé" in again.stderr
    assert "La ville est déjà là." in launch(app, "--if-empty")


def test_production_has_no_demonstration(tmp_path: Path) -> None:
    """A town's portal refuses it before it touches the database."""
    app = create_app(
        config.Production(
            instance=tmp_path, secret_key="k" * 32, public_url="https://portail.exemple.fr"
        )
    )
    result = app.test_cli_runner().invoke(args=["demo", "--if-empty"])
    assert result.exit_code == 1
    assert "production" in result.stderr
    app.extensions["portail.engine"].dispose()
