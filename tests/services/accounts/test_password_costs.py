"""What kept passwords cost to check is found out without reading them all."""

from unittest.mock import Mock

import argon2
import pytest
from flask import Flask
from sqlalchemy import update

from app import db
from app.models import Account
from app.services.accounts import password_costs, passwords
from app.services.accounts.passwords import Cost
from tests.support.people import People


def test_one_password_of_each_cost_is_read(
    app: Flask, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A town of many parents, some of whom chose before the settings changed."""
    older = argon2.PasswordHasher(time_cost=2, memory_cost=128, parallelism=1).hash("Soleil2018")
    with app.app_context():
        newer = passwords.hash_password("Soleil2018")
        with db.transaction() as session:
            session.execute(update(Account).values(password_hash=newer))
            mine = Account.identifier == people.zest.identifier
            session.execute(update(Account).where(mine).values(password_hash=older))
        look_into = Mock(wraps=passwords.cost_of)
        monkeypatch.setattr(passwords, "cost_of", look_into)
        assert password_costs.in_use() == {passwords.current_cost(), Cost(2, 128, 1)}
        assert look_into.call_count == 2
