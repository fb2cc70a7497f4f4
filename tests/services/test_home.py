"""The home page's figures: few statements, and to the cent what the ledger says."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count

from flask import Flask
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from app import db
from app.models import Account, Family, Guardian, Invoice, InvoiceKind, Payment
from app.services import home as service
from app.services.actors import CurrentAccount
from app.services.billing import ledger, sharing, statement
from tests.support.browser import Browser
from tests.support.databases import selects, statements_of
from tests.support.people import People

MOST_STATEMENTS = 6
FIRST_DAY = date(2025, 9, 1)

amounts = st.decimals(min_value=Decimal("0.01"), max_value=5000, places=2)
days = st.integers(0, 300).map(lambda number: FIRST_DAY + timedelta(days=number))
movements = st.lists(st.tuples(days, amounts), max_size=12)
# A few amounts more than once, so that what goes back often takes a payment back.
moved = amounts | st.sampled_from(["10.00", "-10.00", "25.50", "-25.50"]).map(Decimal)
payments_ = st.lists(st.tuples(days, moved | amounts.map(Decimal.__neg__)), max_size=12)
numbers = count(1)


def test_home_asks_little_whatever_the_size_of_the_family(app: Flask, people: People) -> None:
    """Sixty invoices later the page takes no more statements, and still writes nothing."""
    browser = Browser(app)
    browser.sign_in(people.zest)
    with statements_of(app) as few:
        browser.get("family.home")
    with app.app_context(), db.transaction() as session:
        family = session.query(Family).filter_by(number=people.zest.family_number).one()
        for number in range(60):
            session.add(invoice_of(family, FIRST_DAY, Decimal(number + 1), InvoiceKind.INVOICE))
    with statements_of(app) as many:
        browser.get("family.home")
    assert selects(few) == selects(many) <= MOST_STATEMENTS
    assert all(statement.lstrip().startswith(("SELECT", "BEGIN")) for statement in many)


def test_the_sign_in_page_asks_nothing(app: Flask) -> None:
    """No SQL, hence no write, for a visitor nobody knows."""
    with statements_of(app) as sent:
        Browser(app).get("auth.sign_in")
    assert sent == []


def invoice_of(family: Family, day: date, amount: Decimal, kind: InvoiceKind) -> Invoice:
    """Make an invoice or a credit note."""
    return Invoice(
        source_id=f"generated-{next(numbers)}",
        family_id=family.id,
        kind=kind,
        number="1",
        issued_on=day,
        due_on=day,
        amount=amount,
    )


def settle_in(
    invoices: list[tuple[date, Decimal]],
    credit_notes: list[tuple[date, Decimal]],
    payments: list[tuple[date, Decimal]],
) -> CurrentAccount:
    """Write a family with this history, shared as the import does.

    Every other payment names an invoice; the first invoice of all is made twice, once cancelled.
    """
    with db.transaction() as session:
        name = f"family-{next(numbers)}"
        family = Family(source_id=name, number=name)
        guardian = Guardian(family=family, rank=1, first_name="A", last_name="B")
        account = Account(guardian=guardian, identifier=str(10**9 + next(numbers)))
        session.add(account)
        session.flush()
        owed = [invoice_of(family, *each, InvoiceKind.INVOICE) for each in sorted(invoices)]
        given_back = [invoice_of(family, *each, InvoiceKind.CREDIT_NOTE) for each in credit_notes]
        cancelled = [invoice_of(family, *each, InvoiceKind.CANCELLED) for each in invoices[:1]]
        session.add_all([*owed, *given_back, *cancelled])
        session.flush()
        for place, (day, amount) in enumerate(payments):
            named = owed[place % len(owed)].id if owed and place % 2 else None
            session.add(
                Payment(
                    source_id=f"payment-{next(numbers)}",
                    family_id=family.id,
                    invoice_id=named,
                    paid_on=day,
                    amount=amount,
                )
            )
        session.flush()
        sharing.share_anew(session.connection(), [family.id])
        return CurrentAccount(
            session_id=0,
            account_id=account.id,
            guardian_id=guardian.id,
            family_id=family.id,
            identifier=account.identifier,
            first_name="A",
            last_name="B",
            last_seen_at=datetime.now(UTC),
        )


@hypothesis_settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(invoices=movements, credit_notes=movements, payments=payments_)
def test_home_statement_and_unpaid_invoices_agree(
    app: Flask,
    invoices: list[tuple[date, Decimal]],
    credit_notes: list[tuple[date, Decimal]],
    payments: list[tuple[date, Decimal]],
) -> None:
    """For any history: balance = payments + credit notes - invoices, and what is owed is listed."""
    total = sum((amount for _, amount in [*payments, *credit_notes]), ledger.ZERO)
    owed = sum((amount for _, amount in invoices), ledger.ZERO)
    total -= owed
    with app.app_context():
        account = settle_in(invoices, credit_notes, payments)
        home = service.home(account)
        lines = statement.whole(account.family_id, "").lines
        db.session().rollback()
    assert home.balance == total
    assert (lines[-1].balance if lines else ledger.ZERO) == total
    # More may have gone back than ever came: no invoice says so, the balance does.
    assert home.unpaid_total == min(max(-total, ledger.ZERO), owed)
