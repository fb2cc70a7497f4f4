"""What an import ends, when somebody may not come in any more or moved to another mailbox.

Sessions and secrets end last, once the accounts are as the import leaves them: somebody may sign in
while it works.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Select, insert, literal, select, update

from app.models import Account, AccountSession, EmailChange, TemporaryPassword
from app.services.importing.merging import rows_of
from app.services.importing.temporary import ENDED


def close(connection: Connection, accounts: Select[Any]) -> int:
    """Archive the accounts that a statement selects, and sign them out; return how many."""
    now = datetime.now(UTC)
    archived = rows_of(
        connection,
        update(Account)
        .values(archived_at=now)
        .where(Account.archived_at.is_(None), Account.id.in_(accounts)),
    )
    _note(connection, accounts, signed_out=True)
    return archived


def forget(connection: Connection, accounts: Select[Any]) -> None:
    """Take the passwords of accounts that stay open, whose people choose one again by mail."""
    connection.execute(
        update(Account)
        .values(password_hash=None, password_changed_at=None)
        .where(Account.id.in_(accounts))
    )
    _note(connection, accounts, signed_out=True)


def sign_out(connection: Connection, accounts: Select[Any]) -> None:
    """End the sessions of accounts that stay open, and what was mailed to them."""
    _note(connection, accounts, signed_out=True)


def void_secrets(connection: Connection, accounts: Select[Any]) -> None:
    """Make what was mailed to these accounts worth nothing."""
    _note(connection, accounts, signed_out=False)


def end(connection: Connection) -> None:
    """Sign out whom that concerns, void what was mailed to them or waits for their confirmation."""
    now = datetime.now(UTC)
    signed_out = select(ENDED.c.account).where(ENDED.c.signed_out)
    for table in (AccountSession, EmailChange):
        connection.execute(
            update(table)
            .values(ended_at=now)
            .where(table.ended_at.is_(None), table.account_id.in_(signed_out))
        )
    connection.execute(
        update(TemporaryPassword)
        .values(used_at=now)
        .where(
            TemporaryPassword.used_at.is_(None),
            TemporaryPassword.account_id.in_(select(ENDED.c.account)),
        )
    )


def _note(connection: Connection, accounts: Select[Any], *, signed_out: bool) -> None:
    ended = accounts.add_columns(literal(signed_out))
    connection.execute(insert(ENDED).from_select(["account", "signed_out"], ended))
