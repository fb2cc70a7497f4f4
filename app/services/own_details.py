"""One's own details: what the town holds, what the parent would have instead.

The town's file is the town's: a change is a request, which the town hall accepts.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app import db
from app.formats import NBSP, phone, phone_link, today
from app.models import (
    Family,
    FamilyRequest,
    Guardian,
    RequestEvent,
    RequestEventKind,
    RequestState,
)
from app.services import journal
from app.services.journal import Origin
from app.services.sessions import CurrentAccount

DETAILS = "details"
EXPECTED_WITHIN = timedelta(days=10)
PHONES = ("phone", "mobile", "work_phone")
OPEN_STATES = (RequestState.SENT, RequestState.TAKEN, RequestState.PIECE_MISSING)

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
    select(FamilyRequest.public_id, FamilyRequest.details)
    .where(
        FamilyRequest.account_id == bindparam("account_id"),
        FamilyRequest.kind == DETAILS,
        FamilyRequest.state.in_(OPEN_STATES),
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


@dataclass(frozen=True, slots=True)
class Waiting:
    """A value that waits for the town hall, and the request it stands in."""

    value: str
    request_id: str


def details(account: CurrentAccount) -> Details:
    """Return what the town holds."""
    [row] = db.rows(_DETAILS, guardian_id=account.guardian_id)
    return Details(*row)


def waiting(account: CurrentAccount) -> dict[str, Waiting]:
    """Return what waits for the town hall, by field: the latest asked counts."""
    found: dict[str, Waiting] = {}
    for public_id, asked in db.rows(_WAITING, account_id=account.account_id):
        found |= {field: Waiting(str(value), public_id) for field, value in asked.items()}
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


def ask(
    account: CurrentAccount, typed: Mapping[str, str], sending_key: str, origin: Origin
) -> bool:
    """Send what differs to the town hall; False when nothing does. A double click sends once."""
    changed = changes(account, typed)
    with db.transaction() as session:
        sent = session.scalars(
            select(FamilyRequest.id).where(FamilyRequest.sending_key == sending_key)
        ).first()
        if sent:
            return True
        if changed:
            _send(session, account, changed, sending_key)
            journal.record(session, "details_change_asked", origin, account.account_id)
    return bool(changed)


def readable_phone(typed: str) -> str | None:
    """Write a phone number as the town's files do; None when it is none."""
    return phone(typed).replace(NBSP, " ") if phone_link(typed) else None


def _send(
    session: Session, account: CurrentAccount, changed: dict[str, str], sending_key: str
) -> None:
    now = datetime.now(UTC)
    request = FamilyRequest(
        family_id=account.family_id,
        account_id=account.account_id,
        kind=DETAILS,
        details=changed,
        sent_at=now,
        expected_on=today() + EXPECTED_WITHIN,
        sending_key=sending_key,
    )
    session.add(request)
    session.flush()
    session.add(
        RequestEvent(
            request_id=request.id,
            at=now,
            kind=RequestEventKind.SENT,
            account_id=account.account_id,
        )
    )


def _comparable(field: str, value: str) -> str:
    """Forgive how blanks are written in the town's files, and how a number is."""
    return (phone_link(value) if field in PHONES else "") or " ".join(value.split())
