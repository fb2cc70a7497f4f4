"""Fixtures of the import's tests."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app import db
from app.models import Account, AccountSession, Guardian, TemporaryPassword
from app.services.tokens import temporary_passwords
from tests.services.importing.town import Town, settle

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def town() -> Town:
    """The files of a small town, sound until a test spoils them."""
    return Town()


@pytest.fixture
def settled(app: Flask, tmp_path: Path) -> Path:
    """The town is imported; returns where its files are."""
    return settle(app, tmp_path / "files")


def account_of(first_name: str) -> Account:
    """Find a guardian's account."""
    return (
        db.session()
        .scalars(select(Account).join(Guardian).where(Guardian.first_name == first_name))
        .one()
    )


def sign_in(app: Flask, first_name: str) -> None:
    """Give somebody a password, a session and a mail on its way."""
    with app.app_context(), db.transaction() as session:
        account = account_of(first_name)
        account.password_hash = "chosen"
        account.password_changed_at = NOW
        session.add(
            AccountSession(
                account_id=account.id, key_hash=first_name, created_at=NOW, last_seen_at=NOW
            )
        )
        temporary_passwords.issue(session, account.id)


def pending_secrets() -> int:
    """Count the temporary passwords that still open something."""
    return len(
        db.session()
        .scalars(select(TemporaryPassword.id).where(TemporaryPassword.used_at.is_(None)))
        .all()
    )
