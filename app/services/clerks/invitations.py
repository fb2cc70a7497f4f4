"""The link that lets a clerk choose a password and a code, sent to their own mailbox."""

from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from app.models import ClerkAccount
from app.services.accounts import throttles
from app.services.clerks import lookup
from app.services.mail import outbox
from app.services.mail.kinds import MailKind
from app.services.tokens import clerk_links
from app.services.tokens.clerk_links import Purpose

ASKED_FOR_A_DAY = 6
DAY = timedelta(days=1)


def send(session: Session, clerk: ClerkAccount) -> str:
    """Queue the mail, and return its link, good 72 hours; the links before are worth nothing."""
    lookup.void_links(clerk)
    _queue(session, clerk)
    return clerk_links.token_for(Purpose.INVITATION, clerk.public_id, clerk.link_salt)


def send_once_more(session: Session, clerk: ClerkAccount) -> None:
    """Queue the mail for whoever asks for it, a few times a day.

    The links before stay good: of the mails of two clicks, either may be opened.
    """
    key = f"clerk-invitations:{clerk.id}"
    if throttles.count_in_window(session, key, ASKED_FOR_A_DAY, DAY):
        _queue(session, clerk)


def _queue(session: Session, clerk: ClerkAccount) -> None:
    clerk.invited_at = datetime.now(UTC)
    outbox.enqueue(session, MailKind.CLERK_INVITATION, "", clerk.email)
