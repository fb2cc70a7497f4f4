"""Drafts: few of them, one a page, for an account and a browser, for half a day."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from app import db
from app.models import Account, ClerkAccount
from app.services.accounts import drafts
from app.services.accounts.drafts import KEPT, MOST_DRAFTS, Draft, Owner
from app.services.actors import Command
from app.services.clerks import team
from tests.support.people import People

NOW = datetime(2026, 11, 27, 10, 0, tzinfo=UTC)
TEXT = Draft({"text": ["é\x00\udcff"]}, {"": ["Non."]}, {"until": "demain"})


@pytest.fixture
def accounts(app: Flask, people: People) -> Iterator[tuple[Owner, Owner]]:
    """Madame ZEST's account, and Monsieur MOREAU's."""
    wanted = [people.zest.identifier, people.moreau.identifier]
    with app.app_context(), time_machine.travel(NOW, tick=False):
        query = select(Account.id).where(Account.identifier.in_(wanted)).order_by(Account.id)
        first, second = db.session().scalars(query)
        yield Owner(first), Owner(second)


def test_the_last_sending_is_found_again(accounts: tuple[Owner, Owner]) -> None:
    """Whatever signs it has; by the same account in the same browser, on the same page."""
    zest, moreau = accounts
    drafts.keep(zest, "browser", "/page", Draft({"text": ["avant"]}))
    drafts.keep(zest, "browser", "/page", TEXT)
    assert drafts.find(zest, "browser", "/page") == TEXT
    assert drafts.find(moreau, "browser", "/page") is None
    assert drafts.find(zest, "elsewhere", "/page") is None
    assert drafts.find(zest, "browser", "/other") is None


def test_what_is_taken_is_forgotten(accounts: tuple[Owner, Owner]) -> None:
    zest, moreau = accounts
    for account in accounts:
        drafts.keep(account, "browser", "/page", TEXT)
        drafts.keep(account, "browser", "/other", TEXT)
    drafts.forget(zest, "browser", "/page")
    assert drafts.find(zest, "browser", "/page") is None
    assert drafts.find(zest, "browser", "/other") == TEXT
    drafts.forget(zest, "browser")
    assert drafts.find(zest, "browser", "/other") is None
    assert drafts.find(moreau, "browser", "/page") == TEXT


def test_an_account_has_few(accounts: tuple[Owner, Owner]) -> None:
    """The oldest go; those of the others stay."""
    zest, moreau = accounts
    drafts.keep(moreau, "browser", "/page", TEXT)
    with time_machine.travel(NOW, tick=False) as clock:
        for number in range(MOST_DRAFTS + 5):
            drafts.keep(zest, f"browser-{number}", "/page", TEXT)
            clock.shift(1)
        kept = [
            number
            for number in range(MOST_DRAFTS + 5)
            if drafts.find(zest, f"browser-{number}", "/page")
        ]
    assert kept == list(range(5, MOST_DRAFTS + 5))
    assert drafts.find(moreau, "browser", "/page") == TEXT


def test_a_draft_lasts_half_a_day(accounts: tuple[Owner, Owner]) -> None:
    zest, _ = accounts
    drafts.keep(zest, "browser", "/page", TEXT)
    with time_machine.travel(NOW + KEPT - timedelta(seconds=1), tick=False):
        assert drafts.find(zest, "browser", "/page") == TEXT
    with time_machine.travel(NOW + KEPT, tick=False):
        assert drafts.find(zest, "browser", "/page") is None


def test_a_clerk_has_their_own(accounts: tuple[Owner, Owner]) -> None:
    """Whatever their number; and a clerk may be a parent in the same browser."""
    zest, _ = accounts
    team.invite(Command("ops"), "camille@commune.fr", "Camille Martin", ("lecture",))
    clerk = Owner(db.rows(select(ClerkAccount.id))[0].id, "clerk")
    drafts.keep(zest, "browser", "/page", TEXT)
    assert drafts.find(clerk, "browser", "/page") is None
    for text in ("avant", "après"):
        drafts.keep(clerk, "browser", "/page", Draft({"text": [text]}))
    assert drafts.find(clerk, "browser", "/page") == Draft({"text": ["après"]})
    drafts.forget(clerk, "browser")
    assert drafts.find(clerk, "browser", "/page") is None
    assert drafts.find(zest, "browser", "/page") == TEXT
