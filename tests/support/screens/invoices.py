"""The money of every family at the town hall, in its states: owed, late, paid, going back."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import db
from app.formats import today
from app.models import Family, Invoice, InvoiceKind, InvoiceLine, Payment
from app.services.billing import sharing
from app.testing import Outbox
from tests.support.browser import Browser, Page
from tests.support.clerks import settle, sign_in_by_mail
from tests.support.people import public_id

Screens = Iterator[tuple[str, Page]]
KINDS = {"avoir": InvoiceKind.CREDIT_NOTE, "annulee": InvoiceKind.CANCELLED}
# Whose they are (one has no name any more), amount, due in how many days.
GIVEN = (
    ("retard", "3816231", "40.00", -40),
    ("a-venir", "3816231", "25.00", 20),
    ("rejetee", "510002", "30.00", -10),
    ("payee", "510002", "12.50", -30),
    ("payee-2", "510002", "5.00", -29),
    ("payee-3", "510002", "5.00", -28),
    ("payee-4", "510002", "5.00", -27),
    ("avoir", "500001", "8.00", -5),
    ("deduite", "500001", "8.00", -5),
    ("annulee", "500001", "9.00", -5),
    ("partie", "540006", "11.00", -60),
    ("sans-nom", "V1", "7.00", -3),
)


def settle_money(app: Flask) -> None:
    """Have an invoice of each state; and one payment of four, and one that went back."""
    with app.app_context(), db.transaction() as session:
        nobody = Family(source_id="V1", number="V1")
        session.add(nobody)
        session.flush()
        families = {each.source_id: each.id for each in session.scalars(select(Family))}
        session.execute(
            update(Family).where(Family.source_id == "3816231").values(direct_debit=True)
        )
        ids = {}
        for name, family, amount, days in GIVEN:
            invoice = _invoice(session, name, families[family], Decimal(amount), days)
            ids[name] = invoice.id
        session.add(
            InvoiceLine(
                invoice_id=ids["retard"], position=1, label="Cantine", amount=Decimal("40.00")
            )
        )
        paid = {"family_id": families["510002"], "paid_on": today() - timedelta(days=20)}
        session.add(
            Payment(source_id="m1", amount=Decimal("27.50"), mode="CB", reference="A12", **paid)
        )
        rejected = {"family_id": families["510002"], "invoice_id": ids["rejetee"]}
        for source_id, amount, days in (("m2", "30.00", 9), ("m3", "-30.00", 2)):
            session.add(
                Payment(
                    source_id=source_id,
                    amount=Decimal(amount),
                    mode="PRLV" if days > 2 else "REJET",
                    paid_on=today() - timedelta(days=days),
                    **rejected,
                )
            )
        session.add(
            Payment(
                source_id="m4",
                family_id=nobody.id,
                amount=Decimal("1.00"),
                mode="",
                paid_on=today(),
            )
        )
        session.flush()
        sharing.share_anew(session.connection(), list(families.values()))


def money_of_all_screens(app: Flask, office: Browser) -> Screens:
    """Go through them as whoever may do everything, then as the Régie."""
    settle_money(app)
    yield "invoices", office.get("town_hall.invoices")
    yield "invoices, none like it", office.visit("/mairie/factures?famille=xylophone")
    for name in ("retard", "a-venir", "rejetee", "payee", "avoir", "annulee", "sans-nom"):
        yield f"town hall, invoice, {name}", _open(office, name)
    yield "payments", office.get("town_hall.payments")
    page = office.get("town_hall.late_payers")
    yield "late payers", page
    yield "late payers, none chosen", page.submit("Écrire un rappel")
    [tick] = page.soup.select("#tout")
    yield "late payers, reminded", page.fill({str(tick["name"]): True}).submit("Écrire un rappel")
    treasury = Browser(app)
    remi = settle(app, "remi@commune.fr", "Rémi Cuvier", "regie", by_mail=True)
    sign_in_by_mail(treasury, remi, Outbox(app))
    yield "late payers, for the Régie", treasury.get("town_hall.late_payers")


def _open(office: Browser, name: str) -> Page:
    return office.get("town_hall.invoice", public_id=public_id(name))


def _invoice(session: Session, name: str, family_id: int, amount: Decimal, days: int) -> Invoice:
    due_on = today() + timedelta(days=days)
    invoice = Invoice(
        source_id=name,
        public_id=public_id(name),
        family_id=family_id,
        kind=KINDS.get(name, InvoiceKind.INVOICE),
        number=f"{name.upper()}-26",
        issued_on=due_on - timedelta(days=25),
        due_on=due_on,
        amount=amount,
        label="Cantine et garderie" if amount > Decimal(10) else "",
    )
    session.add(invoice)
    session.flush()
    return invoice
