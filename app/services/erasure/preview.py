"""What erasing a family would take, and what it would leave, before anybody decides."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Select, func, select

from app import db
from app.models import (
    Account,
    Child,
    Document,
    FamilyChild,
    FamilyRequest,
    Guardian,
    Invoice,
    Message,
    MessageReply,
    Payment,
)
from app.services.erasure.extent import Extent
from app.services.requests.moving import OPEN


@dataclass(frozen=True, slots=True)
class Preview:
    """Who and what is in a family's file."""

    guardians: list[str]
    # Those that go, and those whom another family has.
    children: list[str]
    shared_children: list[str]
    accounts: int
    requests: int
    open_requests: int
    messages: int
    replies: int
    documents: int
    invoices: int
    payments: int


def of_family(family_id: int) -> Preview:
    """Look at a family, and change nothing."""
    session, extent = db.session(), Extent(family_id, datetime.now(UTC))

    def count(rows: Select[int]) -> int:
        return session.scalar(select(func.count()).select_from(rows.subquery())) or 0

    guardian = func.trim(Guardian.first_name + " " + Guardian.last_name)
    child = func.trim(Child.first_name + " " + Child.last_name)
    children = (
        select(child)
        .join(FamilyChild, FamilyChild.child_id == Child.id)
        .where(FamilyChild.family_id == family_id)
        .order_by(Child.id)
    )
    requests = extent.requests
    return Preview(
        guardians=list(
            session.scalars(
                select(guardian).where(Guardian.family_id == family_id).order_by(Guardian.id)
            )
        ),
        children=list(session.scalars(children.where(Child.id.in_(extent.children)))),
        shared_children=list(session.scalars(children.where(Child.id.not_in(extent.children)))),
        accounts=count(select(Account.id).where(Account.id.in_(extent.accounts))),
        requests=count(requests),
        open_requests=count(requests.where(FamilyRequest.state.in_(OPEN))),
        messages=count(select(Message.id).where(Message.family_id == family_id)),
        replies=count(select(MessageReply.id).where(MessageReply.family_id == family_id)),
        documents=count(select(Document.id).where(Document.family_id == family_id)),
        invoices=count(select(Invoice.id).where(Invoice.family_id == family_id)),
        payments=count(select(Payment.id).where(Payment.family_id == family_id)),
    )
