"""« Voir comme »: a clerk looks at the portal as a guardian, and changes nothing there.

No session of the parent is opened: their pages are drawn for whoever is signed in at the town hall,
as long as that lasts. The journal says who looked and why, and the parent reads it.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, select

from app import db
from app.models import MAY_SIGN_IN, Account, Family, Guardian
from app.services import journal
from app.services.accounts.helping import CLOSED, GONE, Whose
from app.services.actors import CurrentAccount, CurrentClerk
from app.services.refusals import Reason, Refusal
from app.services.tokens import view_tokens

# Why somebody looks, by what its button sends.
REASONS = {
    "aide": "pour l’aider, à sa demande",
    "affichage": "pour vérifier un affichage",
}
_ACCOUNT = (
    select(
        Account.id,
        Guardian.id.label("guardian_id"),
        Guardian.family_id,
        Account.identifier,
        Guardian.first_name,
        Guardian.last_name,
        MAY_SIGN_IN.label("may_sign_in"),
    )
    .join(Guardian, Guardian.id == Account.guardian_id)
    .join(Family, Family.id == Guardian.family_id)
)
_BY_ID = _ACCOUNT.where(Account.id == bindparam("account_id"))
_BY_GUARDIAN = _ACCOUNT.where(
    Guardian.id == bindparam("guardian_id"), Guardian.family_id == bindparam("family_id")
)


def begin(whose: Whose, reason: str, clerk: CurrentClerk) -> str:
    """Write down who looks, and why; return what their browser keeps. Raises Refusal."""
    found = db.rows(_BY_GUARDIAN, **whose._asdict())
    if not found:
        raise Refusal(Reason.UNKNOWN, GONE)
    if not found[0].may_sign_in:
        raise Refusal(Reason.CLOSED, CLOSED)
    account_id: int = found[0].id
    with db.transaction() as session:
        journal.record(session, "viewed_as", clerk, account_id, reason=REASONS[reason])
    return view_tokens.token_for(clerk.session_id, account_id)


def find(token: str, clerk: CurrentClerk) -> CurrentAccount | None:
    """Return whose pages a clerk looks at; None when that is over, or was another's."""
    view = view_tokens.read(token)
    if view is None or view.session_id != clerk.session_id:
        return None
    found = db.rows(_BY_ID, account_id=view.account_id)
    return _seen(found[0], view.until, clerk) if found and found[0].may_sign_in else None


def _seen(row: Row[*tuple[Any, ...]], until: datetime, clerk: CurrentClerk) -> CurrentAccount:
    account_id, guardian_id, family_id, identifier, first_name, last_name, _ = row
    return CurrentAccount(
        session_id=0,
        account_id=account_id,
        guardian_id=guardian_id,
        family_id=family_id,
        identifier=identifier,
        first_name=first_name,
        last_name=last_name,
        last_seen_at=until - view_tokens.LASTS,
        origin=clerk.origin,
        viewed_until=until,
    )
