"""Which schools, classes and activities there are: what a form offers to choose among."""

from collections import defaultdict
from datetime import timedelta

from sqlalchemy import bindparam, select

from app import db
from app.formats import fold, today
from app.models import Child, Family, FamilyChild, Invoice, InvoiceKind, InvoiceLine
from app.services.billing.line_words import without_name

# An activity that nobody was invoiced for since is no more.
RECENT = timedelta(days=60)
_CLASSES = (
    select(Child.school, Child.class_name)
    .join(FamilyChild, FamilyChild.child_id == Child.id)
    .join(Family, Family.id == FamilyChild.family_id)
    .where(Family.archived_at.is_(None), (Child.school != "") | (Child.class_name != ""))
    .distinct()
)
_LABELS = (
    select(InvoiceLine.label, Child.first_name)
    .join(Invoice, Invoice.id == InvoiceLine.invoice_id)
    .outerjoin(Child, Child.id == InvoiceLine.child_id)
    .where(Invoice.issued_on >= bindparam("since"), Invoice.kind == InvoiceKind.INVOICE)
    .distinct()
)


def classes() -> dict[str, list[tuple[str, str]]]:
    """Return each school, then each of its classes, by their words; with what is stored of each.

    A whole school is its name alone: all the classes that it has.
    """
    found = sorted(
        ((row.school, row.class_name) for row in db.rows(_CLASSES)),
        key=lambda each: (fold(each[0]), fold(each[1])),
    )
    offered: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for school, _ in found:
        if school and school not in offered:
            offered[school] = [each for each in found if each[0] == school]
            for each in offered[school]:
                if each[1]:
                    offered[f"{school}, {each[1]}"] = [each]
    for each in found:
        if not each[0]:
            offered[each[1]].append(each)
    return dict(offered)


def activities() -> dict[str, list[str]]:
    """Return each activity of late, in French order, with the labels that invoices give it.

    Some name the child after it: that is no other activity.
    """
    offered: defaultdict[str, list[str]] = defaultdict(list)
    for label, name in db.rows(_LABELS, since=today() - RECENT):
        offered[without_name(label, name or "")].append(label)
    return {each: offered[each] for each in sorted(offered, key=fold) if each}
