"""What an import ends, when somebody may not come in any more or moved to another mailbox."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Select, update

from app.models import Account, AccountSession, EmailChange, TemporaryPassword
from app.services.importing.merging import rows_of


def close(connection: Connection, accounts: Select[Any]) -> int:
    """Archive the accounts that a statement selects, and sign them out; return how many."""
    now = datetime.now(UTC)
    archived = rows_of(
        connection,
        update(Account)
        .values(archived_at=now)
        .where(Account.archived_at.is_(None), Account.id.in_(accounts)),
    )
    _end_sessions(connection, accounts)
    return archived


def forget(connection: Connection, accounts: Select[Any]) -> None:
    """Take the passwords of accounts that stay open, whose people choose one again by mail."""
    connection.execute(
        update(Account)
        .values(password_hash=None, password_changed_at=None)
        .where(Account.id.in_(accounts))
    )
    _end_sessions(connection, accounts)


def void_secrets(connection: Connection, accounts: Select[Any]) -> None:
    """Make what was mailed to these accounts worth nothing."""
    connection.execute(
        update(TemporaryPassword)
        .values(used_at=datetime.now(UTC))
        .where(TemporaryPassword.used_at.is_(None), TemporaryPassword.account_id.in_(accounts))
    )


def _end_sessions(connection: Connection, accounts: Select[Any]) -> None:
    """Sign the accounts out, and void what was mailed to them or waits for their confirmation."""
    now = datetime.now(UTC)
    for table in (AccountSession, EmailChange):
        connection.execute(
            update(table)
            .values(ended_at=now)
            .where(table.ended_at.is_(None), table.account_id.in_(accounts))
        )
    void_secrets(connection, accounts)
