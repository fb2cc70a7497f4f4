"""« Mon compte » at a glance."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select

from app import db
from app.models import Account
from app.services import email_changes, households, mail_wishes, own_details, sessions
from app.services.email_changes import AddressState
from app.services.households import HouseholdFile
from app.services.mail_wishes import MailWishes
from app.services.own_details import Waiting
from app.services.sessions import CurrentAccount, Device

_PASSWORD_CHANGED = select(Account.password_changed_at).where(Account.id == bindparam("account_id"))


@dataclass(frozen=True, slots=True)
class Overview:
    """What the page shows: each part of it is changed on a page of its own."""

    household: HouseholdFile
    email: AddressState
    password_changed_at: datetime | None
    devices: list[Device]
    wishes: MailWishes
    waiting: dict[str, Waiting]


def overview(account: CurrentAccount) -> Overview:
    """Gather the page."""
    [[password_changed_at]] = db.rows(_PASSWORD_CHANGED, account_id=account.account_id)
    return Overview(
        household=households.household_file(account),
        email=email_changes.state(account),
        password_changed_at=password_changed_at,
        devices=sessions.devices(account),
        wishes=mail_wishes.wishes(account),
        waiting=own_details.waiting(account),
    )
