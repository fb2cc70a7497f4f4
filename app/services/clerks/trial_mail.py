"""A mail to oneself: whether what the portal sends arrives, and where."""

from datetime import timedelta

from app import db
from app.services import journal
from app.services.accounts import throttles
from app.services.actors import CurrentClerk
from app.services.mail import outbox
from app.services.mail.kinds import MailKind
from app.services.refusals import Reason, Refusal

MOST_IN_A_DAY = 6
DAY = timedelta(days=1)
ENOUGH = (
    "Vous en avez déjà demandé six aujourd’hui. "
    "Regardez dans «\u00a0Courriels\u00a0» où ils en sont."
)


def send(clerk: CurrentClerk) -> None:
    """Queue it, as any other leaves. Raises Refusal past some a day."""
    with db.transaction() as session:
        key = f"trial-mails:{clerk.clerk_id}"
        if not throttles.count_in_window(session, key, MOST_IN_A_DAY, DAY):
            raise Refusal(Reason.TOO_MANY, ENOUGH)
        outbox.enqueue(session, MailKind.TRIAL, "", clerk.email)
        journal.record(session, "trial_mail_asked", clerk)
