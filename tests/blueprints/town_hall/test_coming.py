"""« Qui peut entrer ? »: how many came, and one click to whoever is to be helped to."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from app import db
from app.models import Account, Guardian, RefusedAddress
from tests.support.browser import Browser
from tests.support.databases import selects, statements_of
from tests.support.people import People

AT = datetime(2026, 11, 3, 9, tzinfo=UTC)


@pytest.mark.both_databases
def test_who_came_and_who_is_to_be_invited(app: Flask, people: People, nadia: Browser) -> None:
    """Four of those who are here have come; the one who never was is invited in two clicks."""
    with app.app_context(), db.transaction() as session:
        theirs = session.scalars(
            select(Account.id).where(Account.identifier == people.moreau.identifier)
        ).one()
        session.execute(
            update(Account).where(Account.id == theirs).values(password_hash=None, invited_at=None)
        )
        # She came; mails to her come back today.
        session.add(RefusedAddress(address=people.zest.email, refused_at=AT, reason="Pleine."))
        came = session.scalar(
            select(func.count(Account.id))
            .join(Guardian, Guardian.id == Account.guardian_id)
            .join(Guardian.family)
            .where(
                Account.password_hash.is_not(None),
                Account.archived_at.is_(None),
                Guardian.family.has(archived_at=None),
                Guardian.rank.is_not(None),
            )
        )
    with statements_of(app) as sent:
        page = nadia.get("town_hall.who_comes")
    assert selects(sent) <= 8
    assert page.h1 == "Qui peut entrer ?"
    assert f"{came} parents ont choisi un mot de passe" in page.text
    rows = [
        [cell.text.strip() for cell in row.select("th, td")] for row in page.soup.select("tbody tr")
    ]
    assert rows == [["École du Bourg", "6", "5", "83\u00a0%"]]
    refused = page.link("Corriger : parents ont une adresse qui refuse nos courriels").click()
    assert people.zest.family_number in refused.text
    page = page.link("Inviter : parents n’ont jamais été invités").click()
    assert page.submit("Envoyer").h1 == "Familles"
