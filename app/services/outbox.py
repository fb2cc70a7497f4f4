"""The mail queue: a table, so that a request and its mail are kept or lost together."""

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from app.models import OutboxMail


def enqueue(session: Session, kind: str, identifier: str, **context: str) -> OutboxMail:
    """Add a mail to the caller's transaction; `context` never holds a secret."""
    now = datetime.now(UTC)
    mail = OutboxMail(kind=kind, identifier=identifier, context=context, created_at=now, due_at=now)
    session.add(mail)
    session.flush()
    return mail
