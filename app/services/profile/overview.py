"""« Mon compte » at a glance."""

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import aliased

from app import db
from app.models import Account, Family, Guardian
from app.services.accounts import email_changes, sessions
from app.services.accounts.email_changes import AddressState
from app.services.accounts.sessions import Device
from app.services.actors import CurrentAccount
from app.services.families import children
from app.services.families.children import ChildCard
from app.services.profile import details, mail_wishes
from app.services.profile.details import Details, Waiting
from app.services.profile.mail_wishes import MailWishes

_other = aliased(Guardian)
# Of the other guardian, the name and nothing else.
_OTHER_NAME = (
    select(_other.full_name)
    .where(
        _other.family_id == Guardian.family_id,
        _other.id != Guardian.id,
        _other.rank.is_not(None),
    )
    .scalar_subquery()
)
_FILE = (
    select(
        Guardian.birth_date,
        Account.password_changed_at,
        Family.number,
        Family.direct_debit,
        _OTHER_NAME.label("other_guardian"),
    )
    .join(Account, Account.guardian_id == Guardian.id)
    .join(Family, Family.id == Guardian.family_id)
    .where(Account.id == bindparam("account_id"))
)


class OwnFile(NamedTuple):
    """What nobody changes by themselves, or elsewhere."""

    birth_date: date | None
    password_changed_at: datetime | None
    family_number: str
    direct_debit: bool
    other_guardian: str | None


class Overview(NamedTuple):
    """What the page shows: most parts of it are changed on a page of their own."""

    file: OwnFile
    details: Details
    waiting: dict[str, Waiting]
    children: list[ChildCard]
    email: AddressState
    devices: list[Device]
    wishes: MailWishes


def overview(account: CurrentAccount) -> Overview:
    """Gather the page, in a number of statements that does not grow."""
    [row] = db.rows(_FILE, account_id=account.account_id)
    return Overview(
        file=OwnFile(*row),
        details=details.details(account),
        waiting=details.waiting(account),
        children=children.cards(account.family_id),
        email=email_changes.state(account),
        devices=sessions.devices(account),
        wishes=mail_wishes.wishes(account),
    )
