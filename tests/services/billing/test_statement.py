"""Every figure of an account agrees with every other, to the cent, whatever happened."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from flask import Flask, render_template
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from pypdf import PdfReader
from sqlalchemy import select

from app import db
from app.formats import euros, today
from app.models import Invoice
from app.services import home
from app.services.actors import CurrentAccount
from app.services.billing import invoices, statement, statement_csv
from app.services.billing.ledger import ZERO
from app.services.families import letterheads
from app.web import printing
from tests.conftest import skip_or_fail
from tests.services.test_home import movements, payments_, settle_in

History = list[tuple[date, Decimal]]
FIXTURES = [HealthCheck.function_scoped_fixture]


@hypothesis_settings(max_examples=25, deadline=None, suppress_health_check=FIXTURES)
@given(owed=movements, given_back=movements, paid=payments_)
def test_home_invoices_years_pages_and_spreadsheet_agree(
    app: Flask, owed: History, given_back: History, paid: History
) -> None:
    with app.app_context():
        account = settle_in(owed, given_back, paid)
        balance = home.home(account).balance
        shown = statement.page(account.family_id, "", "")
        whole = statement.whole(account.family_id, "")
        assert shown.period.balance == shown.period.closing == balance
        assert list(shown.lines.items) == whole.lines[::-1][:50]
        _check_invoices(account, min(max(-balance, ZERO), sum((each for _, each in owed), ZERO)))
        _check_years(account, whole)
        rows = list(
            csv.reader(
                io.StringIO(statement_csv.make(whole.lines).decode("utf-8-sig")), delimiter=";"
            )
        )[1:]
        amounts = [Decimal(row[4].replace(",", ".")) for row in rows]
        assert sum(amounts, ZERO) == balance
        assert not rows or Decimal(rows[-1][5].replace(",", ".")) == balance
        db.session().rollback()


def _check_years(account: CurrentAccount, whole: statement.WholeStatement) -> None:
    """The years, end to end, are the whole: each opens on what the one before left."""
    lines, opening = [], ZERO
    for year in sorted(whole.period.years, key=lambda each: each.label):
        part = statement.whole(account.family_id, year.label)
        assert part.period.opening == opening
        opening = part.period.closing
        lines += part.lines
    assert lines == whole.lines


def _check_invoices(account: CurrentAccount, still_due: Decimal) -> None:
    """What each page says is left is what home lists of it, and never more than its share."""
    pages = _pages(account)
    unpaid = {each.public_id: each.amount_due for each in home.home(account).unpaid}
    assert {each.public_id: each.due for each in pages if each.due} == unpaid
    assert sum(unpaid.values(), ZERO) == still_due
    for page in pages:
        assert ZERO <= page.due <= page.amount
        assert ZERO <= page.used <= page.amount
        assert all(abs(each.amount) <= abs(each.received) for each in page.settlements)
    by_credit_notes = [
        each.amount for page in pages for each in page.settlements if each.credit_note
    ]
    assert sum(by_credit_notes, ZERO) == sum((page.used for page in pages), ZERO)


def _pages(account: CurrentAccount) -> list[invoices.InvoiceDetails]:
    mine = select(Invoice.public_id).where(Invoice.family_id == account.family_id)
    found = [invoices.find(account.family_id, each) for each in db.session().scalars(mine)]
    return [each for each in found if each]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@hypothesis_settings(max_examples=3, deadline=None, suppress_health_check=FIXTURES)
@given(owed=movements, given_back=movements, paid=payments_)
def test_paper_says_the_same(app: Flask, owed: History, given_back: History, paid: History) -> None:
    if not printing.available():
        skip_or_fail("Pango is not installed (Debian: libpango-1.0-0 and others)")
    with app.test_request_context("/releve/pdf"):
        account = settle_in(owed, given_back, paid)
        found = statement.whole(account.family_id, "")
        html = render_template(
            "print/statement.html",
            statement=found,
            letterhead=letterheads.of_family(account.family_id),
            today=today(),
        )
        document = PdfReader(io.BytesIO(printing.to_pdf(html)))
        balance = home.home(account).balance
        db.session().rollback()
    words = " ".join(" ".join(page.extract_text() for page in document.pages).split())
    for figure in (balance, *(line.balance for line in found.lines)):
        assert " ".join(euros(figure).split()) in words
