"""What a restored database must not open any more: a restore revives nothing.

Between the backup and the restore somebody signed out, used a link, chose another password: the
rows of the backup know nothing of it. What was signed for rows that came later names them by more
than their number (`tokens`), so that rows which get these numbers again are not meant.
"""

from datetime import UTC, datetime

from sqlalchemy import Connection, Delete, Update, delete, inspect, update

from app.models import (
    AccountSession,
    ClerkAccount,
    ClerkSession,
    Draft,
    EmailChange,
    Feed,
    ImportChange,
    MailState,
    OutboxMail,
    TemporaryPassword,
)
from app.services.mail.outbox import PENDING
from app.services.tokens import clerk_links

HELD_BACK = "En attente quand la sauvegarde a été faite (pour l’envoyer : flask mail retry)"


def void(connection: Connection) -> None:
    """End all of it, in the caller's transaction; a table of a later version is not there yet."""
    there = set(inspect(connection).get_table_names())
    for name, ending in endings(datetime.now(UTC)).items():
        if name in there:
            connection.execute(ending)


def endings(now: datetime) -> dict[str, Update | Delete]:
    """Say how each table ends that lets somebody in, or has the portal write to somebody."""
    waiting = OutboxMail.state.in_(PENDING)
    return {
        "account_session": update(AccountSession)
        .where(AccountSession.ended_at.is_(None))
        .values(ended_at=now),
        "clerk_session": update(ClerkSession)
        .where(ClerkSession.ended_at.is_(None))
        .values(ended_at=now),
        # One for all is another than each had: no link of before opens anything.
        "clerk_account": update(ClerkAccount).values(link_salt=clerk_links.new_salt()),
        "temporary_password": update(TemporaryPassword)
        .where(TemporaryPassword.used_at.is_(None))
        .values(used_at=now),
        "email_change": update(EmailChange)
        .where(EmailChange.ended_at.is_(None))
        .values(ended_at=now),
        # A phone that is told so asks its owner for the new one.
        "feed": update(Feed).where(Feed.ended_at.is_(None)).values(ended_at=now),
        "draft": delete(Draft),
        # The files of before the last import are in no backup.
        "import_change": delete(ImportChange),
        "outbox_mail": update(OutboxMail)
        .where(waiting)
        .values(state=MailState.ABANDONED, settled_at=now, last_error=HELD_BACK),
    }
