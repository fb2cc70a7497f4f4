"""Which mails a parent wants, besides those about their own access."""

from dataclasses import asdict, dataclass
from typing import NamedTuple

from sqlalchemy import bindparam, select

from app import db
from app.models import Account
from app.services import journal
from app.services.actors import CurrentAccount, Origin, Stranger
from app.services.tokens import wish_links

_WISHES = select(
    Account.mail_messages, Account.mail_invoices, Account.mail_requests, Account.mail_reminders
).where(Account.id == bindparam("account_id"))
# Each wish, with its column and what the mails are about.
_COLUMNS = {
    "messages": (Account.mail_messages, "un nouveau message"),
    "invoices": (Account.mail_invoices, "une nouvelle facture"),
    "requests": (Account.mail_requests, "vos demandes et vos réservations"),
    "reminders": (Account.mail_reminders, "une semaine à réserver"),
}


class LinkedWish(NamedTuple):
    """What the link of a mail is about."""

    words: str
    wanted: bool


@dataclass(frozen=True, slots=True)
class MailWishes:
    """What to be told of: a new message, a new invoice, what becomes of requests and bookings, and
    a week that nobody spoke of.
    """

    messages: bool
    invoices: bool
    requests: bool
    reminders: bool


def wishes(account: CurrentAccount) -> MailWishes:
    """Return what this parent wants."""
    [row] = db.rows(_WISHES, account_id=account.account_id)
    return MailWishes(*row)


def save(account: CurrentAccount, wanted: MailWishes) -> None:
    """Keep what this parent wants from now on."""
    with db.transaction() as session:
        row = session.get_one(Account, account.account_id)
        row.mail_messages, row.mail_invoices = wanted.messages, wanted.invoices
        row.mail_requests, row.mail_reminders = wanted.requests, wanted.reminders
        chosen = ",".join(name for name, wish in asdict(wanted).items() if wish)
        journal.record(session, "mail_wishes_saved", account, mails=chosen)


def linked(token: str) -> LinkedWish | None:
    """Say what the link of a mail stops, and whether it still comes; None for no such link."""
    match wish_links.wish_of(token):
        case (identifier, wish) if wish in _COLUMNS:
            column, words = _COLUMNS[wish]
            statement = select(column).where(Account.identifier == identifier)
            wanted = db.session().scalar(statement)
            return None if wanted is None else LinkedWish(words, wanted)
    return None


def stop(token: str, origin: Origin) -> None:
    """Stop the mails of a link, whoever is at the keyboard; no other link changes anything."""
    found = linked(token)
    named = wish_links.wish_of(token)
    if found is None or named is None or not found.wanted:
        return
    identifier, wish = named
    with db.transaction() as session:
        account = session.scalars(select(Account).filter_by(identifier=identifier)).one()
        setattr(account, _COLUMNS[wish][0].key, False)
        journal.record(session, "mail_wishes_saved", Stranger(origin), account.id, without=wish)
