"""What the menu counts: messages that nobody has read, requests that miss a piece; and whether
the town takes bookings.
"""

from typing import NamedTuple

from sqlalchemy import select

from app import db
from app.models import Service, ServiceMode
from app.services.actors import CurrentAccount
from app.services.inbox.listing import UNREAD_COUNT
from app.services.requests.latest import PIECES_MISSING

# To be put in other statements, in the order of MenuCounts.
_BOOKABLE = select(Service.id).where(
    Service.archived_at.is_(None), Service.mode == ServiceMode.DAYS
)
COLUMNS = (
    UNREAD_COUNT.label("unread"),
    PIECES_MISSING.label("pieces_missing"),
    _BOOKABLE.exists().label("takes_bookings"),
)
_COUNTS = select(*COLUMNS)
_TAKES_BOOKINGS = select(_BOOKABLE.exists())


class MenuCounts(NamedTuple):
    """What stands beside the entries of the menu."""

    unread: int
    pieces_missing: int
    takes_bookings: bool


def of(account: CurrentAccount) -> MenuCounts:
    """Count for a guardian, in one statement."""
    [row] = db.rows(_COUNTS, family_id=account.family_id, account_id=account.account_id)
    return MenuCounts(*row)


def takes_bookings() -> bool:
    """Tell whether the town has a service that families book day by day."""
    [(found,)] = db.rows(_TAKES_BOOKINGS)
    return found
