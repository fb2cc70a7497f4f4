"""Money that goes back, an invoice that was cancelled, and a town that takes PayFiP."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

from flask import Flask
from sqlalchemy.orm import Session

from app import create_app, db
from app.models import Invoice, InvoiceKind, Payment
from app.services.billing import sharing
from app.settings import EXTENSION
from tests.support.browser import Browser, Page
from tests.support.people import People, public_id


def money_screens(app: Flask, people: People) -> Iterator[tuple[str, Page]]:
    """Go through them; the invoices of the cast are no more as they were."""
    yield from _payfip(app, people)
    reject(app)
    parent = Browser(app)
    yield "home, rejected", parent.sign_in(people.moreau)
    yield "statement, rejected", parent.get("family.statement")
    yield "invoice, rejected", parent.get("family.invoice", public_id=public_id("f60"))
    with app.app_context(), db.transaction() as session:
        _invoice(session, "f59").kind = InvoiceKind.CANCELLED
    parent = Browser(app)
    yield "home, cancelled", parent.sign_in(people.zest)
    yield "invoice, cancelled", parent.get("family.invoice", public_id=public_id("f59"))


def reject(app: Flask) -> None:
    """Let the bank take back what MOREAU paid of invoice 60."""
    with app.app_context(), db.transaction() as session:
        invoice = _invoice(session, "f60")
        session.add(
            Payment(
                source_id="rejected", family_id=invoice.family_id, paid_on=date(2026, 10, 14),
                invoice_id=invoice.id, amount=Decimal("-80.00"), mode="REJET",
            )
        )  # fmt: skip
        session.flush()
        sharing.share_anew(session.connection(), [invoice.family_id])


def _invoice(session: Session, source_id: str) -> Invoice:
    return session.query(Invoice).filter_by(public_id=public_id(source_id)).one()


def _payfip(app: Flask, people: People) -> Iterator[tuple[str, Page]]:
    town = create_app(replace(app.extensions[EXTENSION], payfip_client="012345"))
    parent = Browser(town)
    parent.sign_in(people.zest)
    yield "statement, PayFiP", parent.get("family.statement")
    yield "invoice, PayFiP", parent.get("family.invoice", public_id=public_id("f59"))
    town.extensions[db.EXTENSION].dispose()
