"""A family's file as its guardians see it: the home page."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import bindparam, select

from app import db
from app.formats import today
from app.models import Family, Guardian
from app.services import children, ledger
from app.services.children import ChildCard
from app.services.inbox import UNREAD_COUNT
from app.services.ledger import BALANCE, FAMILY, UnpaidInvoice
from app.services.sessions import CurrentAccount

_SUMMARY = (
    select(
        Guardian.title,
        Family.number,
        Family.direct_debit,
        BALANCE.label("balance"),
        UNREAD_COUNT.label("unread_count"),
    )
    .join(Family, Family.id == Guardian.family_id)
    .where(Guardian.id == bindparam("guardian_id"), Family.id == FAMILY)
)


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
        children=children.cards(account.family_id),
        today=today(),
    )
