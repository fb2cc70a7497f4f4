"""A family's file as its guardians see it: home, details, children."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import bindparam, exists, func, or_, select

from app import db
from app.formats import today
from app.models import Child, Family, FamilyChild, Guardian, Message, MessageMark, Sex
from app.services import ledger
from app.services.ledger import BALANCE, FAMILY, UnpaidInvoice
from app.services.sessions import CurrentAccount

_READ_BY_ACCOUNT = exists().where(
    MessageMark.message_id == Message.id,
    MessageMark.account_id == bindparam("account_id"),
)
_UNREAD = (
    select(func.count(Message.id))
    .where(or_(Message.family_id == FAMILY, Message.family_id.is_(None)), ~_READ_BY_ACCOUNT)
    .scalar_subquery()
)
_SUMMARY = (
    select(
        Guardian.title,
        Family.number,
        Family.direct_debit,
        BALANCE.label("balance"),
        _UNREAD.label("unread_count"),
    )
    .join(Family, Family.id == Guardian.family_id)
    .where(Guardian.id == bindparam("guardian_id"), Family.id == FAMILY)
)
_CHILDREN = (
    select(
        Child.public_id,
        Child.last_name,
        Child.first_name,
        Child.sex,
        Child.birth_date,
        Child.school,
        Child.class_name,
        Child.photo,
    )
    .join(FamilyChild, FamilyChild.child_id == Child.id)
    .where(FamilyChild.family_id == FAMILY)
    .order_by(Child.birth_date, Child.id)
)
_PHOTO = (
    select(Child.photo)
    .join(FamilyChild, FamilyChild.child_id == Child.id)
    .where(FamilyChild.family_id == FAMILY, Child.public_id == bindparam("public_id"))
)
_GUARDIANS = select(Guardian).where(Guardian.family_id == FAMILY).order_by(Guardian.rank)


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
    def age(self) -> int | None:
        """Count the birthdays so far."""
        born = self.birth_date
        if born is None:
            return None
        day = today()
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


@dataclass(frozen=True, slots=True)
class Home:
    """What the first page shows."""

    title: str
    family_number: str
    direct_debit: bool
    balance: Decimal
    unread_count: int
    unpaid: list[UnpaidInvoice]
    children: list[ChildCard]
    today: date

    @property
    def unpaid_total(self) -> Decimal:
        """Sum what is left to pay."""
        return sum((invoice.amount_due for invoice in self.unpaid), ledger.ZERO)

    @property
    def overdue(self) -> list[UnpaidInvoice]:
        """List the unpaid invoices whose date has passed."""
        return [invoice for invoice in self.unpaid if invoice.due_on < self.today]


@dataclass(frozen=True, slots=True)
class HouseholdFile:
    """The family's file; of the other guardian only the name."""

    guardian: Guardian
    family: Family
    co_guardian_name: str | None
    children: list[ChildCard]


def home(account: CurrentAccount) -> Home:
    """Gather the first page in three statements, whatever the size of the family."""
    [(title, number, direct_debit, balance, unread_count)] = db.rows(
        _SUMMARY,
        family_id=account.family_id,
        guardian_id=account.guardian_id,
        account_id=account.account_id,
    )
    return Home(
        title=title,
        family_number=number,
        direct_debit=direct_debit,
        balance=balance,
        unread_count=unread_count,
        unpaid=ledger.unpaid_invoices(account.family_id),
        children=children(account.family_id),
        today=today(),
    )


def children(family_id: int) -> list[ChildCard]:
    """List the family's children, the eldest first."""
    return [ChildCard(*row) for row in db.rows(_CHILDREN, family_id=family_id)]


def photo_name(family_id: int, public_id: str) -> str | None:
    """Return the file of a child's photo, None when there is none or the child is not theirs."""
    parameters = {"family_id": family_id, "public_id": public_id}
    return db.session().scalars(_PHOTO, parameters).one_or_none() or None


def household_file(account: CurrentAccount) -> HouseholdFile:
    """Gather one's own details and the family's."""
    session = db.session()
    guardians = session.scalars(_GUARDIANS, {"family_id": account.family_id}).all()
    own = next(guardian for guardian in guardians if guardian.id == account.guardian_id)
    others = [guardian for guardian in guardians if guardian is not own]
    return HouseholdFile(
        guardian=own,
        family=session.get_one(Family, account.family_id),
        co_guardian_name=" ".join((others[0].first_name, others[0].last_name)) if others else None,
        children=children(account.family_id),
    )
