"""How somebody of the town hall wants their screens."""

from app import db
from app.models import ClerkAccount
from app.services import journal
from app.services.actors import CurrentClerk


def switch_shortcuts(clerk: CurrentClerk) -> bool:
    """Switch the keys that act by themselves on, or off; return whether they are on."""
    with db.transaction() as session:
        account = session.get_one(ClerkAccount, clerk.clerk_id)
        account.shortcuts = not account.shortcuts
        journal.record(session, "clerk_shortcuts_switched", clerk)
        return account.shortcuts
