"""Names of sendings, drawn with a form: each is its account's own, whatever a browser sends."""

import hashlib

from app.services.actors import CurrentAccount

DIGITS = 32


def of_account(account: CurrentAccount, typed: str) -> str:
    """Make a form's key this account's own: nobody finds, nor hides, another's sending with it."""
    named = f"{account.account_id} {typed}".encode("utf-8", "surrogatepass")
    return hashlib.sha256(named).hexdigest()[:DIGITS]
