"""One's own details: what the town holds, what the parent would have instead.

The town's file is the town's: a change is a request, which the town hall accepts.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import bindparam, select

from app import db
from app.formats import NBSP, day_of, phone, phone_link
from app.models import Family, FamilyRequest, Guardian
from app.services.actors import CurrentAccount
from app.services.requests import moving, sending
from app.services.requests.kinds import BY_KEY, DETAILS
from app.services.requests.sending import Asked

PHONES = ("phone", "mobile", "work_phone")

_DETAILS = (
    select(
        Guardian.title,
        Guardian.last_name,
        Guardian.first_name,
        Guardian.phone,
        Guardian.mobile,
        Guardian.work_phone,
        Family.street,
        Family.postcode,
        Family.city,
    )
    .join(Family, Family.id == Guardian.family_id)
    .where(Guardian.id == bindparam("guardian_id"))
)
_WAITING = (
    select(FamilyRequest.public_id, FamilyRequest.id, FamilyRequest.sent_at, FamilyRequest.details)
    .where(
        FamilyRequest.account_id == bindparam("account_id"),
        FamilyRequest.kind == DETAILS,
        FamilyRequest.state.in_(moving.OPEN),
    )
    .order_by(FamilyRequest.id)
)


@dataclass(frozen=True, slots=True)
class Details:
    """What can be asked to be changed: of the guardian, and of the family's address."""

    title: str
    last_name: str
    first_name: str
    phone: str
    mobile: str
    work_phone: str
    street: str
    postcode: str
    city: str


class Waiting(NamedTuple):
    """A value that waits for the town hall, and the request it stands in."""

    value: str
    request_id: str
    number: int
    sent_on: date


def details(account: CurrentAccount) -> Details:
    """Return what the town holds."""
    [row] = db.rows(_DETAILS, guardian_id=account.guardian_id)
    return Details(*row)


def waiting(account: CurrentAccount) -> dict[str, Waiting]:
    """Return what waits for the town hall, by field: the latest asked counts."""
    found: dict[str, Waiting] = {}
    for public_id, number, sent_at, asked in db.rows(_WAITING, account_id=account.account_id):
        sent_on = day_of(sent_at)
        found |= {
            field: Waiting(str(value), public_id, number, sent_on) for field, value in asked.items()
        }
    return found


def wished(account: CurrentAccount) -> dict[str, str]:
    """Return the details as the parent wishes them: what waits stands for what is held."""
    return asdict(details(account)) | {
        field: asked.value for field, asked in waiting(account).items()
    }


def changes(account: CurrentAccount, typed: Mapping[str, str]) -> dict[str, str]:
    """Keep what differs from what is held, or already asked; the same number is no change."""
    known = wished(account)
    return {
        field: value
        for field, value in typed.items()
        if _comparable(field, value) != _comparable(field, known[field])
    }


def ask(account: CurrentAccount, typed: Mapping[str, str], sending_key: str) -> bool:
    """Send what differs to the town hall; False when nothing does. A double click sends once.

    Raises Refusal when it is one request too many.
    """
    changed = changes(account, typed)
    if changed:
        sending.send(account, BY_KEY[DETAILS], Asked({**changed}), sending_key)
    return bool(changed) or sending.was_sent(account, sending_key)


def readable_phone(typed: str) -> str | None:
    """Write a phone number as the town's files do; None when it is none."""
    return phone(typed).replace(NBSP, " ") if phone_link(typed) else None


def _comparable(field: str, value: str) -> str:
    """Forgive how blanks are written in the town's files, and how a number is."""
    return (phone_link(value) if field in PHONES else "") or " ".join(value.split())
