"""Guardians with an account to read."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine
from flask import Flask

from app.models import Family, Invoice, InvoiceKind
from tests.services.bookings.conftest import WEDNESDAY_BEFORE, enrol
from tests.support.browser import Browser
from tests.support.people import People, public_id
from tests.support.screens.statement import two_years

# Invoice and payment each, from September 2024: 39 invoices are of the first school year.
FIRST_YEAR, SECOND_YEAR = "2024-2025", "2025-2026"

TODAY = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)


@pytest.fixture
def karim(app: Flask, people: People) -> Browser:
    """A father with two years of invoices, all paid, in direct debit."""
    two_years(app, people)
    browser = Browser(app)
    browser.sign_in(people.karim)
    return browser


@pytest.fixture
def parent(app: Flask, browser: Browser, people: People) -> Iterator[Browser]:
    """Madame PAYS ZEST, whose child may come to the canteen, the day before its limit."""
    with time_machine.travel(WEDNESDAY_BEFORE, tick=False):
        with app.app_context():
            enrol(people.zest)
        browser.sign_in(people.zest)
        yield browser


def invoice(family: Family, number: str, day: date, amount: str, label: str = "") -> Invoice:
    return Invoice(
        source_id=f"i{number}", public_id=public_id(number), family_id=family.id,
        kind=InvoiceKind.INVOICE, number=number, issued_on=day, due_on=day,
        amount=Decimal(amount), label=label,
    )  # fmt: skip
