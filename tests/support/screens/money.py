"""Money that goes back, an invoice that was cancelled, and a town that takes PayFiP."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

from flask import Flask

from app import create_app, db
from app.models import Family, Invoice, InvoiceKind, Payment
from app.services.billing import sharing
from app.settings import EXTENSION
from tests.support.browser import Browser, Page
from tests.support.people import People, public_id


def money_screens(app: Flask, people: People) -> Iterator[tuple[str, Page]]:
    """Go through them; the invoices of the cast are no more as they were."""
    yield from _payfip(app, people)
    reject(app, people)
    parent = Browser(app)
    yield "home, rejected", parent.sign_in(people.moreau)
    yield "statement, rejected", parent.get("family.statement")
    yield "invoice, rejected", parent.get("family.invoice", public_id=public_id("f60"))
    with app.app_context(), db.transaction() as session:
        session.query(Invoice).filter_by(number="59").one().kind = InvoiceKind.CANCELLED
    parent = Browser(app)
    yield "home, cancelled", parent.sign_in(people.zest)
    yield "invoice, cancelled", parent.get("family.invoice", public_id=public_id("f59"))


def reject(app: Flask, people: People) -> None:
    """Let the bank take back what MOREAU paid of invoice 60."""
    with app.app_context(), db.transaction() as session:
        family = session.query(Family).filter_by(number=people.moreau.family_number).one()
        session.add(
            Payment(
                source_id="rejected", family_id=family.id, paid_on=date(2026, 10, 14),
                invoice_id=session.query(Invoice).filter_by(number="60").one().id,
                amount=Decimal("-80.00"), mode="REJET",
            )
        )  # fmt: skip
        session.flush()
        sharing.share_anew(session.connection(), [family.id])


def _payfip(app: Flask, people: People) -> Iterator[tuple[str, Page]]:
    town = create_app(replace(app.extensions[EXTENSION], payfip_client="012345"))
    parent = Browser(town)
    parent.sign_in(people.zest)
    yield "statement, PayFiP", parent.get("family.statement")
    yield "invoice, PayFiP", parent.get("family.invoice", public_id=public_id("f59"))
    town.extensions[db.EXTENSION].dispose()
