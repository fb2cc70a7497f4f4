"""A family's file as its guardians see it: the home page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import bindparam, select

from app import db
from app.formats import today
from app.models import FAMILY, Family, Guardian
from app.services import counts
from app.services.accounts import email_changes
from app.services.actors import CurrentAccount
from app.services.billing import debits, ledger
from app.services.billing.debits import Debit
from app.services.billing.ledger import BALANCE, UnpaidInvoice
from app.services.bookings import agreeing, coming
from app.services.bookings.agreeing import Agreement
from app.services.bookings.coming import ToBook
from app.services.bookings.offers import KEPT_UNTIL
from app.services.counts import MenuCounts
from app.services.inbox import listing
from app.services.inbox.listing import LatestMessage
from app.services.mail import refused_addresses
from app.services.requests import kinds, latest, registrations
from app.services.requests.latest import LatestRequest
from app.services.requests.registrations import RegisteredChild

MOST_NEWS = 3

_SUMMARY = (
    select(
        Guardian.title,
        Family.number,
        Family.direct_debit,
        BALANCE.label("balance"),
        Guardian.email,
        refused_addresses.IS_REFUSED.label("address_refused"),
        email_changes.WAITS.label("address_waits"),
        KEPT_UNTIL.label("place_kept_until"),
        agreeing.WAITS_FOR_ANSWER.label("weeks_wait"),
        *counts.COLUMNS,
    )
    .join(Family, Family.id == Guardian.family_id)
    .where(Guardian.id == bindparam("guardian_id"), Family.id == FAMILY)
)


class Act(StrEnum):
    """Something that waits for the parent."""

    PAY_LATE = "pay_late"
    SEND_PIECE = "send_piece"
    ANSWER_PLACE = "answer_place"
    BOOK = "book"
    ANSWER_WEEKS = "answer_weeks"
    CONFIRM_ADDRESS = "confirm_address"
    CHECK_ADDRESS = "check_address"
    PAY = "pay"


@dataclass(frozen=True, slots=True)
class Home:
    """What the first page shows."""

    title: str
    family_number: str
    direct_debit: bool
    balance: Decimal
    # Where mails go, and come back from.
    email: str
    address_refused: bool
    address_waits: bool
    counts: MenuCounts
    unpaid: list[UnpaidInvoice]
    children: list[RegisteredChild]
    messages: list[LatestMessage]
    requests: list[LatestRequest]
    takes_requests: bool
    today: date
    # Until when a place is kept for a child, unless somebody answers.
    place_kept_until: datetime | None = None
    # A week to book, whose limit is near.
    to_book: ToBook | None = None
    # What the other home of a child proposes.
    weeks_to_answer: Sequence[Agreement] = ()

    @property
    def to_do(self) -> list[Act]:
        """List what waits for the parent, what presses most first."""
        owes = self.balance < 0
        late = owes and bool(self.overdue)
        waits: dict[Act, object] = {
            # It goes to others first.
            Act.ANSWER_PLACE: self.place_kept_until,
            Act.PAY_LATE: late,
            Act.SEND_PIECE: self.counts.pieces_missing,
            Act.BOOK: self.to_book,
            Act.ANSWER_WEEKS: self.weeks_to_answer,
            Act.CONFIRM_ADDRESS: self.address_waits,
            Act.CHECK_ADDRESS: self.address_refused and not self.address_waits,
            Act.PAY: owes and not late and not self.debit,
        }
        return [act for act, waiting in waits.items() if waiting]

    @property
    def news(self) -> list[LatestMessage | LatestRequest]:
        """List the latest messages and requests together, the newest first."""
        everything: list[LatestMessage | LatestRequest] = [*self.messages, *self.requests]
        return sorted(everything, key=lambda line: line.day, reverse=True)[:MOST_NEWS]

    @property
    def debit(self) -> Debit | None:
        """Tell when what is owed is debited, if that is how this family pays it."""
        debited = self.direct_debit and self.balance < 0
        return debits.of(self.unpaid, direct_debit=debited, day=self.today)

    @property
    def was_rejected(self) -> bool:
        """Tell whether something that was paid went back, and is due again."""
        return any(invoice.rejected for invoice in self.unpaid)

    @property
    def unpaid_total(self) -> Decimal:
        """Sum what is left to pay."""
        return sum((invoice.amount_due for invoice in self.unpaid), ledger.ZERO)

    @property
    def overdue(self) -> list[UnpaidInvoice]:
        """List the unpaid invoices whose date has passed."""
        return [invoice for invoice in self.unpaid if invoice.due_on < self.today]


def home(account: CurrentAccount) -> Home:
    """Gather the first page in five statements, whatever the size of the family.

    Where the town takes bookings, in two more; in a third when another home waits for an answer.
    """
    [(title, number, debited, balance, email, *waiting)] = db.rows(
        _SUMMARY,
        family_id=account.family_id,
        guardian_id=account.guardian_id,
        account_id=account.account_id,
        now=datetime.now(UTC),
    )
    refused, waits, kept_until, weeks_wait, *counted = waiting
    menu = MenuCounts(*counted)
    return Home(
        title=title,
        family_number=number,
        direct_debit=debited,
        balance=balance,
        email=email,
        address_refused=refused,
        address_waits=waits,
        counts=menu,
        unpaid=ledger.unpaid_invoices(account.family_id),
        children=registrations.of_family(account.family_id),
        messages=listing.latest(account),
        requests=latest.few(account),
        takes_requests=bool(kinds.offered()),
        today=today(),
        place_kept_until=kept_until,
        to_book=coming.to_book(account.family_id) if menu.takes_bookings else None,
        weeks_to_answer=(
            agreeing.to_answer(account.family_id) if menu.takes_bookings and weeks_wait else ()
        ),
    )
