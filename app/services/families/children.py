"""The family's children: a card each, and their photos."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import bindparam, select

from app import db
from app.formats import NBSP, plural, today
from app.models import FAMILY, Child, FamilyChild, Folder, Sex
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


class ChildCard(NamedTuple):
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


def cards(family_id: int) -> list[ChildCard]:
    """List the family's children, the eldest first."""
    return [ChildCard(*row) for row in db.rows(_CARDS, family_id=family_id)]


def card(family_id: int, public_id: str) -> ChildCard | None:
    """Return a child of this family; another family's does not exist."""
    found = db.rows(_CARD, family_id=family_id, public_id=public_id)
    return ChildCard(*found[0]) if found else None


def photo(family_id: int, public_id: str) -> FoundFile | None:
    """Find a child's photo; None when there is none or the child is not theirs."""
    found = card(family_id, public_id)
    return FoundFile(Folder.PHOTOS, found.photo) if found and found.photo else None
