"""A request leaves for the town hall."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, bindparam, func, select
from sqlalchemy.orm import Session

from app import db
from app.calendar import working_days
from app.formats import today
from app.models import (
    FAMILY,
    Child,
    FamilyChild,
    FamilyRequest,
    Folder,
    Invoice,
    RequestEventKind,
    RequestFile,
)
from app.services.accounts import allowances
from app.services.actors import Actor, CurrentAccount
from app.services.files import stored_files
from app.services.files.uploads import CheckedFile
from app.services.mail import clerk_news
from app.services.mail.kinds import MailKind
from app.services.refusals import Reason, Refusal
from app.services.requests import moving
from app.services.requests.answers import INVOICE, boxes, with_children
from app.services.requests.callers import Caller
from app.services.requests.kinds import Kind
from app.services.requests.reading import SEEN
from app.services.tokens import sending_keys

# Nobody has as much to ask; a script might.
MOST_A_DAY = 30
DAY = timedelta(days=1)
SOMETHING_ELSE = (
    "Cette demande n’est pas partie\u00a0: de la même page, une autre est déjà partie. "
    "Relisez-la, puis envoyez-la."
)

_ALREADY_SENT = select(
    FamilyRequest.id,
    FamilyRequest.public_id,
    FamilyRequest.account_id,
    FamilyRequest.kind,
    FamilyRequest.child_id,
    FamilyRequest.invoice_id,
    FamilyRequest.details,
).where(FamilyRequest.sending_key == bindparam("sending_key"))
_TITLES = (
    select(RequestFile.title)
    .where(RequestFile.request_id == bindparam("request_id"), RequestFile.event_id.is_(None))
    .order_by(RequestFile.id)
)
_SENT_TODAY = select(func.count(FamilyRequest.id)).where(
    FamilyRequest.account_id == bindparam("account_id"),
    FamilyRequest.sent_at > bindparam("since"),
)
_CHILD = (
    select(Child.id)
    .join(FamilyChild, FamilyChild.child_id == Child.id)
    .where(FamilyChild.family_id == FAMILY, Child.public_id == bindparam("public_id"))
)
_NAMES = (
    select(Child.first_name, Child.last_name)
    .where(Child.id.in_(bindparam("ids", expanding=True)))
    .order_by(Child.birth_date, Child.id)
)
_OPEN_OF_KIND = (
    select(
        FamilyRequest.id,
        FamilyRequest.public_id,
        FamilyRequest.details,
        Child.public_id.label("child"),
        Invoice.public_id.label("invoice"),
    )
    .outerjoin(Child, Child.id == FamilyRequest.child_id)
    .outerjoin(Invoice, Invoice.id == FamilyRequest.invoice_id)
    .where(SEEN, FamilyRequest.kind == bindparam("kind"), FamilyRequest.state.in_(moving.OPEN))
    .order_by(FamilyRequest.id.desc())
    .limit(MOST_A_DAY)
)
_INVOICE = select(Invoice.id, Invoice.number).where(
    Invoice.family_id == FAMILY, Invoice.public_id == bindparam("public_id")
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a family asks for: children and an invoice by their public ids, the rest by name."""

    details: dict[str, object] = field(default_factory=dict)
    children: Sequence[str] = ()
    invoice: str | None = None


class Sent(NamedTuple):
    """A request that left: its number, and its name in addresses."""

    number: int
    public_id: str


# Whose request it is: a guardian, who may have had a clerk type it.
Sender = CurrentAccount | Caller


def send(
    sender: Sender,
    kind: Kind,
    asked: Asked,
    sending_key: str,
    files: Sequence[CheckedFile] = (),
) -> Sent:
    """Send a request to the town hall; the same key again sends nothing more.

    What a clerk types for a caller is the caller's, who is told of it; its history says who typed.
    Raises Refusal when it is one too many, about what is not the family's, or when something else
    left under this key.
    """
    stored = stored_files.keep(Folder.REQUESTS, files)
    kept = False
    try:
        with db.transaction() as session:
            values = _values(session, sender, kind, asked, _own_key(sender, sending_key))
            new = _insert(session, sender, values)
            sent = new or _already_sent(session, values, files)
            if new is not None:
                request = session.get_one(FamilyRequest, sent.number)
                attach(session, sent.number, files, stored)
                moving.note(session, sent.number, RequestEventKind.SENT, _actor(sender))
                moving.write_to_sender(session, MailKind.REQUEST_RECEIVED, request)
                clerk_news.tell_soon(session)
        kept = new is not None
    finally:
        if not kept:
            stored_files.discard(Folder.REQUESTS, stored)
    return sent


def similar(account: CurrentAccount, kind: Kind, asked: Asked) -> Sent | None:
    """Find an open request that may well be this one, sent before; the latest if several are."""
    who = {"family_id": account.family_id, "account_id": account.account_id}
    for each in db.rows(_OPEN_OF_KIND, **who, kind=kind.key):
        if _is_like(each, asked):
            return Sent(each.id, each.public_id)
    return None


