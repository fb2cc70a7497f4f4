"""Names of sendings, drawn with a form: each is its sender's own, whatever a browser sends."""

import hashlib

from app.services.actors import CurrentAccount, CurrentClerk

DIGITS = 32


def of_account(account: CurrentAccount, typed: str) -> str:
    """Make a form's key this account's own: nobody finds, nor hides, another's sending with it."""
    return _own(f"{account.account_id} {typed}")


def of_clerk(clerk: CurrentClerk, typed: str) -> str:
    """Make a form's key this clerk's own, whichever guardian they type for."""
    return _own(f"clerk {clerk.clerk_id} {typed}")


def _own(named: str) -> str:
    return hashlib.sha256(named.encode("utf-8", "surrogatepass")).hexdigest()[:DIGITS]
