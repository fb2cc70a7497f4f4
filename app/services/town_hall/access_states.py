"""How far each guardian is in coming to the portal, as lists of the town hall say it."""

from enum import StrEnum

from sqlalchemy import ColumnElement, and_, case, or_

from app.models import Account, Family, Guardian
from app.services.mail.refused_addresses import IS_REFUSED


class AccessState(StrEnum):
    """Where one stands; what is to be done about it comes before what is well."""

    CLOSED = "ferme"
    REFUSED = "adresse-refusee"
    ACTIVE = "actif"
    NO_ADDRESS = "sans-adresse"
    INVITED = "invite"
    NEVER_INVITED = "jamais-invite"


IN_FRENCH: dict[str, str] = {
    AccessState.CLOSED: "Fermé",
    AccessState.REFUSED: "Adresse refusée",
    AccessState.ACTIVE: "Actif",
    AccessState.NO_ADDRESS: "Sans adresse",
    AccessState.INVITED: "Invité, sans suite",
    AccessState.NEVER_INVITED: "Jamais invité",
}
_IS_CLOSED = or_(Family.archived_at.is_not(None), Account.archived_at.is_not(None))
_CAME = Account.password_hash.is_not(None)
_HAS_ADDRESS = Guardian.email != ""
# For statements that join a family, its guardians and their accounts.
STATE: ColumnElement[str] = case(
    (_IS_CLOSED, AccessState.CLOSED.value),
    (and_(_HAS_ADDRESS, IS_REFUSED), AccessState.REFUSED.value),
    (_CAME, AccessState.ACTIVE.value),
    (~_HAS_ADDRESS, AccessState.NO_ADDRESS.value),
    (Account.invited_at.is_not(None), AccessState.INVITED.value),
    else_=AccessState.NEVER_INVITED.value,
)