def _is_like(request: Row[*tuple[Any, ...]], asked: Asked) -> bool:
    """Compare what they are about; days that do not meet are another matter."""
    if asked.invoice:
        return bool(request.invoice == asked.invoice)
    if not asked.children:
        return bool(request.details == asked.details)
    same_child = request.child in asked.children or "children" in request.details
    return same_child and _meet(request.details, asked.details)


def _meet(one: Mapping[str, object], other: Mapping[str, object]) -> bool:
    if "boxes" in one and "boxes" in other:
        return bool(set(boxes(one)) & set(boxes(other)))
    if not {"starts_on", "ends_on"} <= one.keys() & other.keys():
        return True
    return str(one["starts_on"]) <= str(other["ends_on"]) and str(other["starts_on"]) <= str(
        one["ends_on"]
    )


def was_sent(account: CurrentAccount, sending_key: str) -> bool:
    """Tell whether a sending of this name has left already."""
    return bool(db.rows(_ALREADY_SENT, sending_key=sending_keys.of_account(account, sending_key)))


def attach(
    session: Session,
    request_id: int,
    files: Sequence[CheckedFile],
    stored: Sequence[str],
    event_id: int | None = None,
) -> None:
    """Join stored files to a request, or to what the town hall says of it."""
    now = datetime.now(UTC)
    session.add_all(
        RequestFile(
            request_id=request_id,
            event_id=event_id,
            title=file.title,
            file=name,
            file_size=len(file.content),
            added_at=now,
        )
        for file, name in zip(files, stored, strict=True)
    )


def _actor(sender: Sender) -> Actor:
    return sender.clerk if isinstance(sender, Caller) else sender


def _own_key(sender: Sender, sending_key: str) -> str:
    if isinstance(sender, Caller):
        return sending_keys.of_clerk(sender.clerk, sending_key)
    return sending_keys.of_account(sender, sending_key)


def _values(session: Session, sender: Sender, kind: Kind, asked: Asked, key: str) -> dict[str, Any]:
    child_id, details = _about(session, sender, asked)
    invoice_id = None
    if asked.invoice:
        invoice_id, number = _own(session, sender, _INVOICE, asked.invoice)
        details = {**details, INVOICE: number}
    return {
        "public_id": db.new_public_id(),
        "family_id": sender.family_id,
        "account_id": sender.account_id,
        "kind": kind.key,
        "state": moving.OPEN[0],
        "child_id": child_id,
        "invoice_id": invoice_id,
        "details": details,
        "sent_at": datetime.now(UTC),
        "expected_on": working_days.after(today(), kind.answer_within),
        "sending_key": key,
    }


def _insert(session: Session, sender: Sender, values: dict[str, Any]) -> Sent | None:
    allowances.one_at_a_time(session, sender.account_id)
    inserted = db.insert(FamilyRequest).values(values).on_conflict_do_nothing()
    row = session.execute(inserted.returning(FamilyRequest.id, FamilyRequest.public_id)).first()
    if row is None:
        return None
    if isinstance(sender, CurrentAccount):
        _bound(session, sender, values["sent_at"] - DAY)
    return Sent(*row)


def _bound(session: Session, account: CurrentAccount, since: datetime) -> None:
    """Let a guardian send so many; what a clerk types has no such limit."""
    parameters = {"account_id": account.account_id, "since": since}
    if session.scalars(_SENT_TODAY, parameters).one() > MOST_A_DAY:
        raise Refusal(
            Reason.TOO_MANY,
            f"Vous avez envoyé {MOST_A_DAY} demandes aujourd’hui. Réessayez demain, "
            "ou appelez la mairie.",
        )


def _about(session: Session, sender: Sender, asked: Asked) -> tuple[int | None, dict[str, object]]:
    """Return the one child that it is about; several are named among the answers."""
    once = dict.fromkeys(asked.children)
    ids = [_own(session, sender, _CHILD, public_id).id for public_id in once]
    if len(ids) <= 1:
        return (ids[0] if ids else None), asked.details
    names = session.execute(_NAMES, {"ids": ids}).all()
    return None, with_children(asked.details, [f"{first} {last}" for first, last in names])


def _own(
    session: Session, sender: Sender, wanted: Select[*tuple[Any, ...]], public_id: str
) -> Row[*tuple[Any, ...]]:
    parameters = {"family_id": sender.family_id, "public_id": public_id}
    found = session.execute(wanted, parameters).first()
    if found is None:
        raise Refusal(Reason.UNKNOWN, "Choisissez dans la liste ce que concerne votre demande.")
    return found


def _already_sent(session: Session, values: dict[str, Any], files: Sequence[CheckedFile]) -> Sent:
    """Find what left under this key. Raises Refusal when that was something else."""
    found = session.execute(_ALREADY_SENT, {"sending_key": values["sending_key"]}).one()
    titles = list(session.scalars(_TITLES, {"request_id": found.id}))
    same = all(
        getattr(found, name) == values[name]
        for name in ("account_id", "kind", "child_id", "invoice_id", "details")
    )
    if not same or titles != [file.title for file in files]:
        raise Refusal(Reason.UNFIT, SOMETHING_ELSE)
    return Sent(found.id, found.public_id)
