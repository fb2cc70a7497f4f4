"""Which mails a parent wants, besides those about their own access."""

from dataclasses import asdict, dataclass

from sqlalchemy import bindparam, select

from app import db
from app.models import Account
from app.services import journal
from app.services.actors import CurrentAccount

_WISHES = select(Account.mail_messages, Account.mail_invoices, Account.mail_requests).where(
    Account.id == bindparam("account_id")
)


@dataclass(frozen=True, slots=True)
class MailWishes:
    """What to be told of: a new message, a new invoice, an answer to a request."""

    messages: bool
    invoices: bool
    requests: bool


def wishes(account: CurrentAccount) -> MailWishes:
    """Return what this parent wants."""
    [row] = db.rows(_WISHES, account_id=account.account_id)
    return MailWishes(*row)


def save(account: CurrentAccount, wanted: MailWishes) -> None:
    """Keep what this parent wants from now on."""
    with db.transaction() as session:
        row = session.get_one(Account, account.account_id)
        row.mail_messages, row.mail_invoices = wanted.messages, wanted.invoices
        row.mail_requests = wanted.requests
        chosen = ",".join(name for name, wish in asdict(wanted).items() if wish)
        journal.record(session, "mail_wishes_saved", account, mails=chosen)
