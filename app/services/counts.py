"""What the menu counts: the messages nobody has read yet, the requests that miss a piece."""

from dataclasses import dataclass

from sqlalchemy import select

from app import db
from app.services.actors import CurrentAccount
from app.services.inbox.listing import UNREAD_COUNT
from app.services.requests.latest import PIECES_MISSING

# To be put in other statements, in the order of MenuCounts.
COLUMNS = (UNREAD_COUNT.label("unread"), PIECES_MISSING.label("pieces_missing"))
_COUNTS = select(*COLUMNS)


@dataclass(frozen=True, slots=True)
class MenuCounts:
    """What stands beside the entries of the menu."""

    unread: int
    pieces_missing: int


def of(account: CurrentAccount) -> MenuCounts:
    """Count for a guardian, in one statement."""
    [row] = db.rows(_COUNTS, family_id=account.family_id, account_id=account.account_id)
    return MenuCounts(*row)
