"""What erasing a family would take, and what it would leave, before anybody decides."""

from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import func, select

from app import db
from app.formats import plural
from app.models import (
    Account,
    Booking,
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


class Preview(NamedTuple):
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
    bookings: int
    invoices: int
    payments: int

    @property
    def goes(self) -> list[str]:
        """Say what would be erased."""
        waiting = f", dont {self.open_requests} sans réponse" if self.open_requests else ""
        return [
            "noms, adresses, téléphones, dates de naissance, mots de passe, appareils, journal",
            f"{plural(self.accounts, 'compte')}, pour chaque responsable de la famille",
            *([f"enfants et photos\u00a0: {', '.join(self.children)}"] if self.children else []),
            plural(self.requests, "demande et ses pièces", "demandes et leurs pièces") + waiting,
            f"{plural(self.messages, 'message')} à cette famille, "
            f"{plural(self.replies, 'réponse')}, {plural(self.documents, 'document')}",
            *(
                [plural(self.bookings, "réservation et ses suites", "réservations et leurs suites")]
                if self.bookings
                else []
            ),
        ]

    @property
    def stays(self) -> list[str]:
        """Say what the law keeps for ten years, under « Famille effacée »."""
        return [
            plural(self.invoices, "facture ou avoir", "factures et avoirs"),
            plural(self.payments, "règlement"),
        ]


def of_family(family_id: int) -> Preview:
    """Look at a family, and change nothing."""
    session, extent = db.session(), Extent(family_id, datetime.now(UTC))

    guardian = func.trim(Guardian.first_name + " " + Guardian.last_name)
    child = func.trim(Child.first_name + " " + Child.last_name)
    children = (
        select(child)
        .join(FamilyChild, FamilyChild.child_id == Child.id)
        .where(FamilyChild.family_id == family_id)
        .order_by(Child.id)
    )
    requests = extent.requests
    counted = {
        "accounts": select(Account.id).where(Account.id.in_(extent.accounts)),
        "requests": requests,
        "open_requests": requests.where(FamilyRequest.state.in_(OPEN)),
        "messages": select(Message.id).where(Message.family_id == family_id),
        "replies": select(MessageReply.id).where(MessageReply.family_id == family_id),
        "documents": select(Document.id).where(Document.family_id == family_id),
        "bookings": select(Booking.id).where(Booking.family_id == family_id),
        "invoices": select(Invoice.id).where(Invoice.family_id == family_id),
        "payments": select(Payment.id).where(Payment.family_id == family_id),
    }
    counts = select(
        *(
            select(func.count()).select_from(rows.subquery()).scalar_subquery().label(name)
            for name, rows in counted.items()
        )
    )
    return Preview(
        guardians=list(
            session.scalars(
                select(guardian).where(Guardian.family_id == family_id).order_by(Guardian.id)
            )
        ),
        children=list(session.scalars(children.where(Child.id.in_(extent.children)))),
        shared_children=list(session.scalars(children.where(Child.id.not_in(extent.children)))),
        **session.execute(counts).one()._asdict(),
    )
