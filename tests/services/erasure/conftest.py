"""A family that left the files and owes nothing, with all that a family may have."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select

from app import db
from app.models import Family, Payment
from tests.support.belongings import furnish
from tests.support.people import People

LONG_AGO = datetime(2026, 9, 1, tzinfo=UTC)
MARK = "Zinzolin"


@pytest.fixture
def gone(app: Flask, people: People) -> Family:
    """The family of the guides left, after it paid all that it owed."""
    furnish(app, people.zest, MARK, 2025, 2)
    with app.app_context(), db.transaction():
        return leave(people.zest.family_number)


def leave(number: str) -> Family:
    """Have a family paid up, and no import name it any more."""
    session = db.session()
    family = session.scalars(select(Family).where(Family.number == number)).one()
    family.missing_since = LONG_AGO
    owed = -balance(family.id)
    if owed > 0:
        session.add(
            Payment(
                source_id=f"last of {number}", family_id=family.id, paid_on=LONG_AGO.date(),
                amount=owed,
            )
        )  # fmt: skip
    session.flush()
    return family


def balance(family_id: int) -> Decimal:
    """Read what the town and the family owe each other."""
    from app.services.billing.ledger import BALANCE

    return db.session().execute(select(BALANCE), {"family_id": family_id}).scalar_one()
