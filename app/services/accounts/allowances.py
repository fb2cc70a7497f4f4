"""What one account may ask in a day of what costs the others something: generous, and bounded.

Counted inside the transaction of the act itself, where another one of the same account waits.
"""

from datetime import timedelta
from enum import Enum

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import db
from app.models import Account
from app.services.accounts import throttles
from app.services.refusals import Reason, Refusal

DAY = timedelta(days=1)
KIBIBYTE = 1024
TOMORROW = "Réessayez demain, ou appelez la mairie."


class Allowance(Enum):
    """What is counted: its name, how much of it in a day, and what whoever has had it is told."""

    REPLIES = ("replies", 50, f"Vous avez envoyé beaucoup de réponses aujourd’hui. {TOMORROW}")
    PAPERS = ("papers", 100, f"Vous avez demandé beaucoup de PDF aujourd’hui. {TOMORROW}")
    ARCHIVES = ("archives", 10, f"Vous avez téléchargé vos données plusieurs fois. {TOMORROW}")
    # In KiB.
    UPLOADS = (
        "uploads",
        200 * KIBIBYTE,
        f"Vous avez envoyé beaucoup de fichiers aujourd’hui. {TOMORROW}",
    )

    def __init__(self, key: str, most: int, words: str) -> None:
        """Name its counter."""
        self.key = key
        self.most = most
        self.words = words


def spend(session: Session, account_id: int, allowance: Allowance, amount: int = 1) -> None:
    """Count what is about to be done. Raises Refusal when it is too much for one day."""
    key = f"day-of-{allowance.key}:{account_id}"
    if not throttles.count_in_window(session, key, allowance.most, DAY, amount):
        raise Refusal(Reason.TOO_MANY, allowance.words)


def one_at_a_time(session: Session, account_id: int) -> None:
    """Let two acts of one account follow each other: what is counted next is true until the end."""
    session.execute(select(Account.id).where(Account.id == account_id).with_for_update())


def spend_now(account_id: int, allowance: Allowance, amount: int = 1) -> None:
    """Count what writes nothing else, such as a paper. Raises Refusal."""
    with db.transaction() as session:
        spend(session, account_id, allowance, amount)
