"""« Relevé de compte », its invoices and its certificates, in their states."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import time_machine
from flask import Flask

from app import db
from app.models import Allocation, Child, Family, Invoice, InvoiceKind, InvoiceLine, Payment
from tests.support.browser import Browser, Page
from tests.support.people import People, public_id

DUE_DAY = datetime(2016, 11, 8, 11, 0, tzinfo=UTC)
FIRST_DAY = date(2024, 9, 16)
INVOICES, DAYS_BETWEEN = 70, 9
# Enough for pages that the links leave out.
MANY, DAYS_BETWEEN_MANY = 160, 4


def statement_screens(app: Flask, people: People) -> Iterator[tuple[str, Page]]:
    """Paid up, never paid, paid by a credit note; then two years of a large family."""
    for name, source_id in (("moreau", "f60"), ("moreau", "f61")):
        parent = Browser(app)
        parent.sign_in(getattr(people, name))
        page = parent.get("family.invoice", public_id=public_id(source_id))
        yield f"invoice, {source_id}", page
    yield "statement, all settled", parent.get("family.statement", filtre="non-soldees")
    yield "certificates", parent.get("family.certificates")
    with time_machine.travel(DUE_DAY, tick=False):
        parent = Browser(app)
        parent.sign_in(people.zest)
        yield "invoice, not yet due", parent.get("family.invoice", public_id=public_id("f59"))
    parent = Browser(app)
    parent.sign_in(people.zest)
    yield "statement, not settled", parent.get("family.statement", filtre="non-soldees")
    yield "certificates, none", parent.get("family.certificates")
    yield "statement, one year", parent.get("family.statement", annee="2016-2017")
    two_years(app, people, MANY, DAYS_BETWEEN_MANY)
    parent = Browser(app)
    parent.sign_in(people.karim)
    yield "statement, long", parent.get("family.statement")
    yield "statement, in its middle", parent.get("family.statement", page="4")
    yield "statement, long year", parent.get("family.statement", annee="2024-2025")
    yield "statement, its end", parent.get("family.statement", annee="2024-2025", page="9")
    yield "invoice, partly paid", parent.get("family.invoice", public_id=public_id("g3"))
    yield "child, whose invoices say all", parent.get("family.child", public_id=public_id("e3"))


def two_years(
    app: Flask, people: People, count: int = INVOICES, days_between: int = DAYS_BETWEEN
) -> None:
    """Write invoices of the GARNIER family, 10 € each, every third one half paid only."""
    with app.app_context(), db.transaction() as session:
        family = session.query(Family).filter_by(number=people.ines.family_number).one()
        children = (
            session.query(Child).filter(Child.source_id.in_(["e3", "e4"])).order_by(Child.id).all()
        )
        family.direct_debit = True
        for number in range(count):
            day = FIRST_DAY + timedelta(days=days_between * number)
            invoice = Invoice(
                source_id=f"g{number}",
                public_id=public_id(f"g{number}"),
                family_id=family.id,
                kind=InvoiceKind.INVOICE,
                number=f"G{number}",
                issued_on=day,
                due_on=day + timedelta(days=30),
                amount=Decimal("10.00"),
                label="Accueil périscolaire",
            )
            payment = Payment(
                source_id=f"p{number}",
                family_id=family.id,
                paid_on=day + timedelta(days=12),
                amount=Decimal("10.00"),
                mode="PRELEVEMENT",
                reference=f"SEPA {number}",
            )
            session.add_all([invoice, payment])
            session.flush()
            share = Decimal("10.00") if number % 3 else Decimal("5.00")
            session.add(Allocation(invoice_id=invoice.id, payment_id=payment.id, amount=share))
            invoice.allocated = share
            session.add_all(_lines(invoice, children))


def _lines(invoice: Invoice, children: list[Child]) -> Iterator[InvoiceLine]:
    services = ("Garderie du matin", "Pause méridienne")
    for position in range(4):
        yield InvoiceLine(
            invoice_id=invoice.id,
            position=position,
            child_id=children[position % 2].id,
            label=services[position // 2],
            quantity=Decimal("2.50") if position else None,
            unit_price=Decimal("1.00") if position else None,
            amount=Decimal("2.50"),
        )
