"""The family's children: a card each, and the page that says more."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import bindparam, func, select

from app import db
from app.formats import NBSP, plural, today
from app.models import FAMILY, Child, FamilyChild, Folder, Invoice, InvoiceKind, InvoiceLine, Sex
from app.services.files.stored_files import FoundFile

MONTHS_A_YEAR = 12
CARD = (
    Child.public_id,
    Child.last_name,
    Child.first_name,
    Child.sex,
    Child.birth_date,
    Child.school,
    Child.class_name,
    Child.photo,
)
_CARDS = (
    select(*CARD)
    .join(FamilyChild, FamilyChild.child_id == Child.id)
    .where(FamilyChild.family_id == FAMILY)
    .order_by(Child.birth_date, Child.id)
)
_CARD = (
    select(*CARD)
    .join(FamilyChild, FamilyChild.child_id == Child.id)
    .where(FamilyChild.family_id == FAMILY, Child.public_id == bindparam("public_id"))
)
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
        Invoice.kind != InvoiceKind.CANCELLED,
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


@dataclass(frozen=True, slots=True)
class ChildCard:
    """A child of the family."""

    public_id: str
    last_name: str
    first_name: str
    sex: Sex | None
    birth_date: date | None
    school: str
    class_name: str
    photo: str

    @property
    def initials(self) -> str:
        """Stand for the photo where there is none."""
        return f"{self.first_name[:1]}{self.last_name[:1]}".upper()

    @property
    def is_expected(self) -> bool:
        """Tell whether the child is not born yet: a crèche enrols before."""
        return self.birth_date is not None and self.birth_date > today()

    @property
    def months(self) -> int | None:
        """Count the whole months since birth, none before it."""
        born = self.birth_date
        if born is None:
            return None
        day = today()
        whole = (day.year - born.year) * MONTHS_A_YEAR + day.month - born.month
        return max(0, whole - (day.day < born.day))

    @property
    def age(self) -> str:
        """Write it in years; in months before the first birthday."""
        months = self.months
        if months is None or self.is_expected:
            return ""
        if months < 1:
            return "moins d’un mois"
        if months < MONTHS_A_YEAR:
            return f"{months}{NBSP}mois"
        return plural(months // MONTHS_A_YEAR, "an")


@dataclass(frozen=True, slots=True)
class Activity:
    """A service that the child went to, as this family's latest invoice of it says."""

    label: str
    quantity: Decimal | None
    amount: Decimal
    invoice_public_id: str
    invoiced_on: date


@dataclass(frozen=True, slots=True)
class ChildFile:
    """What a family may know of its child: nothing of the child's other family."""

    card: ChildCard
    activities: list[Activity]


def cards(family_id: int) -> list[ChildCard]:
    """List the family's children, the eldest first."""
    return [ChildCard(*row) for row in db.rows(_CARDS, family_id=family_id)]


def find(family_id: int, public_id: str) -> ChildFile | None:
    """Return the file of a child of this family; another family's does not exist."""
    card = _card(family_id, public_id)
    if card is None:
        return None
    activities = db.rows(_ACTIVITIES, family_id=family_id, public_id=public_id)
    return ChildFile(card, [Activity(*row) for row in activities])


def photo(family_id: int, public_id: str) -> FoundFile | None:
    """Find a child's photo; None when there is none or the child is not theirs."""
    card = _card(family_id, public_id)
    return FoundFile(Folder.PHOTOS, card.photo) if card and card.photo else None


def _card(family_id: int, public_id: str) -> ChildCard | None:
    found = db.rows(_CARD, family_id=family_id, public_id=public_id)
    return ChildCard(*found[0]) if found else None
