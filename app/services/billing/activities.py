"""What a child went to, as the latest invoice of each service says."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import ColumnElement, bindparam, func, literal_column, select

from app import db
from app.models import FAMILY, Child, Invoice, InvoiceKind, InvoiceLine
from app.services.billing.line_words import quantity, without_name
from app.services.families import children
from app.services.families.children import ChildCard

# Written into the statement: indexes hold one kind alone, and SQLite would choose anew, each time,
# whether a value that it is handed is that one.
_CANCELLED: ColumnElement[InvoiceKind] = literal_column(f"'{InvoiceKind.CANCELLED}'")
# Of each service that this family was invoiced for the child, the latest line.
_LATEST = (
    select(
        InvoiceLine.label,
        InvoiceLine.quantity,
        InvoiceLine.amount,
        Invoice.public_id,
        Invoice.issued_on,
        func.row_number()
        .over(
            partition_by=InvoiceLine.label,
            order_by=(Invoice.issued_on.desc(), Invoice.id.desc(), InvoiceLine.id.desc()),
        )
        .label("rank"),
    )
    .join(Invoice, Invoice.id == InvoiceLine.invoice_id)
    .join(Child, Child.id == InvoiceLine.child_id)
    .where(
        Invoice.family_id == FAMILY,
        Invoice.kind != _CANCELLED,
        Child.public_id == bindparam("public_id"),
    )
    .subquery()
)
_ACTIVITIES = (
    select(
        _LATEST.c.label,
        _LATEST.c.quantity,
        _LATEST.c.amount,
        _LATEST.c.public_id,
        _LATEST.c.issued_on,
    )
    .where(_LATEST.c.rank == 1)
    .order_by(_LATEST.c.issued_on.desc(), _LATEST.c.label)
)


class Activity(NamedTuple):
    """A service that the child went to, as this family's latest invoice of it says."""

    label: str
    # With its unit, where it is known.
    quantity: str
    amount: Decimal
    invoice_public_id: str
    invoiced_on: date


class ChildFile(NamedTuple):
    """What a family may know of its child: nothing of the child's other family."""

    card: ChildCard
    activities: list[Activity]


def of_child(family_id: int, public_id: str) -> ChildFile | None:
    """Return the file of a child of this family; another family's does not exist."""
    card = children.card(family_id, public_id)
    if card is None:
        return None
    found: dict[str, Activity] = {}
    for row in db.rows(_ACTIVITIES, family_id=family_id, public_id=public_id):
        # The same service may have been invoiced with the name of the child, and without.
        label = without_name(row.label, f"{card.first_name} {card.last_name}", card.first_name)
        counted = "" if row.quantity is None else quantity(label, row.quantity)
        activity = Activity(label, counted, row.amount, row.public_id, row.issued_on)
        found.setdefault(label, activity)
    return ChildFile(card, list(found.values()))
