"""The journal: one row and one log line for each act that somebody may ask about later."""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from app.models import JournalEntry

logger = logging.getLogger("portail.journal")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an act comes from; a command has no address."""

    address: str = ""
    request_id: str = ""
    user_agent: str = ""


COMMAND = Origin()


def record(
    session: Session,
    event: str,
    origin: Origin = COMMAND,
    account_id: int | None = None,
    **details: str,
) -> None:
    """Add an entry to the caller's transaction.

    `details` never holds a password, a secret, a cookie or the text of a mail.
    """
    session.add(
        JournalEntry(
            at=datetime.now(UTC),
            event=event,
            account_id=account_id,
            address=origin.address,
            request_id=origin.request_id,
            details=details,
        )
    )
    logger.info(
        event,
        extra={
            "account": account_id,
            "address": origin.address,
            "request": origin.request_id,
            **details,
        },
    )
