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
# CP, CM2, ULIS: what is no longer is in capitals since software wrote it so.
INITIALS = 4
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

    A whole school is its name alone: all the classes that it has. « ÉCOLE JULES-FERRY » is no
    other school than « École Jules Ferry »: whoever writes to one means both.
    """
    found = sorted((row.school, row.class_name) for row in db.rows(_CLASSES))
    offered: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    schools = _alike(found, 0)
    for school, there in schools.items():
        if school:
            offered[school] = there
            for name, same in _alike(there, 1).items():
                if name:
                    offered[f"{school}, {name}"] = same
    for name, same in _alike(schools.get("", []), 1).items():
        offered[name] += same
    return dict(offered)


def _alike(found: list[tuple[str, str]], place: int) -> dict[str, list[tuple[str, str]]]:
    """Put together what is spelt otherwise, in French order, under its best spelling."""
    together: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for each in found:
        together[fold(fold(each[place]).replace("-", " "))].append(each)
    return {
        min((each[place] for each in together[same]), key=_in_capitals): together[same]
        for same in sorted(together)
    }


def _in_capitals(words: str) -> tuple[bool, str]:
    return words.isupper() and len(words) > INITIALS, words


def activities() -> dict[str, list[str]]:
    """Return each activity of late, in French order, with the labels that invoices give it.

    Some name the child after it: that is no other activity.
    """
    found = sorted(
        (without_name(label, name or ""), label)
        for label, name in db.rows(_LABELS, since=today() - RECENT)
    )
    return {each: [label for _, label in same] for each, same in _alike(found, 0).items() if each}
